-- Signed statements of what an operation did and proved: of the whole (user_id 0), or of one person. What was signed is kept
-- as it was written, so that it can be given out again byte for byte whatever happens to the operation afterwards. One that
-- is still being written has no issued_at.
CREATE TABLE certificates (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    operation_id BIGINT NOT NULL,
    operation_version BIGINT NOT NULL,
    user_id BIGINT NOT NULL DEFAULT 0,
    whole_id BIGINT NOT NULL DEFAULT 0,
    key_hash {{.Text 8}} NOT NULL,
    digest {{.Text 64}} NOT NULL,
    people BIGINT NOT NULL DEFAULT 0,
    head {{.Long}} NOT NULL,
    totals {{.Long}} NOT NULL,
    inclusion {{.Long}} NOT NULL,
    signature {{.Long}} NOT NULL,
    created_by {{.Text 255}} NOT NULL,
    created_at BIGINT NOT NULL,
    issued_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, public_id),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
    {{.Index `certificates_by_operation` `tenant_id, operation_id, user_id, id`}}
){{.Engine}};
{{.CreateIndexes `certificates`}}

-- Signed statements of what an operation did and proved: of the whole (user_id 0), or of one person.
CREATE TABLE certificates (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    operation_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL DEFAULT 0,
    key_hash {{.Text 8}} NOT NULL,
    digest {{.Text 64}} NOT NULL,
    body {{.Long}} NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, public_id),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
    {{.Index `certificates_by_operation` `tenant_id, operation_id, user_id, id`}}
){{.Engine}};
{{.CreateIndexes `certificates`}}

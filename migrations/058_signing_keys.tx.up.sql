-- Keys that certificates are signed with. One is in use; those before it stay, so that what they signed can be checked.
CREATE TABLE signing_keys (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    name {{.Text 255}} NOT NULL,
    key_hash {{.Text 8}} NOT NULL,
    public_key {{.Text 64}} NOT NULL,
    sealed {{.Long}} NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, key_hash),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `signing_keys_in_use` `tenant_id, retired_at, id`}}
){{.Engine}};
{{.CreateIndexes `signing_keys`}}

-- What a merge changed, kept as long as it can be taken apart.
CREATE TABLE link_snapshots (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    link_id BIGINT NOT NULL,
    data {{.Long}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (tenant_id, link_id),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
    {{.Index `link_snapshots_by_expiry` `tenant_id, expires_at, id`}}
){{.Engine}};
{{.CreateIndexes `link_snapshots`}}

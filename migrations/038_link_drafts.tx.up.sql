-- Merges somebody is preparing. They belong to one person and are thrown away after a while.
CREATE TABLE link_drafts (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    owner_id BIGINT NOT NULL,
    stay_id BIGINT NOT NULL,
    go_id BIGINT NOT NULL,
    plan {{.Long}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, public_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `link_drafts_by_owner` `tenant_id, owner_id, id`}}
    {{.Index `link_drafts_by_expiry` `tenant_id, expires_at, id`}}
){{.Engine}};
{{.CreateIndexes `link_drafts`}}

-- People somebody has chosen: ticked one by one, everybody a filter matched at one moment, or a pasted list. It belongs to
-- one person, is thrown away after a while, and is frozen when it is used.
CREATE TABLE selections (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    owner_id BIGINT NOT NULL,
    kind {{.Text 16}} NOT NULL,
    query {{.Long}} NOT NULL,
    title {{.Text 500}} NOT NULL,
    people BIGINT NOT NULL DEFAULT 0,
    capped {{.Bool}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL DEFAULT 0,
    filled_to BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, public_id),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `selections_by_owner` `tenant_id, owner_id, id`}}
    {{.Index `selections_by_expiry` `tenant_id, expires_at, id`}}
){{.Engine}};
{{.CreateIndexes `selections`}}

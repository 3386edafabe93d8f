-- Where Rollcall and a source differ now: one row for each person or account and field. A row goes when both agree.
CREATE TABLE drifts (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    connector_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL DEFAULT 0,
    user_id BIGINT NOT NULL DEFAULT 0,
    kind {{.Text 16}} NOT NULL,
    field {{.Text 190}} NOT NULL,
    ours {{.Text 1000}} NOT NULL,
    theirs {{.Text 1000}} NOT NULL,
    group_hash {{.Text 32}} NOT NULL,
    severity BIGINT NOT NULL,
    privileged {{.Bool}} NOT NULL,
    suggestion {{.Text 16}} NOT NULL,
    state {{.Text 16}} NOT NULL,
    since BIGINT NOT NULL,
    cause {{.Text 500}} NOT NULL,
    cause_by {{.Text 255}} NOT NULL,
    cause_at BIGINT NOT NULL DEFAULT 0,
    ignore_until BIGINT NOT NULL DEFAULT 0,
    decided_by {{.Text 255}} NOT NULL,
    decided_at BIGINT NOT NULL DEFAULT 0,
    reason {{.Text 1000}} NOT NULL,
    written_hash {{.Text 32}} NOT NULL,
    replaced_hash {{.Text 32}} NOT NULL,
    written_at BIGINT NOT NULL DEFAULT 0,
    sentence {{.Text 1000}} NOT NULL,
    UNIQUE (tenant_id, public_id),
    UNIQUE (tenant_id, connector_id, account_id, user_id, field),
    FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id) ON DELETE CASCADE
    {{.Index `drifts_by_severity` `tenant_id, state, severity, id`}}
    {{.Index `drifts_by_connector` `tenant_id, connector_id, state, severity, id`}}
    {{.Index `drifts_by_group` `tenant_id, state, group_hash, id`}}
    {{.Index `drifts_by_user` `tenant_id, user_id, id`}}
){{.Engine}};
{{.CreateIndexes `drifts`}}

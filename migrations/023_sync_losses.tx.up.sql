-- What a read would take away from people here: an account that is gone, one that was switched off, a role by rule that
-- is given no more. Each stands here before it is applied, so that the source guard can count first.
CREATE TABLE sync_losses (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    connector_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL DEFAULT 0,
    account_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL DEFAULT 0,
    kind {{.Text 16}} NOT NULL,
    ref {{.Text 255}} NOT NULL,
    state {{.Text 16}} NOT NULL,
    counts {{.Bool}} NOT NULL,
    sentence {{.Text 500}} NOT NULL,
    created_at BIGINT NOT NULL,
    applied_at BIGINT NOT NULL DEFAULT 0,
    FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id) ON DELETE CASCADE
    {{.Index `sync_losses_by_run` `tenant_id, run_id, state, account_id, id`}}
    {{.Index `sync_losses_by_account` `tenant_id, account_id, id`}}
    {{.Index `sync_losses_by_time` `tenant_id, connector_id, applied_at, account_id`}}
){{.Engine}};
{{.CreateIndexes `sync_losses`}}

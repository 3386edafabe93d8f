-- What connected systems told us, each once: stored first, and applied by reading the account again.
CREATE TABLE sync_events (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    connector_id BIGINT NOT NULL,
    event_id {{.Text 190}} NOT NULL,
    kind {{.Text 32}} NOT NULL,
    account_key {{.Text 255}} NOT NULL,
    session_key {{.Text 255}} NOT NULL,
    app {{.Text 255}} NOT NULL,
    ip {{.Text 64}} NOT NULL,
    actor_key {{.Text 255}} NOT NULL,
    reason {{.Text 255}} NOT NULL,
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    state {{.Text 16}} NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    retry_at BIGINT NOT NULL DEFAULT 0,
    applied_at BIGINT NOT NULL DEFAULT 0,
    sentence {{.Text 500}} NOT NULL,
    UNIQUE (tenant_id, connector_id, event_id),
    FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id) ON DELETE CASCADE
    {{.Index `sync_events_by_state` `tenant_id, connector_id, state, retry_at, id`}}
    {{.Index `sync_events_by_account` `tenant_id, connector_id, account_key, at, id`}}
    {{.Index `sync_events_by_arrival` `tenant_id, connector_id, received_at, id`}}
    {{.Index `sync_events_by_time` `tenant_id, at, id`}}
    {{.Index `sync_events_by_kind` `tenant_id, kind, at, id`}}
){{.Engine}};
{{.CreateIndexes `sync_events`}}

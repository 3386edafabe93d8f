-- What sync keeps of each connector: how many accounts it knows there, the points to read on from, when it read, and the
-- two leases that let one replica at a time run and follow it.
CREATE TABLE sync_sources (
    tenant_id BIGINT NOT NULL,
    connector_id BIGINT NOT NULL,
    accounts BIGINT NOT NULL DEFAULT 0,
    paused_at BIGINT NOT NULL DEFAULT 0,
    paused_by {{.Text 255}} NOT NULL,
    run_token {{.Text 36}} NOT NULL,
    run_until BIGINT NOT NULL DEFAULT 0,
    feed_token {{.Text 36}} NOT NULL,
    feed_until BIGINT NOT NULL DEFAULT 0,
    change_point {{.Long}} NOT NULL,
    feed_point {{.Long}} NOT NULL,
    feed_started {{.Bool}} NOT NULL,
    last_full_at BIGINT NOT NULL DEFAULT 0,
    last_full_run BIGINT NOT NULL DEFAULT 0,
    last_read_at BIGINT NOT NULL DEFAULT 0,
    last_event_at BIGINT NOT NULL DEFAULT 0,
    last_feed_at BIGINT NOT NULL DEFAULT 0,
    next_read_at BIGINT NOT NULL DEFAULT 0,
    next_full_at BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT NOT NULL DEFAULT 0,
    failure {{.Text 1000}} NOT NULL,
    feed_failing_since BIGINT NOT NULL DEFAULT 0,
    feed_failure {{.Text 1000}} NOT NULL,
    feed_failures BIGINT NOT NULL DEFAULT 0,
    feed_retry_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, connector_id),
    FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id) ON DELETE CASCADE
){{.Engine}};
{{.CreateIndexes `sync_sources`}}

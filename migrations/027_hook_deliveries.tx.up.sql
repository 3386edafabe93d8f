-- Messages that outside systems posted to us and that were taken, so that a copy of one is known on every replica. Kept
-- for as long as a copy could still be accepted, and a while longer.
CREATE TABLE hook_deliveries (
    tenant_id BIGINT NOT NULL,
    connector_id BIGINT NOT NULL,
    delivery_id {{.Text 255}} NOT NULL,
    digest {{.Text 64}} NOT NULL,
    events BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, connector_id, delivery_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `hook_deliveries_by_time` `tenant_id, received_at`}}
){{.Engine}};
{{.CreateIndexes `hook_deliveries`}}

-- Runs of the connection test, with each result as it came. A few of the newest are kept for each connector.
CREATE TABLE connector_tests (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    connector_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    only_check {{.Text 64}} NOT NULL,
    state {{.Text 16}} NOT NULL,
    checks {{.Long}} NOT NULL,
    started_at BIGINT NOT NULL,
    started_by {{.Text 255}} NOT NULL,
    seen_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, public_id),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id)
    {{.Index `connector_tests_by_connector` `tenant_id, connector_id, id`}}
){{.Engine}};
{{.CreateIndexes `connector_tests`}}

-- Connectors whose owner an operation cut off, and who owns them since: who it was before is what an undo restores.
CREATE TABLE operation_owners (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    connector_id BIGINT NOT NULL,
    old_owner_id BIGINT NOT NULL,
    new_owner_id BIGINT NOT NULL,
    moved_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, operation_id, connector_id),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
    {{.Index `operation_owners_by_owner` `tenant_id, operation_id, old_owner_id, connector_id`}}
){{.Engine}};
{{.CreateIndexes `operation_owners`}}

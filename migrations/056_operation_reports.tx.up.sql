-- People whose manager an operation cut off and who were given another: who it was before is what an undo restores.
CREATE TABLE operation_reports (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    old_manager_id BIGINT NOT NULL,
    new_manager_id BIGINT NOT NULL,
    moved_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, operation_id, user_id),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
    {{.Index `operation_reports_by_manager` `tenant_id, operation_id, old_manager_id, user_id`}}
){{.Engine}};
{{.CreateIndexes `operation_reports`}}

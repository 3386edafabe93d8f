-- What was decided about an operation, by whom, over which list, with how fresh a sign-in.
CREATE TABLE operation_decisions (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    decision {{.Text 16}} NOT NULL,
    by_id BIGINT NOT NULL,
    by_name {{.Text 255}} NOT NULL,
    reason {{.Text 1000}} NOT NULL,
    list_hash {{.Text 64}} NOT NULL,
    elevated_at BIGINT NOT NULL DEFAULT 0,
    at BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
    {{.Index `operation_decisions_by_operation` `tenant_id, operation_id, id`}}
){{.Engine}};
{{.CreateIndexes `operation_decisions`}}

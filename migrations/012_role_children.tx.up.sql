-- Which roles a role contains; package access keeps it free of cycles.
CREATE TABLE role_children (
    tenant_id BIGINT NOT NULL,
    parent_id BIGINT NOT NULL,
    child_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, parent_id, child_id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES roles (tenant_id, id),
    FOREIGN KEY (tenant_id, child_id) REFERENCES roles (tenant_id, id)
    {{.Index `role_children_by_child` `tenant_id, child_id, parent_id`}}
){{.Engine}};
{{.CreateIndexes `role_children`}}

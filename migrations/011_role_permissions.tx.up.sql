-- Which permissions a role holds.
CREATE TABLE role_permissions (
    tenant_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL,
    permission_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, role_id, permission_id),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
    FOREIGN KEY (tenant_id, permission_id) REFERENCES permissions (tenant_id, id)
    {{.Index `role_permissions_by_permission` `tenant_id, permission_id, role_id`}}
){{.Engine}};
{{.CreateIndexes `role_permissions`}}

-- Roles hold permissions and other roles.
CREATE TABLE roles (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    role_key {{.Text 128}} NOT NULL,
    name {{.Text 200}} NOT NULL,
    sentence {{.Text 500}} NOT NULL,
    privileged {{.Bool}} NOT NULL,
    built_in {{.Bool}} NOT NULL,
    max_days BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (tenant_id, role_key),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES applications (tenant_id, id)
    {{.Index `roles_by_name` `tenant_id, name, id`}}
){{.Engine}};
{{.CreateIndexes `roles`}}

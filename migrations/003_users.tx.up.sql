-- The directory. Every index starts with the tenant and ends with the id, so that each is a stable order for paging.
CREATE TABLE users (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    username {{.Text 255}} NOT NULL,
    username_norm {{.Text 255}} NOT NULL,
    display_name {{.Text 255}} NOT NULL,
    given_name {{.Text 255}} NOT NULL,
    family_name {{.Text 255}} NOT NULL,
    sort_name {{.Text 255}} NOT NULL,
    email {{.Text 320}} NOT NULL,
    email_norm {{.Text 320}} NOT NULL,
    phone {{.Text 64}} NOT NULL,
    external_id {{.Text 128}} NOT NULL,
    title {{.Text 255}} NOT NULL,
    department_id BIGINT NOT NULL DEFAULT 0,
    manager_id BIGINT NOT NULL DEFAULT 0,
    external {{.Bool}} NOT NULL,
    provider {{.Text 63}} NOT NULL,
    status {{.Text 16}} NOT NULL,
    status_reason {{.Text 1000}} NOT NULL,
    status_by {{.Text 255}} NOT NULL,
    status_since BIGINT NOT NULL,
    leaving_at BIGINT NOT NULL DEFAULT 0,
    pending_since BIGINT NOT NULL DEFAULT 0,
    last_sign_in_at BIGINT NOT NULL DEFAULT 0,
    field_sources {{.Text 2000}} NOT NULL,
    access_epoch BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by {{.Text 255}} NOT NULL DEFAULT '',
    UNIQUE (tenant_id, public_id),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `users_by_name` `tenant_id, sort_name, id`}}
    {{.Index `users_by_sign_in` `tenant_id, last_sign_in_at, id`}}
    {{.Index `users_by_status_name` `tenant_id, status, sort_name, id`}}
    {{.Index `users_by_status_sign_in` `tenant_id, status, last_sign_in_at, id, created_at`}}
    {{.Index `users_by_department_name` `tenant_id, department_id, sort_name, id`}}
    {{.Index `users_by_provider_name` `tenant_id, provider, sort_name, id`}}
    {{.Index `users_by_manager_name` `tenant_id, manager_id, sort_name, id`}}
    {{.Index `users_by_created` `tenant_id, created_at, id`}}
    {{.Index `users_by_email` `tenant_id, email_norm, id`}}
    {{.Index `users_by_username` `tenant_id, username_norm, id`}}
    {{.Index `users_by_external_id` `tenant_id, external_id, id`}}
    {{.Index `users_by_leaving` `tenant_id, status, leaving_at, id`}}
    {{.Index `users_by_pending` `tenant_id, pending_since, id`}}
){{.Engine}};
{{.CreateIndexes `users`}}

-- Who holds which role, by which path, why, from when and until when.
CREATE TABLE assignments (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL,
    source {{.Text 16}} NOT NULL,
    source_ref {{.Text 255}} NOT NULL,
    reason {{.Text 1000}} NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    granted_by_id BIGINT NOT NULL,
    granted_by {{.Text 255}} NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, user_id, role_id, source, source_ref),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
    {{.Index `assignments_by_role` `tenant_id, role_id, user_id`}}
    {{.Index `assignments_by_until` `tenant_id, until_at, id`}}
){{.Engine}};
{{.CreateIndexes `assignments`}}

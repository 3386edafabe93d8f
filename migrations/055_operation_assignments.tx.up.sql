-- The roles that the people of an operation held when they were cut off, word for word, so that an undo gives back exactly
-- those.
CREATE TABLE operation_assignments (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
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
    removed_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, operation_id, user_id, role_id, source, source_ref),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
){{.Engine}};

-- Units people belong to.
CREATE TABLE departments (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    name {{.Text 200}} NOT NULL,
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
){{.Engine}};

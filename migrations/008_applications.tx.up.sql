-- Systems people have access to; the console itself is one of them.
CREATE TABLE applications (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    application_key {{.Text 63}} NOT NULL,
    name {{.Text 200}} NOT NULL,
    built_in {{.Bool}} NOT NULL,
    UNIQUE (tenant_id, application_key),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
){{.Engine}};

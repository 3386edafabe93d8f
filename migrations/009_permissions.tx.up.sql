-- What an application lets a person do.
CREATE TABLE permissions (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    permission_key {{.Text 128}} NOT NULL,
    sentence {{.Text 500}} NOT NULL,
    UNIQUE (tenant_id, application_id, permission_key),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES applications (tenant_id, id)
){{.Engine}};

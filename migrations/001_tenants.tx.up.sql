-- One row per organisation. Everything else carries its id.
CREATE TABLE tenants (
    id {{.ID}},
    slug {{.Text 63}} NOT NULL UNIQUE,
    name {{.Text 200}} NOT NULL,
    environment {{.Text 20}} NOT NULL,
    access_version BIGINT NOT NULL DEFAULT 0,
    first_admin_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
){{.Engine}};

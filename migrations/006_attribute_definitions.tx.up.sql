-- Local fields people may carry beside the built-in ones.
CREATE TABLE attribute_definitions (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    attribute_key {{.Text 63}} NOT NULL,
    label {{.Text 200}} NOT NULL,
    kind {{.Text 16}} NOT NULL,
    choices {{.Long}} NOT NULL,
    masked {{.Bool}} NOT NULL,
    position BIGINT NOT NULL,
    UNIQUE (tenant_id, attribute_key),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
){{.Engine}};

-- Values of local attributes, filterable by value.
CREATE TABLE user_attributes (
    tenant_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    attribute {{.Text 63}} NOT NULL,
    value {{.Text 255}} NOT NULL,
    source {{.Text 63}} NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, attribute),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
    {{.Index `user_attributes_by_value` `tenant_id, attribute, value, user_id`}}
){{.Engine}};
{{.CreateIndexes `user_attributes`}}

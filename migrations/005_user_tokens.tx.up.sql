-- The searchable words of each user: prefix search is a range over (tenant, token).
-- The name is part of the key, so that people with a word come in the list's order from the index alone.
CREATE TABLE user_tokens (
    tenant_id BIGINT NOT NULL,
    token {{.Text 64}} NOT NULL,
    user_id BIGINT NOT NULL,
    sort_name {{.Text 255}} NOT NULL,
    PRIMARY KEY (tenant_id, token, user_id, sort_name)
    {{.Index `user_tokens_by_user` `tenant_id, user_id, token`}}
){{.Engine}};
{{.CreateIndexes `user_tokens`}}

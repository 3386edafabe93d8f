-- The searchable words of each user: prefix search is a range over (tenant, token).
CREATE TABLE user_tokens (
    tenant_id BIGINT NOT NULL,
    token {{.Text 64}} NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token, user_id)
    {{.Index `user_tokens_by_user` `tenant_id, user_id, token`}}
){{.Engine}};
{{.CreateIndexes `user_tokens`}}

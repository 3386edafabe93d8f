-- One (issuer, subject) of a user. Bound to exactly one user of a tenant (OIDC-35).
CREATE TABLE identities (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    provider {{.Text 63}} NOT NULL,
    issuer {{.Text 255}} NOT NULL,
    subject {{.Text 255}} NOT NULL,
    email {{.Text 320}} NOT NULL,
    email_verified {{.Bool}} NOT NULL,
    username {{.Text 255}} NOT NULL,
    is_primary {{.Bool}} NOT NULL,
    linked_at BIGINT NOT NULL,
    linked_by {{.Text 255}} NOT NULL,
    linked_how {{.Text 63}} NOT NULL,
    last_sign_in_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, issuer, subject),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
    {{.Index `identities_by_user` `tenant_id, user_id, id`}}
    {{.Index `identities_by_subject` `tenant_id, subject, id`}}
){{.Engine}};
{{.CreateIndexes `identities`}}

-- Browsers that are signed in. The token is not here, only its hash (WEB-01).
CREATE TABLE sessions (
    token_hash {{.Text 64}} NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    user_id BIGINT NOT NULL,
    identity_id BIGINT NOT NULL,
    provider {{.Text 63}} NOT NULL,
    issuer {{.Text 255}} NOT NULL,
    subject {{.Text 255}} NOT NULL,
    sid {{.Text 255}} NOT NULL,
    id_token {{.Long}} NOT NULL,
    data {{.Blob}} NOT NULL,
    ip {{.Text 64}} NOT NULL,
    user_agent {{.Text 512}} NOT NULL,
    auth_time BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    idle_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    method_words {{.Text 200}} NOT NULL,
    UNIQUE (tenant_id, public_id)
    {{.Index `sessions_by_user` `tenant_id, user_id, created_at`}}
    {{.Index `sessions_by_subject` `tenant_id, issuer, subject`}}
    {{.Index `sessions_by_sid` `tenant_id, issuer, sid`}}
    {{.Index `sessions_by_expiry` `tenant_id, expires_at`}}
){{.Engine}};
{{.CreateIndexes `sessions`}}

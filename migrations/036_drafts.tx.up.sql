-- What somebody typed into a form before they had to prove themselves or sign in again. Short-lived.
CREATE TABLE drafts (
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    user_id BIGINT NOT NULL,
    session_key {{.Text 36}} NOT NULL,
    path {{.Text 512}} NOT NULL,
    sealed {{.Long}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, public_id)
    {{.Index `drafts_by_user` `tenant_id, user_id, created_at`}}
    {{.Index `drafts_by_expiry` `tenant_id, expires_at`}}
){{.Engine}};
{{.CreateIndexes `drafts`}}

-- Sign-out messages of providers that were acted on, so that no replica acts on one twice (BCL-06), and so that a
-- sign-in that was under way when its session ended there does not begin one here. Short-lived.
CREATE TABLE logout_tokens (
    tenant_id BIGINT NOT NULL,
    token_hash {{.Text 64}} NOT NULL,
    provider {{.Text 63}} NOT NULL,
    subject_hash {{.Text 64}} NOT NULL,
    sid_hash {{.Text 64}} NOT NULL,
    issued_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token_hash)
    {{.Index `logout_tokens_by_sid` `tenant_id, sid_hash, issued_at`}}
    {{.Index `logout_tokens_by_subject` `tenant_id, subject_hash, sid_hash, issued_at`}}
    {{.Index `logout_tokens_by_expiry` `tenant_id, expires_at`}}
){{.Engine}};
{{.CreateIndexes `logout_tokens`}}

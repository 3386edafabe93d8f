-- Sign-ins between the redirect to the provider and the return. Short-lived.
CREATE TABLE signin_transactions (
    state_hash {{.Text 64}} NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    provider {{.Text 63}} NOT NULL,
    browser_hash {{.Text 64}} NOT NULL,
    sealed {{.Long}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
    {{.Index `signin_transactions_by_expiry` `tenant_id, expires_at`}}
){{.Engine}};
{{.CreateIndexes `signin_transactions`}}

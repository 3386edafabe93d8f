-- Refresh tokens of people who are signed in, sealed: to ask providers in the background whether they still stand there,
-- and to take the tokens back. A row is due at next_at and worked on by whoever holds its lease.
CREATE TABLE signin_grants (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    user_id BIGINT NOT NULL,
    identity_id BIGINT NOT NULL,
    provider {{.Text 63}} NOT NULL,
    issuer {{.Text 255}} NOT NULL,
    subject {{.Text 255}} NOT NULL,
    session_id {{.Text 36}} NOT NULL,
    sid {{.Text 255}} NOT NULL,
    offline {{.Bool}} NOT NULL,
    state {{.Text 16}} NOT NULL,
    sealed {{.Long}} NOT NULL,
    access_until BIGINT NOT NULL DEFAULT 0,
    checked_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    fails BIGINT NOT NULL DEFAULT 0,
    trouble {{.Text 500}} NOT NULL,
    lease_token {{.Text 36}} NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (tenant_id, public_id)
    {{.Index `signin_grants_due` `tenant_id, provider, next_at, id`}}
    {{.Index `signin_grants_by_session` `tenant_id, session_id`}}
    {{.Index `signin_grants_by_user` `tenant_id, user_id, provider`}}
    {{.Index `signin_grants_by_next` `tenant_id, next_at, id`}}
){{.Engine}};
{{.CreateIndexes `signin_grants`}}

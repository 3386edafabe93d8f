-- Cases of "is this one person?": suggestions, requests, decisions. A pair has one case, found by its key.
CREATE TABLE links (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    pair_key {{.Text 190}} NOT NULL,
    kind {{.Text 16}} NOT NULL,
    user_a BIGINT NOT NULL,
    user_b BIGINT NOT NULL DEFAULT 0,
    account_id BIGINT NOT NULL DEFAULT 0,
    state {{.Text 16}} NOT NULL,
    strength {{.Text 16}} NOT NULL,
    strength_rank BIGINT NOT NULL,
    evidence {{.Long}} NOT NULL,
    digest {{.Text 64}} NOT NULL,
    proof {{.Text 16}} NOT NULL,
    provider {{.Text 63}} NOT NULL,
    issuer {{.Text 255}} NOT NULL,
    subject {{.Text 255}} NOT NULL,
    survivor_id BIGINT NOT NULL DEFAULT 0,
    absorbed_id BIGINT NOT NULL DEFAULT 0,
    plan {{.Long}} NOT NULL,
    plan_hash {{.Text 64}} NOT NULL,
    requested_by_id BIGINT NOT NULL DEFAULT 0,
    requested_by {{.Text 255}} NOT NULL,
    requested_at BIGINT NOT NULL DEFAULT 0,
    request_reason {{.Text 1000}} NOT NULL,
    decided_by_id BIGINT NOT NULL DEFAULT 0,
    decided_by {{.Text 255}} NOT NULL,
    decided_at BIGINT NOT NULL DEFAULT 0,
    reason {{.Text 1000}} NOT NULL,
    expires_at BIGINT NOT NULL DEFAULT 0,
    found_at BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, public_id),
    UNIQUE (tenant_id, pair_key),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `links_by_strength` `tenant_id, state, strength_rank, id`}}
    {{.Index `links_by_time` `tenant_id, state, updated_at, id`}}
    {{.Index `links_by_check` `tenant_id, state, checked_at, id`}}
    {{.Index `links_by_a` `tenant_id, user_a, id`}}
    {{.Index `links_by_b` `tenant_id, user_b, id`}}
    {{.Index `links_by_absorbed` `tenant_id, absorbed_id, id`}}
    {{.Index `links_by_survivor` `tenant_id, survivor_id, id`}}
){{.Engine}};
{{.CreateIndexes `links`}}

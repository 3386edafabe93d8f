-- Work that reaches outside: inserted in the transaction of the change that needs it, done after it, under a lease.
CREATE TABLE work_steps (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    kind {{.Text 63}} NOT NULL,
    dedupe_key {{.Text 190}} NOT NULL,
    group_kind {{.Text 32}} NOT NULL,
    group_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL DEFAULT 0,
    connector_id BIGINT NOT NULL DEFAULT 0,
    payload {{.Long}} NOT NULL,
    state {{.Text 16}} NOT NULL,
    outcome {{.Text 24}} NOT NULL,
    sentence {{.Text 1000}} NOT NULL,
    evidence {{.Long}} NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    run_at BIGINT NOT NULL,
    lease_token {{.Text 36}} NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    actor {{.Long}} NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, dedupe_key),
    UNIQUE (tenant_id, public_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `work_steps_by_due` `tenant_id, state, run_at, id`}}
    {{.Index `work_steps_by_lease` `tenant_id, state, lease_until, id`}}
    {{.Index `work_steps_by_group` `tenant_id, group_kind, group_id, id`}}
    {{.Index `work_steps_by_group_state` `tenant_id, group_kind, group_id, state, kind, connector_id, outcome`}}
    {{.Index `work_steps_by_user` `tenant_id, user_id, id`}}
    {{.Index `work_steps_by_connector` `tenant_id, connector_id, state, id`}}
){{.Engine}};
{{.CreateIndexes `work_steps`}}

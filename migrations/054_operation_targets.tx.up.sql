-- The frozen list of an operation: each person with how they stood when it was planned, and what became of them. Positions
-- run from 1 without a gap. What stood is what an undo restores.
CREATE TABLE operation_targets (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    name {{.Text 255}} NOT NULL,
    included {{.Bool}} NOT NULL,
    left_out {{.Text 24}} NOT NULL,
    flags BIGINT NOT NULL DEFAULT 0,
    sessions BIGINT NOT NULL DEFAULT 0,
    assignments BIGINT NOT NULL DEFAULT 0,
    accounts BIGINT NOT NULL DEFAULT 0,
    reports BIGINT NOT NULL DEFAULT 0,
    new_manager_id BIGINT NOT NULL DEFAULT 0,
    stood_status {{.Text 16}} NOT NULL,
    stood_reason {{.Text 1000}} NOT NULL,
    stood_by {{.Text 255}} NOT NULL,
    stood_since BIGINT NOT NULL DEFAULT 0,
    stood_leaving_at BIGINT NOT NULL DEFAULT 0,
    stood_pending_since BIGINT NOT NULL DEFAULT 0,
    stood_version BIGINT NOT NULL DEFAULT 0,
    stood_epoch BIGINT NOT NULL DEFAULT 0,
    state {{.Text 16}} NOT NULL,
    note {{.Text 500}} NOT NULL,
    ended_sessions BIGINT NOT NULL DEFAULT 0,
    cut_at BIGINT NOT NULL DEFAULT 0,
    out_at BIGINT NOT NULL DEFAULT 0,
    residual_until BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT NOT NULL DEFAULT 0,
    undo_asked_at BIGINT NOT NULL DEFAULT 0,
    undone_at BIGINT NOT NULL DEFAULT 0,
    alive_at BIGINT NOT NULL DEFAULT 0,
    alive_connector_id BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, operation_id, position),
    UNIQUE (tenant_id, operation_id, user_id),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
    {{.Index `operation_targets_by_state` `tenant_id, operation_id, state, position`}}
    {{.Index `operation_targets_by_included` `tenant_id, operation_id, included, position`}}
    {{.Index `operation_targets_by_alive` `tenant_id, alive_connector_id, operation_id, position`}}
    {{.Index `operation_targets_by_undo` `tenant_id, operation_id, undo_asked_at, position`}}
    {{.Index `operation_targets_by_user` `tenant_id, user_id, id`}}
){{.Engine}};
{{.CreateIndexes `operation_targets`}}

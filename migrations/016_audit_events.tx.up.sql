-- The audit log. The application only inserts and selects (AUD-04).
CREATE TABLE audit_events (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    action {{.Text 63}} NOT NULL,
    result {{.Text 16}} NOT NULL,
    actor_kind {{.Text 16}} NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_name {{.Text 255}} NOT NULL,
    via {{.Text 16}} NOT NULL,
    ip {{.Text 64}} NOT NULL,
    request_id {{.Text 64}} NOT NULL,
    session_key {{.Text 36}} NOT NULL,
    target_kind {{.Text 16}} NOT NULL,
    target_id BIGINT NOT NULL,
    target_name {{.Text 255}} NOT NULL,
    object_kind {{.Text 16}} NOT NULL,
    object_id BIGINT NOT NULL,
    object_name {{.Text 255}} NOT NULL,
    reason {{.Text 1000}} NOT NULL,
    old_values {{.Long}} NOT NULL,
    new_values {{.Long}} NOT NULL,
    detail {{.Text 2000}} NOT NULL,
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
    {{.Index `audit_by_time` `tenant_id, at, id`}}
    {{.Index `audit_by_target` `tenant_id, target_kind, target_id, at, id`}}
    {{.Index `audit_by_object` `tenant_id, object_kind, object_id, at, id`}}
    {{.Index `audit_by_actor` `tenant_id, actor_kind, actor_id, at, id`}}
    {{.Index `audit_by_action` `tenant_id, action, at, id`}}
    {{.Index `audit_by_result` `tenant_id, result, at, id`}}
    {{.Index `audit_by_via` `tenant_id, via, at, id`}}
    {{.Index `audit_by_request` `tenant_id, request_id, id`}}
){{.Engine}};
{{.CreateIndexes `audit_events`}}

-- What somebody asked for about one person's way in: the steps at connected systems hang on it, and a form that is sent
-- twice finds its own act by its once_key.
CREATE TABLE person_acts (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    public_id {{.Text 36}} NOT NULL,
    user_id BIGINT NOT NULL,
    act {{.Text 32}} NOT NULL,
    once_key {{.Text 64}} NOT NULL,
    sessions BIGINT NOT NULL DEFAULT 0,
    reason {{.Text 1000}} NOT NULL,
    actor_name {{.Text 255}} NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (tenant_id, public_id),
    UNIQUE (tenant_id, once_key),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
    {{.Index `person_acts_by_user` `tenant_id, user_id, id`}}
){{.Engine}};
{{.CreateIndexes `person_acts`}}

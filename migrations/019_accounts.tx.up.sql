-- A person's record inside a connected system, as it was read last. user_id 0 is an orphan: nobody here belongs to it.
-- What is not there any more keeps its row with the moment since when it is missing.
CREATE TABLE accounts (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    connector_id BIGINT NOT NULL,
    account_key {{.Text 255}} NOT NULL,
    user_id BIGINT NOT NULL DEFAULT 0,
    username {{.Text 255}} NOT NULL,
    display_name {{.Text 255}} NOT NULL,
    sort_name {{.Text 255}} NOT NULL,
    email {{.Text 320}} NOT NULL,
    email_norm {{.Text 320}} NOT NULL,
    email_verified {{.Bool}} NOT NULL,
    enabled {{.Bool}} NOT NULL,
    said {{.Long}} NOT NULL,
    digest {{.Text 64}} NOT NULL,
    first_read_at BIGINT NOT NULL,
    last_read_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    missing_since BIGINT NOT NULL DEFAULT 0,
    seen_run BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, connector_id, account_key),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id)
    {{.Index `accounts_by_user` `tenant_id, user_id, connector_id, id`}}
    {{.Index `accounts_by_connector` `tenant_id, connector_id, user_id, id`}}
    {{.Index `accounts_by_missing` `tenant_id, connector_id, missing_since, id`}}
    {{.Index `accounts_by_run` `tenant_id, connector_id, seen_run, id`}}
    {{.Index `accounts_by_email` `tenant_id, email_norm, id`}}
){{.Engine}};
{{.CreateIndexes `accounts`}}

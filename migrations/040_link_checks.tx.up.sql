-- How far the look for likely duplicates has come, one row per organisation.
CREATE TABLE link_checks (
    tenant_id BIGINT NOT NULL PRIMARY KEY,
    phase {{.Text 16}} NOT NULL,
    cursor_key {{.Text 320}} NOT NULL,
    cursor_id BIGINT NOT NULL DEFAULT 0,
    lease_token {{.Text 36}} NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    started_at BIGINT NOT NULL DEFAULT 0,
    finished_at BIGINT NOT NULL DEFAULT 0,
    people BIGINT NOT NULL DEFAULT 0,
    walked BIGINT NOT NULL DEFAULT 0,
    news_at BIGINT NOT NULL DEFAULT 0,
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
){{.Engine}};

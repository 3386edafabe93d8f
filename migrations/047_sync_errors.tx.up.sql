-- What went wrong in a run, once for each cause, with how often and the first few it happened to. It is written together
-- with the page it happened on, so a run that is taken up again counts nothing twice.
CREATE TABLE sync_errors (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    kind {{.Text 32}} NOT NULL,
    about {{.Text 255}} NOT NULL,
    sentence {{.Text 1000}} NOT NULL,
    fix {{.Text 1000}} NOT NULL,
    times BIGINT NOT NULL,
    examples {{.Long}} NOT NULL,
    last_at BIGINT NOT NULL,
    UNIQUE (tenant_id, run_id, kind, about),
    FOREIGN KEY (tenant_id, run_id) REFERENCES sync_runs (tenant_id, id) ON DELETE CASCADE
){{.Engine}};

-- The lines of a pasted or uploaded list, with what each was found to be.
CREATE TABLE selection_lines (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    selection_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    given {{.Text 400}} NOT NULL,
    state {{.Text 16}} NOT NULL,
    user_id BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, selection_id, line),
    FOREIGN KEY (tenant_id, selection_id) REFERENCES selections (tenant_id, id) ON DELETE CASCADE
    {{.Index `selection_lines_by_state` `tenant_id, selection_id, state, line`}}
){{.Engine}};
{{.CreateIndexes `selection_lines`}}

-- Who is in a selection. Of one that follows a filter only from the moment it is frozen.
CREATE TABLE selection_people (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    selection_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    UNIQUE (tenant_id, selection_id, user_id),
    FOREIGN KEY (tenant_id, selection_id) REFERENCES selections (tenant_id, id) ON DELETE CASCADE
){{.Engine}};

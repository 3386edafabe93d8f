-- The people of a certificate, in blocks of 64: their lines, compressed, and the root of the block in the tree over all.
CREATE TABLE certificate_parts (
    id {{.ID}},
    tenant_id BIGINT NOT NULL,
    certificate_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    people BIGINT NOT NULL,
    root {{.Text 64}} NOT NULL,
    body {{.Blob}} NOT NULL,
    UNIQUE (tenant_id, certificate_id, part),
    FOREIGN KEY (tenant_id, certificate_id) REFERENCES certificates (tenant_id, id) ON DELETE CASCADE
){{.Engine}};

-- What may be said of each secret of a connector: its last four characters and since when it is held (JSON by name).
ALTER TABLE connectors ADD COLUMN secret_notes {{.Text 1000}} NOT NULL DEFAULT '';

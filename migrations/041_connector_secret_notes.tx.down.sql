ALTER TABLE connectors DROP COLUMN secret_notes;

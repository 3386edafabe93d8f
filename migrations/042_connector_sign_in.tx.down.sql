ALTER TABLE connectors DROP COLUMN sign_in;

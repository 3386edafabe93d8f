ALTER TABLE sessions DROP COLUMN elevated_until;

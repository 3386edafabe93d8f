ALTER TABLE operations DROP COLUMN risk_known_at;

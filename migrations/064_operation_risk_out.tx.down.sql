ALTER TABLE operations DROP COLUMN risk_out_by;

-- When everybody has to be out by, because of the risk; 0: there is none.
ALTER TABLE operations ADD COLUMN risk_out_by BIGINT NOT NULL DEFAULT 0;

-- Since when the risk is known that an operation answers; 0: it is about people who leave.
ALTER TABLE operations ADD COLUMN risk_known_at BIGINT NOT NULL DEFAULT 0;

-- By how much a step stands ahead of others that are due, in microseconds; 0: in turn.
ALTER TABLE work_steps ADD COLUMN ahead BIGINT NOT NULL DEFAULT 0;

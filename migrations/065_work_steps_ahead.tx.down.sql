ALTER TABLE work_steps DROP COLUMN ahead;

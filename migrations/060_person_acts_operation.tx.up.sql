-- The operation an act was part of; 0: it stands by itself. Its steps then belong to the operation.
ALTER TABLE person_acts ADD COLUMN operation_id BIGINT NOT NULL DEFAULT 0;

ALTER TABLE person_acts DROP COLUMN operation_id;

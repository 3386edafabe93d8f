DROP TABLE operation_assignments;

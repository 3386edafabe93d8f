DROP TABLE operation_targets;

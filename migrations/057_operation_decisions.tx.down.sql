DROP TABLE operation_decisions;

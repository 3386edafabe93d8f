DROP TABLE operation_owners;

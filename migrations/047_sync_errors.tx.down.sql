DROP TABLE sync_errors;

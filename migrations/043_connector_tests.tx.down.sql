DROP TABLE connector_tests;

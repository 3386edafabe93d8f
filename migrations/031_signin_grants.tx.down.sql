DROP TABLE signin_grants;

DROP TABLE person_acts;

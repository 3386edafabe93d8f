DROP TABLE selection_people;

DROP TABLE selections;

DROP TABLE work_steps;

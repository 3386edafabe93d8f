DROP TABLE selection_lines;

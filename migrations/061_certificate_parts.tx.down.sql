DROP TABLE certificate_parts;

DROP TABLE role_children;

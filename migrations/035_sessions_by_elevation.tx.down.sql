DROP INDEX sessions_by_elevation{{if .MySQL}} ON sessions{{end}};

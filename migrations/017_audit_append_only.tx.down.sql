{{if .SQLite}}
DROP TRIGGER audit_events_no_update;
--bun:split
DROP TRIGGER audit_events_no_delete;
--bun:split
DROP TRIGGER audit_events_no_replace;
{{else}}
SELECT 1;
{{end}}

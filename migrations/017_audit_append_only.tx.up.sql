-- SQLite has no database users to take UPDATE and DELETE from, so the table
-- refuses them itself. On the servers the grants do it: rollcall migrate grants.
{{if .SQLite}}
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
--bun:split
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
{{else}}
SELECT 1;
{{end}}

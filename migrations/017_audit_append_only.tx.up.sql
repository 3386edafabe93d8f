-- SQLite has no database users to take UPDATE and DELETE from, so the table
-- refuses them itself, and INSERT OR REPLACE too, which deletes without asking
-- the delete trigger. On the servers the grants do it: rollcall migrate grants.
{{if .SQLite}}
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
--bun:split
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
--bun:split
CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
{{else}}
SELECT 1;
{{end}}

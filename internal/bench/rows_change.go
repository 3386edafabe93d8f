package bench

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// change runs statements in one transaction on one connection.
func (d *direct) change(ctx context.Context, fn func(*sql.Conn) error) error {
	conn, err := d.write.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	begin := "BEGIN"
	if d.dialect == store.SQLite {
		begin = "BEGIN IMMEDIATE"
	}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return err
	}
	if err := fn(conn); err != nil {
		_, _ = conn.ExecContext(ctx, "ROLLBACK") // the first error says more
		return err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// run runs statements one after the other.
func run(ctx context.Context, conn *sql.Conn, statements ...string) error {
	for _, text := range statements {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%w in %s", err, text)
		}
	}
	return nil
}

const (
	findRole = "SELECT id, name, privileged, max_days FROM roles WHERE tenant_id = ?t AND role_key = ?"
	findUser = "SELECT id, display_name, status, leaving_at, access_epoch, version FROM users WHERE tenant_id = ?t AND public_id = ?"

	insertAssignment = `INSERT INTO assignments
 (tenant_id, user_id, role_id, source, source_ref, reason, from_at, until_at, granted_by_id, granted_by, created_at)
 VALUES (?t, ?, ?, 'direct', '', ?, ?, ?, 0, 'Bench', ?)`
	raiseEpoch = "UPDATE users SET access_epoch = access_epoch + 1 WHERE tenant_id = ?t AND id = ?"
	setStatus  = `UPDATE users SET status = 'deactivated', status_reason = ?, status_by = 'Bench', status_since = ?, pending_since = 0,
 access_epoch = access_epoch + 1, version = version + 1, updated_at = ?, updated_by = 'Bench' WHERE tenant_id = ?t AND id = ? AND version = ?`
	endSessions = "DELETE FROM sessions WHERE tenant_id = ?t AND user_id = ?"
	insertEvent = `INSERT INTO audit_events
 (tenant_id, at, action, result, actor_kind, actor_id, actor_name, via, ip, request_id, session_key, target_kind, target_id, target_name,
 object_kind, object_id, object_name, reason, old_values, new_values, detail)
 VALUES (?t, ?, ?, 'done', 'system', 0, 'Bench', 'system', '', '', '', 'user', ?, ?, ?, ?, ?, ?, ?, ?, '')`
)

// assign gives a role by hand: role and person are read and held, and the
// assignment, the person's epoch and the event are written.
func (d *direct) assign(ctx context.Context, publicID, role string, now models.Instant) error {
	return d.change(ctx, func(conn *sql.Conn) error {
		var r models.Role
		err := conn.QueryRowContext(ctx, d.text(findRole+d.lock(), role)).Scan(&r.ID, &r.Name, &r.Privileged, &r.MaxDays)
		if err != nil {
			return err
		}
		u, err := d.hold(ctx, conn, publicID)
		if err != nil {
			return err
		}
		return run(ctx, conn,
			d.text(insertAssignment, u.ID, r.ID, reason, now, models.Forever, now),
			d.text(raiseEpoch, u.ID),
			d.text(insertEvent, now, string(models.RoleAssign), u.ID, u.DisplayName, "role", r.ID, r.Name, reason, "", fmt.Sprintf(`{"from":%d}`, now)))
	})
}

// deactivate cuts a person off by hand: the person is read and held, status,
// sessions and event are written.
func (d *direct) deactivate(ctx context.Context, publicID string, now models.Instant) error {
	return d.change(ctx, func(conn *sql.Conn) error {
		u, err := d.hold(ctx, conn, publicID)
		if err != nil {
			return err
		}
		return run(ctx, conn,
			d.text(setStatus, reason, now, now, u.ID, u.Version),
			d.text(endSessions, u.ID),
			d.text(insertEvent, now, string(models.UserDeactivate), u.ID, u.DisplayName, "", 0, "", reason,
				`{"status":"Active","sessions":1}`, `{"status":"Deactivated","sessions":0}`))
	})
}

func (d *direct) hold(ctx context.Context, conn *sql.Conn, publicID string) (models.User, error) {
	var u models.User
	err := conn.QueryRowContext(ctx, d.text(findUser+d.lock(), publicID)).
		Scan(&u.ID, &u.DisplayName, &u.Status, &u.LeavingAt, &u.AccessEpoch, &u.Version)
	return u, err
}

// leftBehind reads what a change left.
func (d *direct) leftBehind(ctx context.Context, id int64, role string) (changed, error) {
	text := d.text(`SELECT u.id, u.status, u.access_epoch,
 (SELECT COUNT(*) FROM assignments a JOIN roles r ON r.tenant_id = ?t AND r.id = a.role_id WHERE a.tenant_id = ?t AND a.user_id = u.id AND r.role_key = ?),
 (SELECT COUNT(*) FROM sessions s WHERE s.tenant_id = ?t AND s.user_id = u.id),
 (SELECT COUNT(*) FROM audit_events e WHERE e.tenant_id = ?t AND e.target_kind = 'user' AND e.target_id = u.id AND e.reason = ? AND e.at >= ?)
 FROM users u WHERE u.tenant_id = ?t AND u.id = ?`, role, reason, d.began, id)
	found, err := collect(ctx, d.read, text, func(c *changed) []any {
		return []any{&c.id, &c.status, &c.epoch, &c.roles, &c.sessions, &c.events}
	})
	if err != nil || len(found) != 1 {
		return changed{}, fmt.Errorf("%d people with id %d: %w", len(found), id, err)
	}
	found[0].epoch -= d.epochs[id]
	if found[0].status == models.Active { // who stays may or may not be signed in
		found[0].sessions = 0
	}
	return found[0], nil
}

// remember keeps the epochs that people have before they are changed.
func (d *direct) remember(ctx context.Context, people []user) error {
	for chunk := range chunks(people) {
		text := d.text("SELECT id, access_epoch FROM users WHERE tenant_id = ?t AND id IN (?)", chunk)
		found, err := collect(ctx, d.read, text, func(c *changed) []any { return []any{&c.id, &c.epoch} })
		if err != nil {
			return err
		}
		for _, c := range found {
			d.epochs[c.id] = c.epoch
		}
	}
	return nil
}

// restore takes back what a run changed, so that kept data stays as it was. The
// log keeps what was recorded.
func (d *direct) restore(ctx context.Context, role string, cutOff, admins []user) error {
	const ofRole = "tenant_id = ?t AND role_id = (SELECT id FROM roles WHERE tenant_id = ?t AND role_key = ?)"
	if err := d.exec(ctx, "DELETE FROM assignments WHERE "+ofRole, role); err != nil {
		return err
	}
	if err := d.exec(ctx, "DELETE FROM roles WHERE tenant_id = ?t AND role_key = ?", role); err != nil {
		return err
	}
	for chunk := range chunks(cutOff) {
		if err := d.exec(ctx, "UPDATE users SET status = 'active' WHERE tenant_id = ?t AND status_reason = ? AND id IN (?)", reason, chunk); err != nil {
			return err
		}
	}
	for chunk := range chunks(admins) {
		err := d.exec(ctx, "DELETE FROM assignments WHERE tenant_id = ?t AND granted_by = 'Bench' AND user_id IN (?)", chunk)
		if err != nil {
			return err
		}
	}
	return d.exec(ctx, "DELETE FROM sessions WHERE tenant_id = ?t AND user_agent = ?", agent)
}

package bench

import (
	"context"
	"maps"
	"slices"

	"github.com/rollcall/rollcall/models"
)

const eventColumns = `e.id, e.tenant_id, e.at, e.action, e.result, e.actor_kind, e.actor_id, e.actor_name, e.via, e.ip, e.request_id, e.session_key,
 e.target_kind, e.target_id, e.target_name, e.object_kind, e.object_id, e.object_name, e.reason, e.old_values, e.new_values, e.detail`

func eventFields(e *models.AuditEvent) []any {
	return []any{
		&e.ID, &e.TenantID, &e.At, &e.Action, &e.Result, &e.ActorKind, &e.ActorID, &e.ActorName, &e.Via, &e.IP, &e.RequestID, &e.SessionKey,
		&e.TargetKind, &e.TargetID, &e.TargetName, &e.ObjectKind, &e.ObjectID, &e.ObjectName, &e.Reason, &e.Before, &e.After, &e.Detail,
	}
}

const newestEvents = ` ORDER BY e.at DESC, e.id DESC LIMIT 51`

// called is what the page of a person or role is called by.
type called struct {
	id  int64
	key string
}

func calledFields(c *called) []any { return []any{&c.id, &c.key} }

// events reads the newest page along an index.
func (d *direct) events(ctx context.Context, index, where string, args ...any) ([]eventLine, error) {
	query := "SELECT " + eventColumns + " FROM audit_events e" + d.force(index) + " WHERE e.tenant_id = ?t" + where + newestEvents
	return d.lines(ctx, query, args...)
}

// timeline reads the newest page of what happened to, by or about a person:
// three indexes, the newest of each, merged.
func (d *direct) timeline(ctx context.Context, user int64) ([]eventLine, error) {
	walk := func(n, index, role string) string {
		return "SELECT b" + n + ".id, b" + n + ".at FROM (SELECT e.id, e.at FROM audit_events e" + d.force(index) +
			" WHERE e.tenant_id = ?t AND e." + role + "_kind = 'user' AND e." + role + "_id = ?" + newestEvents + ") b" + n
	}
	query := "SELECT " + eventColumns + " FROM (" +
		walk("1", "audit_by_target", "target") + " UNION " + walk("2", "audit_by_actor", "actor") + " UNION " +
		walk("3", "audit_by_object", "object") + " ORDER BY at DESC, id DESC LIMIT 51) m JOIN audit_events e ON e.id = m.id ORDER BY e.at DESC, e.id DESC"
	return d.lines(ctx, query, user, user, user)
}

// lines reads events, and then at once what all their people and roles are
// called by.
func (d *direct) lines(ctx context.Context, query string, args ...any) ([]eventLine, error) {
	rows, err := collect(ctx, d.read, d.text(query, args...), eventFields)
	if err != nil {
		return nil, err
	}
	rows = rows[:min(len(rows), 50)]
	names, err := d.called(ctx, rows)
	if err != nil {
		return nil, err
	}
	all := make([]eventLine, len(rows))
	for i := range all {
		e := &rows[i]
		all[i] = eventLine{
			id: e.ID, at: e.At, action: e.Action, reason: e.Reason,
			target: names[e.TargetKind][e.TargetID], object: names[e.ObjectKind][e.ObjectID],
		}
		if e.ActorKind == models.ActorUser {
			all[i].actor = names[models.KindUser][e.ActorID]
		}
	}
	return all, nil
}

// called gives what the people and roles of events are called by.
func (d *direct) called(ctx context.Context, rows []models.AuditEvent) (map[models.Kind]map[int64]string, error) {
	names := map[models.Kind]map[int64]string{models.KindUser: {}, models.KindRole: {}}
	add := func(kind models.Kind, id int64) {
		if of := names[kind]; of != nil && id != 0 {
			of[id] = ""
		}
	}
	for i := range rows {
		if rows[i].ActorKind == models.ActorUser {
			add(models.KindUser, rows[i].ActorID)
		}
		add(rows[i].TargetKind, rows[i].TargetID)
		add(rows[i].ObjectKind, rows[i].ObjectID)
	}
	for kind, query := range map[models.Kind]string{
		models.KindUser: "SELECT id, public_id FROM users WHERE tenant_id = ?t AND id IN (?)",
		models.KindRole: "SELECT id, role_key FROM roles WHERE tenant_id = ?t AND id IN (?)",
	} {
		if len(names[kind]) == 0 {
			continue
		}
		found, err := collect(ctx, d.read, d.text(query, slices.Collect(maps.Keys(names[kind]))), calledFields)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			names[kind][c.id] = c.key
		}
	}
	return names, nil
}

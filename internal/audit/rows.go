package audit

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var columns = []string{
	"id", "tenant_id", "at", "action", "result", "actor_kind", "actor_id", "actor_name", "via", "ip", "request_id", "session_key",
	"target_kind", "target_id", "target_name", "object_kind", "object_id", "object_name", "reason", "old_values", "new_values", "detail",
}

// rows gives at most n events from a place on: newest first, or oldest first
// when the place asks for the newer page.
func rows(ctx context.Context, r store.Reader, q Query, from *place, n int) ([]models.AuditEvent, error) {
	var list []models.AuditEvent
	g := reading{r, q, from, n}
	query := r.Select(&list).Column(columns...)
	switch walks := q.walks(); {
	case q.Seq != 0:
		query = matching(query, q).Where("e.id = ?", q.Seq)
	case len(walks) == 1:
		query = g.walk(query, walks[0])
	default:
		ids, err := g.merged(ctx)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		query = store.ByIDs(r, query, ids)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read audit events: %w", err)
	}
	slices.SortFunc(list, g.compare)
	return list, nil
}

// count counts the matches, but not beyond limit.
func count(ctx context.Context, r store.Reader, q Query, limit int) (int, error) {
	capped := r.Subquery().ColumnExpr("c.id").Limit(int64(limit))
	if q.Seq != 0 {
		one := matching(r.Select((*models.AuditEvent)(nil)).Column("id"), q).Where("e.id = ?", q.Seq)
		capped = capped.TableExpr("(?) AS c", one)
	} else {
		capped = capped.TableExpr("(?) AS c", reading{r: r, q: q, n: limit}.union())
	}
	var n int
	err := r.Subquery().ColumnExpr("COUNT(*)").TableExpr("(?) AS capped", capped).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count audit events: %w", err)
	}
	return n, nil
}

// reading is one read of a query: n rows from a place on.
type reading struct {
	r    store.Reader
	q    Query
	from *place
	n    int
}

// merged gives the ids of the first n events of all walks together. The events
// are then read by their ids and sorted here: asked for the log's order, SQLite
// would walk the whole log to find them.
func (g reading) merged(ctx context.Context) ([]int64, error) {
	var found []struct{ ID, At int64 }
	all := g.r.Subquery().ColumnExpr("m.id, m.at").TableExpr("(?) AS m", g.union())
	if err := g.order(all, "m").Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("find audit events: %w", err)
	}
	ids := make([]int64, len(found))
	for i, one := range found {
		ids[i] = one.ID
	}
	return ids, nil
}

// union puts the first n rows of every walk together, each event once.
func (g reading) union() *bun.SelectQuery {
	var branches []string
	var args []any
	for i, w := range g.q.walks() {
		args = append(args, g.walk(g.r.Select((*models.AuditEvent)(nil)).Column("id", "at"), w))
		branches = append(branches, strings.ReplaceAll("SELECT b#.id, b#.at FROM (?) AS b#", "#", fmt.Sprint(i)))
	}
	return g.r.Subquery().ColumnExpr("u.id, u.at").TableExpr("("+strings.Join(branches, " UNION ")+") AS u", args...)
}

// walk makes a query run along the walk's index, in order.
func (g reading) walk(query *bun.SelectQuery, w walk) *bun.SelectQuery {
	query = matching(g.r.WalkIndex(query, string(w.index)), g.q)
	if w.action != "" {
		query = query.Where("e.action = ?", w.action)
	} else if actions, _ := g.q.actions(); len(actions) > 0 {
		query = query.Where("e.action IN (?)", bun.List(actions))
	}
	switch w.role {
	case asTarget:
		query = query.Where("e.target_kind = ?", g.q.about.kind).Where("e.target_id = ?", g.q.about.id)
	case asActor:
		query = query.Where("e.actor_kind = ?", models.ActorUser).Where("e.actor_id = ?", g.q.about.id)
	case asObject:
		query = query.Where("e.object_kind = ?", g.q.about.kind).Where("e.object_id = ?", g.q.about.id)
	}
	return g.order(g.beyond(query), "e")
}

// beyond starts after a place. This spelling, not a row value, is what all
// three databases turn into one range of the index.
func (g reading) beyond(query *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case g.from == nil:
		return query
	case g.from.newer:
		return query.Where("e.at >= ?", g.from.at).Where("(e.at > ? OR e.id > ?)", g.from.at, g.from.id)
	}
	return query.Where("e.at <= ?", g.from.at).Where("(e.at < ? OR e.id < ?)", g.from.at, g.from.id)
}

// compare is the reading direction in memory.
func (g reading) compare(a, b models.AuditEvent) int {
	if g.from != nil && g.from.newer {
		a, b = b, a
	}
	return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID))
}

// order puts the first n rows in reading direction.
func (g reading) order(query *bun.SelectQuery, table string) *bun.SelectQuery {
	if g.from != nil && g.from.newer {
		return query.OrderExpr("?.at, ?.id", bun.Ident(table), bun.Ident(table)).Limit(int64(g.n))
	}
	return query.OrderExpr("?.at DESC, ?.id DESC", bun.Ident(table), bun.Ident(table)).Limit(int64(g.n))
}

// matching adds every condition but the actions, which along spells per walk.
func matching(query *bun.SelectQuery, q Query) *bun.SelectQuery {
	if q.own != 0 {
		query = query.Where("e.actor_kind = ?", models.ActorUser).Where("e.actor_id = ?", q.own)
	}
	if q.Actor != 0 {
		query = query.Where("e.actor_kind = ?", models.ActorUser).Where("e.actor_id = ?", q.Actor)
	}
	if q.ActorKind != "" {
		query = query.Where("e.actor_kind = ?", q.ActorKind)
		if q.ActorKind != models.ActorUser {
			query = query.Where("e.actor_id = 0")
		}
	}
	if q.Target.Kind != "" {
		query = query.Where("e.target_kind = ?", q.Target.Kind).Where("e.target_id = ?", q.Target.ID)
	}
	if q.Object.Kind != "" {
		query = query.Where("e.object_kind = ?", q.Object.Kind).Where("e.object_id = ?", q.Object.ID)
	}
	if q.Result != "" {
		query = query.Where("e.result = ?", q.Result)
	}
	if q.Via != "" {
		query = query.Where("e.via = ?", q.Via)
	}
	if q.RequestID != "" {
		query = query.Where("e.request_id = ?", q.RequestID)
	}
	if q.From != 0 {
		query = query.Where("e.at >= ?", q.From)
	}
	if q.To != 0 {
		query = query.Where("e.at < ?", q.To)
	}
	return containing(query, q.Text)
}

// containing looks for the text in names and reasons. The databases fold only
// some letters, so the spellings a word usually has are tried.
func containing(query *bun.SelectQuery, text string) *bun.SelectQuery {
	if text == "" {
		return query
	}
	return query.WhereGroup(" AND ", func(any *bun.SelectQuery) *bun.SelectQuery {
		for _, spelling := range spellings(text) {
			like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(spelling) + "%"
			for _, column := range []string{"actor_name", "target_name", "object_name", "reason"} {
				any = any.WhereOr("LOWER(e.?) LIKE ? ESCAPE '!'", bun.Ident(column), like)
			}
		}
		return any
	})
}

func spellings(text string) []string {
	title := []rune(strings.ToLower(text))
	title[0] = unicode.ToTitle(title[0])
	var all []string
	for _, s := range []string{strings.ToLower(text), text, strings.ToUpper(text), string(title)} {
		s = strings.Map(lowerASCII, s)
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// pages gives what the pages of people and roles are called by.
func pages(ctx context.Context, r store.Reader, users, roles []int64) (map[thing]string, error) {
	known := make(map[thing]string, len(users)+len(roles))
	if len(users) > 0 {
		var found []models.User
		if err := r.Select(&found).Column("id", "public_id").Where("u.id IN (?)", bun.List(users)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("read people of events: %w", err)
		}
		for _, u := range found {
			known[thing{models.KindUser, u.ID}] = u.PublicID
		}
	}
	if len(roles) > 0 {
		var found []models.Role
		if err := r.Select(&found).Column("id", "role_key").Where("r.id IN (?)", bun.List(roles)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("read roles of events: %w", err)
		}
		for _, role := range found {
			known[thing{models.KindRole, role.ID}] = role.Key
		}
	}
	return known, nil
}

// maxAttributes bounds the read of definitions; more are refused where they are defined.
const maxAttributes = 500

func definitions(ctx context.Context, r store.Reader) (map[string]models.AttributeDefinition, error) {
	var found []models.AttributeDefinition
	if err := r.Select(&found).Column("attribute_key", "label", "masked").Order("position", "id").Limit(maxAttributes).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read attributes of events: %w", err)
	}
	known := make(map[string]models.AttributeDefinition, len(found))
	for _, a := range found {
		known[a.Key] = a
	}
	return known, nil
}

func userByPublicID(ctx context.Context, r store.Reader, publicID string) (models.User, error) {
	var u models.User
	err := r.Select(&u).Column("id", "public_id", "display_name").Where("u.public_id = ?", publicID).Scan(ctx)
	return u, found(err, "find person")
}

func userByID(ctx context.Context, r store.Reader, id int64) (models.User, error) {
	var u models.User
	err := r.Select(&u).Column("id", "public_id", "display_name").Where("u.id = ?", id).Scan(ctx)
	return u, found(err, "find person")
}

func roleByKey(ctx context.Context, r store.Reader, key string) (models.Role, error) {
	var role models.Role
	err := r.Select(&role).Column("id", "role_key", "name").Where("r.role_key = ?", key).Scan(ctx)
	return role, found(err, "find role")
}

// found turns "no rows" into the zero row.
func found(err error, what string) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// lookedAlready reports whether this look was recorded since a moment.
func lookedAlready(ctx context.Context, r store.Reader, actor models.Actor, detail string, since models.Instant) (bool, error) {
	query := r.WalkIndex(r.Select((*models.AuditEvent)(nil)).Column("id"), string(byAction))
	some, err := query.Where("e.action = ?", models.AuditSearch).Where("e.at >= ?", since).
		Where("e.actor_id = ?", actor.UserID).Where("e.session_key = ?", actor.SessionKey).Where("e.detail = ?", detail).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("find recorded search: %w", err)
	}
	return some, nil
}

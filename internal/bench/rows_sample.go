package bench

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// countedTo is as far as the people of a word are counted.
const countedTo = 50_000

// drawn is what is read of a person who is drawn.
const drawn = `SELECT id, public_id, given_name, family_name, status FROM users WHERE tenant_id = ?t`

func drawnFields(u *user) []any {
	return []any{&u.id, &u.publicID, &u.given, &u.last, &u.status}
}

// drawUsers draws at most n different people, at random and with keep's consent.
func (d *direct) drawUsers(ctx context.Context, r *rand.Rand, n int, keep func(user) bool) ([]user, error) {
	least, most, err := d.range64(ctx, "users")
	if err != nil {
		return nil, err
	}
	if most-least < int64(2*n) { // so few that almost everybody is drawn: asked for one by one, the last would never come
		return d.shuffleUsers(ctx, r, n, keep)
	}
	var all []user
	seen := map[int64]bool{}
	for tries := 0; len(all) < n && tries < 4*n; tries++ {
		found, err := collect(ctx, d.read, d.text(drawn+` AND id >= ? ORDER BY id LIMIT 1`, least+r.Int64N(most-least+1)), drawnFields)
		if err != nil {
			return nil, err
		}
		for _, u := range found {
			if !seen[u.id] && keep(u) {
				seen[u.id] = true
				all = append(all, u)
			}
		}
	}
	return all, nil
}

// shuffleUsers draws from a small directory, which is read whole.
func (d *direct) shuffleUsers(ctx context.Context, r *rand.Rand, n int, keep func(user) bool) ([]user, error) {
	all, err := collect(ctx, d.read, d.text(drawn+` ORDER BY id`), drawnFields)
	if err != nil {
		return nil, err
	}
	r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	all = slices.DeleteFunc(all, func(u user) bool { return !keep(u) })
	return all[:min(n, len(all))], nil
}

// range64 gives the least and the greatest id of a table.
func (d *direct) range64(ctx context.Context, table string) (least, most int64, err error) {
	if least, err = d.number(ctx, "SELECT MIN(id) FROM "+table+" WHERE tenant_id = ?t"); err != nil {
		return 0, 0, err
	}
	most, err = d.number(ctx, "SELECT MAX(id) FROM "+table+" WHERE tenant_id = ?t")
	return least, max(least, most), err
}

// drawEvents draws n events of the log, an often seen one more than once.
func (d *direct) drawEvents(ctx context.Context, r *rand.Rand, n int) ([]models.AuditEvent, error) {
	least, most, err := d.range64(ctx, "audit_events")
	if err != nil {
		return nil, err
	}
	var all []models.AuditEvent
	for range n {
		text := d.text("SELECT at, action, actor_kind, actor_id FROM audit_events WHERE tenant_id = ?t AND id >= ? ORDER BY id LIMIT 1",
			least+r.Int64N(most-least+1))
		found, err := collect(ctx, d.read, text, func(e *models.AuditEvent) []any { return []any{&e.At, &e.Action, &e.ActorKind, &e.ActorID} })
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// wordsOf gives the words a person is found by.
func (d *direct) wordsOf(ctx context.Context, id int64) ([]string, error) {
	return collect(ctx, d.read, d.text("SELECT token FROM user_tokens WHERE tenant_id = ?t AND user_id = ? ORDER BY token", id), itself[string])
}

// holdersOf counts the words that begin with a word, as far as it matters.
func (d *direct) holdersOf(ctx context.Context, word string) (int, error) {
	n, err := d.number(ctx, "SELECT COUNT(*) FROM (SELECT 1 AS one FROM user_tokens x WHERE "+aWord+" LIMIT ?) c", word, word+lastRune, countedTo)
	return int(n), err
}

// roleSize is how often a role is given.
type roleSize struct {
	id  int64
	key string
	n   int
}

// roleSizes gives the roles with the number of their assignments now, the most frequent first.
func (d *direct) roleSizes(ctx context.Context, now models.Instant) ([]roleSize, error) {
	text := d.text(`SELECT r.id, r.role_key, c.n FROM (
  SELECT role_id, COUNT(*) AS n FROM assignments WHERE tenant_id = ?t AND from_at <= ? AND until_at > ? GROUP BY role_id) c
 JOIN roles r ON r.tenant_id = ?t AND r.id = c.role_id ORDER BY c.n DESC, r.id LIMIT 1000`, now, now)
	return collect(ctx, d.read, text, func(s *roleSize) []any { return []any{&s.id, &s.key, &s.n} })
}

// placeOf is where the page after a row begins.
func placeOf(row *directory.Row, cursor string) place {
	return place{cursor: cursor, name: row.SortName, id: row.ID}
}

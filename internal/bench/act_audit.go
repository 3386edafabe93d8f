package bench

import (
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/models"
)

// eventLine is what both ways must agree on for each line of the log.
type eventLine struct {
	id                    int64
	at                    models.Instant
	action                models.Action
	reason                string
	actor, target, object string // what their pages are called by
}

func linesOf(page audit.Page, err error) ([]eventLine, error) {
	all := make([]eventLine, len(page.Lines))
	for i := range page.Lines {
		l := &page.Lines[i]
		all[i] = eventLine{
			id: l.ID, at: l.At, action: l.Action, reason: l.Reason,
			actor: l.Actor.Ref, target: l.Target.Ref, object: l.Object.Ref,
		}
	}
	return all, err
}

// audits reads the newest fifty lines of the log in each way the explorer offers.
func (b *bench) audits() []act {
	log, s := b.app.Log, b.samples
	ask := func(name string, n int, q func(i int) audit.Query, bare func(context.Context, int) ([]eventLine, error)) act {
		ours := func(ctx context.Context, i int) ([]eventLine, error) { return linesOf(log.List(ctx, b.actor, q(i))) }
		return reading(name, n, ours, bare, slices.Equal)
	}
	window := func(i int) (from, to models.Instant) { return s.moments[i].Add(-24 * time.Hour), s.moments[i] }
	return []act{
		ask("audit-newest", 1, func(int) audit.Query { return audit.Query{} },
			func(ctx context.Context, _ int) ([]eventLine, error) {
				return b.direct.events(ctx, "audit_by_time", "")
			}),
		reading("audit-by-user", len(s.people),
			func(ctx context.Context, i int) ([]eventLine, error) {
				return linesOf(log.ForUser(ctx, b.actor, s.people[i].id, audit.Window{}))
			},
			func(ctx context.Context, i int) ([]eventLine, error) { return b.direct.timeline(ctx, s.people[i].id) }, slices.Equal),
		ask("audit-by-actor", len(s.actors), func(i int) audit.Query { return audit.Query{Actor: s.actors[i]} },
			func(ctx context.Context, i int) ([]eventLine, error) {
				return b.direct.events(ctx, "audit_by_actor", " AND e.actor_kind = 'user' AND e.actor_id = ?", s.actors[i])
			}),
		ask("audit-by-action", len(s.actions), func(i int) audit.Query { return audit.Query{Actions: s.actions[i : i+1]} },
			func(ctx context.Context, i int) ([]eventLine, error) {
				return b.direct.events(ctx, "audit_by_action", " AND e.action = ?", string(s.actions[i]))
			}),
		ask("audit-window", len(s.moments), func(i int) audit.Query {
			from, to := window(i)
			return audit.Query{From: from, To: to}
		}, func(ctx context.Context, i int) ([]eventLine, error) {
			from, to := window(i)
			return b.direct.events(ctx, "audit_by_time", " AND e.at >= ? AND e.at < ?", from, to)
		}),
	}
}

package sync

import (
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Resolution is what a person decides about differences: some by their public
// ids, or all that are identical to each other by their group.
type Resolution struct {
	IDs    []string
	Group  string
	Way    Way
	Until  models.Instant // with Ignore: the day, which lies ahead
	Reason string         // required, but to take one field of one person without privileged access
}

// Resolved says what became of them.
type Resolved struct {
	Done    int       // resolved, or our value is on its way
	Refused []Refusal // with the reason
}

// Refusal is a difference that was not resolved.
type Refusal struct {
	Drift  string // public id
	Person string
	Why    string
}

// Limits of one resolution.
const (
	maxResolve = 1_000
	day        = 24 * time.Hour
	longIgnore = 366 * day
)

// Resolve does what a person decided. Several differences at once must be
// identical: the same field and the same two values.
func (e *Engine) Resolve(ctx context.Context, actor models.Actor, in Resolution) (Resolved, error) {
	if err := permit(actor, "resolve differences"); err != nil {
		return Resolved{}, err
	}
	rows, err := e.chosen(ctx, actor.Tenant, in)
	if err != nil {
		return Resolved{}, err
	}
	s, err := selectSource(ctx, e.db.Read(actor.Tenant), "id", rows[0].ConnectorID)
	if err != nil {
		return Resolved{}, err
	}
	if !slices.Contains(e.ways(&s, rows[0]), in.Way) {
		return Resolved{}, errs.New(errs.Invalid, "This difference cannot be resolved in this way. Nothing was changed.")
	}
	if in.Reason != "" || !needsNone(in.Way, rows) {
		if in.Reason, err = checkReason(in.Reason); err != nil {
			return Resolved{}, err
		}
	}
	switch in.Way {
	case Ignore:
		return e.ignore(ctx, actor, &s, rows, in)
	case PushOurs:
		return e.pushOurs(ctx, actor, &s, rows, in)
	case TakeSource:
	}
	switch rows[0].Kind {
	case models.DriftField:
		return e.takeFields(ctx, actor, &s, rows, in)
	case models.DriftOrphan:
		return e.takeOrphans(ctx, actor, &s, rows, in)
	case models.DriftStatus, models.DriftMissing, models.DriftRole, models.DriftUnclear, models.DriftNoAccount:
	}
	return e.takeEach(ctx, actor, &s, rows, in)
}

// needsNone reports whether no reason has to be given: one field of one person is
// taken over, which can be changed back the same way. Nobody's access hangs on it.
func needsNone(way Way, rows []models.Drift) bool {
	return way == TakeSource && len(rows) == 1 && rows[0].Kind == models.DriftField && !rows[0].Privileged
}

// chosen reads the differences of a resolution, and refuses sets that are not
// identical or too large.
func (e *Engine) chosen(ctx context.Context, tenant int64, in Resolution) ([]models.Drift, error) {
	r := e.db.Read(tenant)
	var rows []models.Drift
	var err error
	if in.Group != "" {
		rows, err = selectDrifts(ctx, r, driftFilter{query: DriftQuery{Group: in.Group, State: models.DriftOpen}, limit: maxResolve + 1})
	} else {
		rows, err = selectDriftsNamed(ctx, r, in.IDs, maxResolve+1)
	}
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, errs.New(errs.NotFound, "This difference is no longer there: both sides agree, or somebody resolved it.")
	case len(rows) > maxResolve:
		return nil, errs.New(errs.Invalid, "These are more than 1,000 differences. Nothing was changed. Resolve them in parts.")
	}
	for _, row := range rows[1:] {
		if row.GroupHash != rows[0].GroupHash {
			return nil, errs.New(errs.Invalid, "These differences are not identical. Nothing was changed. Resolve those together that have the same two values.")
		}
	}
	return rows, nil
}

// ignore puts differences aside until a day.
func (e *Engine) ignore(ctx context.Context, actor models.Actor, s *source, rows []models.Drift, in Resolution) (Resolved, error) {
	now := e.db.Now()
	if in.Until <= now || in.Until > now.Add(longIgnore) {
		return Resolved{}, errs.Input(errs.Field{Name: "until", Message: "Choose a day that lies ahead, at most a year."})
	}
	var out Resolved
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		ids := make([]int64, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
		}
		n, err := ignoreDrifts(ctx, tx, ids, in.Until, in.Reason)
		if err != nil {
			return err
		}
		out = Resolved{Done: n}
		return tx.Record(ctx, store.Event{
			Action: models.DriftIgnore, Target: s.ref(), Reason: in.Reason,
			After: map[string]any{"people": n, "kind": string(rows[0].Kind), "until": in.Until.Time().Format("2006-01-02")},
		})
	})
	return out, err
}

package sync

import (
	"context"
	"errors"
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errNothing ends a change that has nothing to write.
var errNothing = errors.New("sync: nothing to change")

func unlessNothing(err error) error {
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// moved is why a difference is refused that changed since it was looked at.
const moved = "It changed since you looked. Look at it once more."

// current reads differences again inside the transaction and keeps those that are
// the same as when they were chosen.
func current(ctx context.Context, tx *store.Tx, rows []models.Drift) (same []models.Drift, gone []models.Drift, err error) {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	now, err := selectDriftsByID(ctx, tx.Reader, ids)
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[int64]models.Drift, len(now))
	for _, row := range now {
		byID[row.ID] = row
	}
	for _, row := range rows {
		again, there := byID[row.ID]
		if there && again.GroupHash == row.GroupHash && (again.State == models.DriftOpen || again.State == models.DriftIgnored) {
			same = append(same, again)
		} else {
			gone = append(gone, row)
		}
	}
	return same, gone, nil
}

// refusals names who was refused, for the person who decided.
func (e *Engine) refusals(ctx context.Context, tenant int64, rows []models.Drift, why string) ([]Refusal, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	views, err := e.driftViews(ctx, e.db.Read(tenant), rows)
	out := make([]Refusal, len(views))
	for i, v := range views {
		out[i] = Refusal{Drift: v.PublicID, Person: firstOf(v.Person.Name, v.Account.Label()), Why: why}
	}
	return out, err
}

// takeFields writes what the source says into people's fields. Who owns the field
// stays as the mapping has it.
func (e *Engine) takeFields(ctx context.Context, actor models.Actor, s *source, rows []models.Drift, in Resolution) (Resolved, error) {
	var out Resolved
	var gone []models.Drift
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		out = Resolved{}
		same, changed, err := current(ctx, tx, rows)
		if gone = changed; err != nil {
			return err
		}
		given, accounts := make([]directory.Given, len(same)), make([]int64, len(same))
		for i, d := range same {
			accounts[i] = d.AccountID
			given[i] = directory.Given{UserID: d.UserID, Source: s.Key, Values: map[string]directory.GivenValue{d.Field: {Text: d.Theirs}}}
		}
		taken, err := e.people.Take(ctx, tx, given)
		if err != nil {
			return err
		}
		events := make([]store.Event, len(taken))
		for i, t := range taken {
			events[i] = store.Event{
				Action: models.DriftTake, Target: directory.Ref(t.User), Object: s.ref(), Reason: in.Reason, Before: t.Before, After: t.After,
			}
		}
		if err := tx.RecordAll(ctx, events); err != nil {
			return err
		}
		if out.Done = len(taken); out.Done == 0 {
			return errNothing
		}
		return e.compareAgain(ctx, tx, s, accounts)
	})
	if err := unlessNothing(err); err != nil {
		return Resolved{}, err
	}
	out.Refused, err = e.refusals(ctx, actor.Tenant, gone, moved)
	return out, err
}

// pushOurs queues writing our values there.
func (e *Engine) pushOurs(ctx context.Context, actor models.Actor, s *source, rows []models.Drift, in Resolution) (Resolved, error) {
	if s.State != models.ConnectorEnabled {
		return Resolved{}, errs.New(errs.Conflict, "%s is not in use now, so nothing can be written to it. Nothing was changed.", s.Name)
	}
	var out Resolved
	var gone []models.Drift
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		out = Resolved{}
		same, changed, err := current(ctx, tx, rows)
		if gone = changed; err != nil {
			return err
		}
		if out.Done = len(same); out.Done == 0 {
			return errNothing
		}
		for i := range same {
			same[i].Reason = in.Reason
		}
		if err := e.queue(ctx, tx, s, same); err != nil {
			return err
		}
		return e.recordPush(ctx, tx, s, same, in.Reason)
	})
	if err := unlessNothing(err); err != nil {
		return Resolved{}, err
	}
	out.Refused, err = e.refusals(ctx, actor.Tenant, gone, moved)
	return out, err
}

func (e *Engine) recordPush(ctx context.Context, tx *store.Tx, s *source, rows []models.Drift, reason string) error {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].UserID
	}
	people, err := e.people.StandingOf(ctx, tx.Reader, ids)
	if err != nil {
		return err
	}
	events := make([]store.Event, 0, len(rows))
	for _, d := range rows {
		one := people[d.UserID]
		if one == nil {
			continue
		}
		events = append(events, store.Event{
			Action: models.DriftPush, Target: directory.Ref(one.User), Object: s.ref(), Reason: reason,
			Before: map[string]any{d.Field: d.Theirs}, After: map[string]any{d.Field: d.Ours},
		})
	}
	return tx.RecordAll(ctx, events)
}

// takeOrphans makes people of accounts nobody here belongs to.
func (e *Engine) takeOrphans(ctx context.Context, actor models.Actor, s *source, rows []models.Drift, in Resolution) (Resolved, error) {
	if !actor.Can.Has(models.UsersCreate) {
		return Resolved{}, errs.Denied(models.UsersCreate.Key(), "You may not create people. Nothing was changed.")
	}
	var out Resolved
	var gone []models.Drift
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		out = Resolved{}
		if _, err := lockState(ctx, tx, s.ID); err != nil { // no read of the source may find the same person now
			return err
		}
		same, changed, err := current(ctx, tx, rows)
		if gone = changed; err != nil {
			return err
		}
		out.Done, err = e.createOf(ctx, tx, s, same, in.Reason)
		if err == nil && out.Done == 0 {
			return errNothing
		}
		return err
	})
	if err := unlessNothing(err); err != nil {
		return Resolved{}, err
	}
	out.Refused, err = e.refusals(ctx, actor.Tenant, gone, moved)
	return out, err
}

// createOf makes people of accounts, with the accounts' identities.
func (e *Engine) createOf(ctx context.Context, tx *store.Tx, s *source, drifts []models.Drift, reason string) (int, error) {
	ids := make([]int64, len(drifts))
	for i := range drifts {
		ids[i] = drifts[i].AccountID
	}
	rows, err := selectAccounts(ctx, tx.Reader, ids)
	if err != nil {
		return 0, err
	}
	var all []directory.NewGiven
	var accounts []models.Account
	for _, d := range drifts {
		row := rows[d.AccountID]
		if row.UserID != 0 || row.MissingSince != 0 {
			continue
		}
		all, accounts = append(all, s.personOf(&row, parseSaid(row.Said), "Created from an account: "+reason)), append(accounts, row)
	}
	users, err := e.people.CreateGiven(ctx, tx, all)
	if err != nil || len(users) == 0 {
		return 0, err
	}
	events := make([]store.Event, len(users))
	for i, u := range users {
		accounts[i].UserID = u.ID
		events[i] = store.Event{
			Action: models.UserCreate, Target: directory.Ref(u), Object: s.ref(), Reason: reason, After: map[string]any{"status": u.Status.Word()},
		}
	}
	if err := updateAccounts(ctx, tx, accounts); err != nil {
		return 0, err
	}
	if err := tx.RecordAll(ctx, events); err != nil {
		return 0, err
	}
	return len(users), e.compareAgain(ctx, tx, s, ids)
}

// maxEach is how many people one resolution keeps out, lets in or takes a role
// from: each is an act of its own, with everything that follows from it.
const maxEach = 50

// takeEach does what the source says for people one by one, by the verbs that
// own the act: the rules of those hold, such as that the last admin stays.
func (e *Engine) takeEach(ctx context.Context, actor models.Actor, s *source, rows []models.Drift, in Resolution) (Resolved, error) {
	if len(rows) > maxEach {
		return Resolved{}, errs.New(errs.Invalid, "This would act on %d people, each with everything that follows. At most %d are done at once. Nothing was changed.", len(rows), maxEach)
	}
	views, err := e.driftViews(ctx, e.db.Read(actor.Tenant), rows)
	if err != nil {
		return Resolved{}, err
	}
	var out Resolved
	ids := make([]int64, 0, len(views))
	for _, v := range views {
		err := e.takeOne(ctx, actor, s, v, in.Reason)
		if err != nil {
			if len(views) == 1 {
				return Resolved{}, err
			}
			out.Refused = append(out.Refused, Refusal{Drift: v.PublicID, Person: v.Person.Name, Why: sentenceOf(err)})
			continue
		}
		out.Done++
		ids = append(ids, v.AccountID)
	}
	return out, e.db.Maintain(ctx, actor.Tenant, store.SyncPage, func(ctx context.Context, tx *store.Tx) error {
		tx.Actor = actor
		return e.compareAgain(ctx, tx, s, ids)
	})
}

func (e *Engine) takeOne(ctx context.Context, actor models.Actor, s *source, v DriftView, reason string) error {
	switch {
	case v.Kind == models.DriftMissing:
		return e.gate.Deactivate(ctx, actor, v.Person.PublicID, reason)
	case v.Kind == models.DriftStatus && v.Theirs == enabledWord(true):
		return e.gate.LetBack(ctx, actor, v.Person.PublicID, reason)
	case v.Kind == models.DriftStatus:
		return e.gate.Suspend(ctx, actor, v.Person.PublicID, reason)
	}
	key := strings.TrimPrefix(v.Field, "role.")
	held, err := e.access.HeldOtherwise(ctx, e.db.Read(actor.Tenant), s.Key, []int64{v.UserID}, []string{key})
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return errs.New(errs.Conflict, "%s", moved)
	}
	for _, h := range held {
		if _, err := e.access.Unassign(ctx, actor, h.AssignmentID, reason); err != nil {
			return err
		}
	}
	return nil
}

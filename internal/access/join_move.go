package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// JoinInput says which roles of the record that goes the person who stays gets.
type JoinInput struct {
	Stay, Gone UserRef
	Keep       []int64           // assignments; what is not named is taken away
	Can        models.Permission // of who decided: nobody gives more than they hold
	Reason     string
}

// Joined is what Join changed, from which Part takes it apart again.
type Joined struct {
	Moved     []models.Assignment // as they were
	Removed   []models.Assignment
	Prolonged []Prolonged
}

// Prolonged is an assignment of who stays that took over the time of the other
// record's, because one person cannot have it twice.
type Prolonged struct{ Before, After models.Assignment }

// Join moves chosen assignments from one record to another and takes the others
// away, inside the transaction of the verb. Each is recorded.
func (e *Engine) Join(ctx context.Context, tx *store.Tx, in JoinInput) (Joined, error) {
	all, err := offers(ctx, tx.Reader, joining{stay: in.Stay.ID, gone: in.Gone.ID, can: in.Can, now: tx.Now})
	if err != nil {
		return Joined{}, err
	}
	own, err := selectAssignments(ctx, tx.Reader, in.Stay.ID)
	if err != nil {
		return Joined{}, err
	}
	var out Joined
	found := 0
	for _, o := range all {
		keep := slices.Contains(in.Keep, o.Assignment.ID)
		if keep {
			found++
		}
		if keep && o.Widens && o.Refusal != "" {
			return out, deny(errs.Denied("", "%s Nothing was changed.", o.Refusal), userTarget(in.Stay), refTarget(o.Role), in.Reason)
		}
		switch {
		case keep && o.SameID == 0:
			out.Moved = append(out.Moved, o.Assignment)
		case keep && o.Widens:
			was := own[slices.IndexFunc(own, func(a models.Assignment) bool { return a.ID == o.SameID })]
			out.Prolonged = append(out.Prolonged, Prolonged{Before: was, After: takeOver(was, o.Assignment)})
			out.Removed = append(out.Removed, o.Assignment)
		default:
			out.Removed = append(out.Removed, o.Assignment)
		}
	}
	if found != len(in.Keep) {
		return out, errs.New(errs.Conflict, "The roles of %s changed meanwhile. Nothing was changed.", in.Gone.Name)
	}
	return out, out.write(ctx, tx, in, all)
}

// takeOver gives an assignment the time and the reason of another.
func takeOver(was, other models.Assignment) models.Assignment {
	was.FromAt, was.UntilAt, was.Reason = min(was.FromAt, other.FromAt), max(was.UntilAt, other.UntilAt), other.Reason
	was.GrantedByID, was.GrantedBy, was.CreatedAt = other.GrantedByID, other.GrantedBy, other.CreatedAt
	return was
}

func (j *Joined) write(ctx context.Context, tx *store.Tx, in JoinInput, all []Offer) error {
	if err := takeAssignments(ctx, tx, in.Gone.ID, ids(j.Removed)); err != nil {
		return err
	}
	if err := moveAssignments(ctx, tx, in.Gone.ID, in.Stay.ID, ids(j.Moved)); err != nil {
		return err
	}
	for _, p := range j.Prolonged {
		if err := updateAssignment(ctx, tx, p.After); err != nil {
			return err
		}
	}
	if err := raiseEpoch(ctx, tx, in.Stay.ID, in.Gone.ID); err != nil {
		return err
	}
	for _, o := range all {
		if err := j.record(ctx, tx, in, o); err != nil {
			return err
		}
	}
	return nil
}

// record tells what became of one assignment: it moved, or it ended.
func (j *Joined) record(ctx context.Context, tx *store.Tx, in JoinInput, o Offer) error {
	event := store.Event{
		Action: models.RoleUnassign, Target: userTarget(in.Gone), Object: refTarget(o.Role),
		Reason: in.Reason, Before: span(o.Assignment), Detail: "two records of one person became one",
	}
	i := slices.IndexFunc(j.Prolonged, func(p Prolonged) bool { return p.Before.ID == o.SameID })
	switch {
	case slices.Contains(ids(j.Moved), o.Assignment.ID):
		event.Action, event.Target, event.Before, event.After = models.RoleAssign, userTarget(in.Stay), nil, span(o.Assignment)
	case o.SameID != 0 && i >= 0:
		event.Action, event.Target = models.RoleUntil, userTarget(in.Stay)
		event.Before, event.After = span(j.Prolonged[i].Before), span(j.Prolonged[i].After)
	}
	return tx.Record(ctx, event)
}

func ids(rows []models.Assignment) []int64 {
	all := make([]int64, 0, len(rows))
	for _, a := range rows {
		all = append(all, a.ID)
	}
	return all
}

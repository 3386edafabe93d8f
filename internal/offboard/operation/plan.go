package operation

import (
	"context"
	"errors"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errDone ends a transaction that has nothing to write.
var errDone = errors.New("operation: nothing to do")

func isDone(err error) bool { return errors.Is(err, errDone) }

// fillAtOnce is how many people of a filter one chunk writes down.
const fillAtOnce = 5_000

// plan writes the next chunk of the frozen list, or ends the plan when everybody
// is in it.
func (e *Engine) plan(ctx context.Context, l *lease) error {
	known, err := e.survey(ctx, l.tenant) // asks systems, so before the transaction
	if err != nil {
		return err
	}
	whole := false
	err = e.Store.Maintain(ctx, l.tenant, store.OperationList, func(ctx context.Context, tx *store.Tx) error {
		op, err := e.held(ctx, tx, l, models.PhasePlan)
		if err != nil {
			return err
		}
		next, err := e.nextPeople(ctx, tx, &op)
		if err != nil {
			return err
		}
		if whole = next.whole; len(next.ids) == 0 {
			return nil
		}
		return e.planChunk(ctx, tx, &op, next, known)
	})
	if err != nil || !whole {
		return err
	}
	return e.endPlan(ctx, l, known)
}

// people are the next ones to be planned.
type people struct {
	ids   []int64
	was   map[int64]models.OperationTarget // rows of an earlier plan, by person
	whole bool                             // nobody comes after them
}

// nextPeople gives the next people of the selection, or, when the list was there
// before (one person, or a plan made again), of the list itself.
func (e *Engine) nextPeople(ctx context.Context, tx *store.Tx, op *models.Operation) (people, error) {
	if op.SelectionID == 0 || op.PlannedAt > 0 {
		return listed(ctx, tx, op)
	}
	ids, err := e.Selections.Walk(ctx, tx.Reader, op.SelectionID, op.CursorAt, ChunkSize)
	if err != nil || len(ids) == ChunkSize {
		return people{ids: ids}, err
	}
	filled, err := e.Selections.Fill(ctx, tx, op.SelectionID, fillAtOnce)
	if err != nil {
		return people{}, err
	}
	if ids, err = e.Selections.Walk(ctx, tx.Reader, op.SelectionID, op.CursorAt, ChunkSize); err != nil {
		return people{}, err
	}
	return people{ids: ids, whole: filled && len(ids) < ChunkSize}, nil
}

func listed(ctx context.Context, tx *store.Tx, op *models.Operation) (people, error) {
	rows, err := selectListed(ctx, tx.Reader, op.ID, op.CursorAt, ChunkSize)
	p := people{was: make(map[int64]models.OperationTarget, len(rows)), whole: len(rows) < ChunkSize}
	for _, row := range rows {
		p.ids = append(p.ids, row.UserID)
		p.was[row.UserID] = row
	}
	return p, err
}

// planChunk writes down how each of these people stands, with a handful of reads.
func (e *Engine) planChunk(ctx context.Context, tx *store.Tx, op *models.Operation, next people, known survey) error {
	facts, err := factsOf(ctx, tx, next.ids, known)
	if err != nil {
		return err
	}
	targets := make([]models.OperationTarget, 0, len(next.ids))
	for _, id := range next.ids {
		user, there := facts.users[id]
		if !there {
			continue
		}
		t := facts.target(user, tx.Now)
		t.OperationID, t.LeftOut = op.ID, facts.leftOut(user, op)
		if was, again := next.was[id]; again {
			t.Position = was.Position
			if was.LeftOut == models.LeftOutByHand && t.LeftOut == models.LeftOutNot {
				t.LeftOut = models.LeftOutByHand
			}
		} else {
			op.People++
			t.Position = op.People
		}
		t.Included = t.LeftOut == models.LeftOutNot
		targets = append(targets, t)
	}
	if len(next.was) > 0 {
		if err := deleteTargets(ctx, tx, op.ID, next.ids); err != nil {
			return err
		}
		if op.People == 0 { // one person, planned for the first time
			op.People = int64(len(targets))
		}
	}
	if err := insertTargets(ctx, tx, targets); err != nil {
		return err
	}
	op.CursorAt = next.ids[len(next.ids)-1]
	return updateOperation(ctx, tx, op, "people", "cursor_at")
}

// endPlan counts what the list does as a whole and freezes it with its hash. The
// tenant's row is held, because the last admin is a rule over the whole list.
func (e *Engine) endPlan(ctx context.Context, l *lease, known survey) error {
	return e.Store.Maintain(ctx, l.tenant, store.OperationList, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		op, err := e.held(ctx, tx, l, models.PhasePlan)
		if err != nil {
			return err
		}
		if err := e.spareLastAdmin(ctx, tx, &op); err != nil {
			return err
		}
		if err := countReports(ctx, tx, op.ID, nil); err != nil {
			return err
		}
		if err := e.freeze(ctx, tx, &op, known.systems); err != nil {
			return err
		}
		turn(&op, models.OperationDraft, models.PhaseNone, 0)
		op.PlannedAt = tx.Now
		if op.People == 1 {
			if op.Title, err = selectOnlyName(ctx, tx.Reader, op.ID); err != nil {
				return err
			}
		}
		if op.People == 0 {
			turn(&op, models.OperationCancelled, models.PhaseNone, 0)
			op.Sentence = "Nobody was left in the selection when it was planned."
		}
		return updateOperation(ctx, tx, &op, append([]string{"planned_at", "title", "sentence"}, turned...)...)
	})
}

// spareLastAdmin leaves an admin out when nobody who can administer would remain.
// Which one does not matter to anybody but them, so it is the one known longest.
func (e *Engine) spareLastAdmin(ctx context.Context, tx *store.Tx, op *models.Operation) error {
	admins, err := e.Access.AdminsToKeep(ctx, tx)
	if err != nil || len(admins) == 0 {
		return err
	}
	going, err := selectIncludedOf(ctx, tx.Reader, op.ID, admins)
	if err != nil || len(going) < len(admins) {
		return err
	}
	return updateLeftOut(ctx, tx, op.ID, admins[:1], models.LeftOutLastAdmin)
}

// freeze counts the list, gives it its hash and says what it needs.
func (e *Engine) freeze(ctx context.Context, tx *store.Tx, op *models.Operation, systems []SystemEffect) error {
	effects, included, err := countEffects(ctx, tx, op.ID, systems)
	if err != nil {
		return err
	}
	op.Included = included
	if op.ListHash, err = listHash(ctx, tx.Reader, op.ID); err != nil {
		return err
	}
	friction, err := frictionOf(ctx, tx.Reader, tx.Now, included, effects.Privileged)
	if err != nil {
		return err
	}
	if err := keep(op, effects, friction); err != nil {
		return err
	}
	return updateOperation(ctx, tx, op, "included", "list_hash", "effects", "friction")
}

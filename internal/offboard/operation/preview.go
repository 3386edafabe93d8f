package operation

import (
	"context"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/models"
)

// Back says what an undo would bring back, and what it cannot.
type Back struct {
	People  int64   // who are let in
	Roles   int64   // they held, and still hold without effect
	Given   int64   // roles that were removed with the operation and are given again
	Reports int64   // people who get them back as manager
	Systems []Place // where accounts are activated

	Sessions int64       // that ended in the console, and stay ended
	Expired  int64       // roles whose time has run out meanwhile
	Taken    int64       // roles that somebody took away meanwhile
	Changed  int64       // people who were let in, merged or cut off anew since, and stay as they are
	Who      []Unchanged // the first of them
	Closed   string      // why it cannot be undone at all; "": it can
}

// Place is how many accounts an undo activates at a system.
type Place struct {
	ConnectorID int64
	System      string
	Accounts    int64
}

// Unchanged is somebody an undo leaves as they are.
type Unchanged struct {
	PublicID string
	Name     string
	Status   models.Status
	StatusBy string
}

// whoShown is how many of them are named.
const whoShown = 20

// UndoPreview says what an undo would bring back now: for some people by their
// public ids, or for everybody with none.
func (e *Engine) UndoPreview(ctx context.Context, tenant int64, op models.Operation, people []string) (Back, error) {
	now := e.Store.Now()
	b := Back{Closed: MayUndo(&op, now)}
	if len(people) > maxSome {
		people = people[:maxSome]
	}
	err := previewUndo(ctx, e.Store.Read(tenant), preview{op: &op, now: now, people: people}, &b)
	return b, err
}

// Run is how far an operation has come.
type Run struct {
	People   counts       // acted upon, by state
	Steps    []jobs.Tally // at connected systems, by kind and outcome
	Undo     []jobs.Tally
	Failures []jobs.Cause // grouped by why, the most frequent first
}

// causesShown is how many causes of failures are listed.
const causesShown = 50

// RunOf says how far an operation has come. It counts along indexes, whatever
// the size.
func (e *Engine) RunOf(ctx context.Context, tenant int64, op models.Operation) (Run, error) {
	var run Run
	states, err := countStates(ctx, e.Store.Read(tenant), op.ID)
	if err != nil {
		return run, err
	}
	run.People = states
	if run.Steps, err = e.Jobs.Count(ctx, tenant, group(&op)); err != nil {
		return run, err
	}
	if op.UndoBy != "" {
		if run.Undo, err = e.Jobs.Count(ctx, tenant, undoGroup(&op)); err != nil {
			return run, err
		}
	}
	run.Failures, err = e.Jobs.Causes(ctx, tenant, group(&op), causesShown)
	return run, err
}

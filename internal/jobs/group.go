package jobs

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// open are the states of a step that has not ended.
var open = []models.StepState{models.StepWaiting, models.StepRunning, models.StepPaused}

// Part is a part of a group's steps, moved in one transaction: a group of very
// many steps is moved part by part, so that nobody waits long for the database.
type Part struct {
	Group     Group
	Connector int64   // only at this one; 0: at all of them
	Users     []int64 // only of these people; nil: of all
	Limit     int     // at most so many
}

// Pause keeps some of what waits in a group from running. What runs goes on to
// its end. It says how many there were; fewer than the limit means all.
func (e *Engine) Pause(ctx context.Context, tx *store.Tx, p Part) (int, error) {
	ids, err := idsIn(ctx, tx, p, models.StepWaiting)
	if err != nil {
		return 0, err
	}
	return moveIDs(ctx, tx, ids, models.StepWaiting, models.StepPaused)
}

// Resume lets some of what is paused in a group run: of each person at each
// connector what comes first at once, and what follows it when that has ended,
// or after patience.
func (e *Engine) Resume(ctx context.Context, tx *store.Tx, p Part, patience time.Duration) (int, error) {
	n, _, err := e.release(ctx, tx, p, models.StepPaused, patience)
	return n, err
}

// Retry runs some of what failed in a group again, with all attempts anew and in
// the order of Resume, and says whom it concerns.
func (e *Engine) Retry(ctx context.Context, tx *store.Tx, p Part, patience time.Duration) (n int, users []int64, err error) {
	return e.release(ctx, tx, p, models.StepFailed, patience)
}

func (e *Engine) release(ctx context.Context, tx *store.Tx, p Part, from models.StepState, patience time.Duration) (int, []int64, error) {
	steps, err := stepsIn(ctx, tx, p, from)
	if err != nil || len(steps) == 0 {
		return 0, nil, err
	}
	users := usersOf(steps)
	before, err := firstOpen(ctx, tx, p.Group, users)
	if err != nil {
		return 0, nil, err
	}
	var now, later []int64
	for at, ids := range chains(steps) {
		for _, id := range ids {
			if first, there := before[at]; (there && first < id) || id != ids[0] {
				later = append(later, id)
			} else {
				now = append(now, id)
			}
		}
	}
	n := 0
	for _, turn := range []struct {
		ids []int64
		at  models.Instant
	}{{now, tx.Now}, {later, tx.Now.Add(patience)}} {
		moved, err := requeue(ctx, tx, turn.ids, from, turn.at)
		if err != nil {
			return 0, nil, err
		}
		n += moved
	}
	tx.AfterCommit(e.Wake)
	return n, users, nil
}

// Skip ends some of what waits or is paused in a group as skipped, with the
// sentence that says why.
func (e *Engine) Skip(ctx context.Context, tx *store.Tx, p Part, sentence string) (int, error) {
	total := 0
	for _, from := range []models.StepState{models.StepWaiting, models.StepPaused} {
		part := p
		part.Limit -= total
		if part.Limit <= 0 {
			break
		}
		ids, err := idsIn(ctx, tx, part, from)
		if err != nil {
			return total, err
		}
		n, err := skipIDs(ctx, tx, ids, from, sentence)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// chain is what follows each other: the steps of a person at a connector.
type chain struct{ user, connector int64 }

// chains gives the ids of steps by what they follow, each in their order.
func chains(steps []models.WorkStep) map[chain][]int64 {
	by := make(map[chain][]int64, len(steps))
	for i := range steps {
		at := chain{steps[i].UserID, steps[i].ConnectorID}
		by[at] = append(by[at], steps[i].ID)
	}
	return by
}

func usersOf(steps []models.WorkStep) []int64 {
	var users []int64
	seen := make(map[int64]bool, len(steps))
	for i := range steps {
		if id := steps[i].UserID; !seen[id] {
			seen[id] = true
			users = append(users, id)
		}
	}
	return users
}

// Ended is a step of a group as it stands, without what it needed.
type Ended struct {
	ID          int64
	Kind        string
	UserID      int64
	ConnectorID int64
	State       models.StepState
	Outcome     models.Outcome
	Sentence    string
	Evidence    string // JSON
	FinishedAt  models.Instant
}

// Open reports whether the step has not ended.
func (s Ended) Open() bool {
	return s.State == models.StepWaiting || s.State == models.StepRunning || s.State == models.StepPaused
}

// Cause is why steps of a group failed, and how many.
type Cause struct {
	Kind        string
	ConnectorID int64
	Sentence    string
	N           int
}

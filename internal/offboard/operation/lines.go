package operation

import (
	"context"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

// Came says which people of an operation, by what came of them.
type Came string

// The choices. Failed and unconfirmed are of people who have such a step.
const (
	CameAll         Came = ""
	CameWaiting     Came = "waiting"     // not cut off yet
	CameRunning     Came = "running"     // out here; steps at systems run
	CameOut         Came = "out"         // everything was confirmed
	CamePartly      Came = "partly"      // out here, and not everywhere or not proven: failed, not confirmed, skipped
	CameFailed      Came = "failed"      // a step failed
	CameUnconfirmed Came = "unconfirmed" // a step was sent, and is not confirmed
	CameAlive       Came = "alive"       // a later look found them in at a system
	CameMoved       Came = "moved"       // left as they were
	CameStopped     Came = "stopped"
	CameBack        Came = "back" // let in again
	CameUndoable    Came = "undoable"
)

// CameAbout lists them in the order of pages.
var CameAbout = []Came{CameAll, CameRunning, CameWaiting, CameAlive, CamePartly, CameFailed, CameUnconfirmed, CameOut, CameMoved, CameStopped, CameBack}

// states are those of the people of a choice; nil is all.
func (c Came) states() []models.TargetState {
	switch c {
	case CameWaiting:
		return []models.TargetState{models.TargetWaiting}
	case CameRunning:
		return []models.TargetState{models.TargetCut}
	case CameOut:
		return []models.TargetState{models.TargetOut}
	case CamePartly:
		return []models.TargetState{models.TargetPartly}
	case CameMoved:
		return []models.TargetState{models.TargetMoved}
	case CameStopped:
		return []models.TargetState{models.TargetStopped}
	case CameBack:
		return []models.TargetState{models.TargetUndone, models.TargetKept}
	case CameFailed, CameUnconfirmed, CameAlive:
		return []models.TargetState{models.TargetCut, models.TargetPartly}
	case CameUndoable:
		return undoable
	case CameAll:
	}
	return nil
}

// LineQuery says which people with their steps, and which page of them.
type LineQuery struct {
	Came  Came
	After int64 // position of the last one on the page before
	Back  int64 // position of the first one on the page behind; pages backward
	Limit int   // 0: 50
}

// Line is one person of an operation with everything that was done about them.
type Line struct {
	Target

	Steps []offboard.Outcome // at connected systems
	Undo  []offboard.Outcome // of an undo
}

// LinePage is one page of them. Next and Prev are 0 where the list ends.
type LinePage struct {
	Rows []Line
	Next int64
	Prev int64
}

// Lines gives people who are acted upon with their steps.
func (e *Engine) Lines(ctx context.Context, tenant int64, op models.Operation, q LineQuery) (LinePage, error) {
	limit := limited(q.Limit)
	r := e.Store.Read(tenant)
	found, err := selectLines(ctx, r, op.ID, q, limit+1)
	if err != nil || len(found) == 0 {
		return LinePage{}, err
	}
	more, p := len(found) > limit, LinePage{}
	switch {
	case q.Back > 0 && more:
		found = found[1:]
	case more:
		found = found[:limit]
	}
	if q.Back > 0 || more {
		p.Next = found[len(found)-1].Position
	}
	p.Prev = first(found, q.Back > 0 && more || q.Back == 0 && q.After > 0)
	users := make([]int64, len(found))
	for i := range found {
		users[i] = found[i].UserID
	}
	steps, err := e.Offboard.OutcomesIn(ctx, tenant, group(&op), users)
	if err != nil {
		return p, err
	}
	back := map[int64][]offboard.Outcome{}
	if op.UndoBy != "" {
		if back, err = e.Offboard.OutcomesIn(ctx, tenant, undoGroup(&op), users); err != nil {
			return p, err
		}
	}
	p.Rows = make([]Line, len(found))
	for i := range found {
		p.Rows[i] = Line{Target: found[i], Steps: steps[found[i].UserID], Undo: back[found[i].UserID]}
	}
	return p, nil
}

// EachLine gives everybody who is acted upon with their steps to fn, in the order
// of the list.
func (e *Engine) EachLine(ctx context.Context, tenant int64, op models.Operation, fn func([]Line) error) error {
	for q := (LineQuery{Limit: pageMost}); ; {
		p, err := e.Lines(ctx, tenant, op, q)
		if err != nil || len(p.Rows) == 0 {
			return err
		}
		if err := fn(p.Rows); err != nil || p.Next == 0 {
			return err
		}
		q.After = p.Next
	}
}

// Numbers are lines of the audit log about people of an operation.
type Numbers struct {
	Cut  map[int64]int64  // by person: that they were deactivated
	Step map[string]int64 // by the public id of a step: how it ended
}

// NumbersOf finds the lines of the audit log about some people of an operation.
func (e *Engine) NumbersOf(ctx context.Context, tenant int64, op models.Operation, lines []Line) (Numbers, error) {
	users := make([]int64, len(lines))
	for i := range lines {
		users[i] = lines[i].UserID
	}
	return selectNumbers(ctx, e.Store.Read(tenant), &op, users)
}

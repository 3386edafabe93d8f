package operation

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// How long the program waits between two looks at an operation's steps: while
// they run, and while it waits for a system to answer again.
const (
	lookEvery = time.Second
	askEvery  = 30 * time.Second
	lookSoon  = 100 * time.Millisecond // in the first seconds: somebody looks at the page, and the others wait for the first people
	soonFor   = 5 * time.Second
)

// systems follows the steps at connected systems: which may run is what the state
// of the operation says, and a person is out when their last one has ended.
func (e *Engine) systems(ctx context.Context, l *lease) error {
	return chunks(func() (bool, error) { return e.systemsOnce(ctx, l) })
}

func (e *Engine) systemsOnce(ctx context.Context, l *lease) (more bool, err error) {
	var f following
	err = e.follow(ctx, l, models.PhaseSystems, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		f = following{Engine: e, tx: tx, op: op}
		if err := f.run(ctx); err != nil {
			return err
		}
		op.DueAt = tx.Now.Add(lookEvery)
		switch {
		case f.more || f.next != nil:
			op.DueAt = tx.Now
		case op.State == models.OperationPaused && op.PausedFor == 0:
			op.DueAt = 0
		case op.State == models.OperationPaused:
			op.DueAt = tx.Now.Add(askEvery)
		case tx.Now < op.CutAt.Add(soonFor):
			op.DueAt = tx.Now.Add(lookSoon)
			tx.AfterCommit(func() { time.AfterFunc(lookSoon, e.Wake) })
		}
		return updateOperation(ctx, tx, op, "cursor_at", "due_at", "canary_at")
	})
	if err != nil || f.next == nil && !f.look {
		return f.more, err
	}
	if f.next != nil {
		return true, f.next(ctx, l)
	}
	return false, e.lookAtSystems(ctx, l)
}

// following is one look.
type following struct {
	*Engine

	tx   *store.Tx
	op   *models.Operation
	more bool                                // there is more to do at once
	look bool                                // whether the systems answer
	next func(context.Context, *lease) error // what is to be recorded
}

func (f *following) run(ctx context.Context) error {
	moved, err := f.align(ctx)
	if err != nil {
		return err
	}
	settled, err := f.settle(ctx)
	if err != nil {
		return err
	}
	if f.more = moved == f.Chunk || settled; f.more || f.op.State == models.OperationPaused && f.op.PausedFor == 0 {
		return nil
	}
	f.look = true
	if f.op.State == models.OperationPaused {
		return nil
	}
	if f.op.CanaryAt == 0 {
		return f.canary(ctx)
	}
	open, err := f.Jobs.AnyOpen(ctx, f.tx.Reader, group(f.op))
	if err != nil || open {
		return err
	}
	left, err := countIn(ctx, f.tx.Reader, f.op, models.TargetCut)
	if err != nil {
		return err
	}
	if left > 0 {
		f.op.CursorAt, f.more = 0, true // from the beginning of the list again
		return nil
	}
	f.next = f.Engine.endRun
	return nil
}

// align pauses, lets go or leaves out a part of the steps, as the state says.
func (f *following) align(ctx context.Context) (int, error) {
	part := jobs.Part{Group: group(f.op), Limit: f.Chunk}
	switch {
	case f.op.StoppedAt != 0:
		return f.Jobs.Skip(ctx, f.tx, part, "The rest was stopped by "+f.op.StoppedBy+" before this ran. Nothing was done.")
	case f.op.State == models.OperationPaused:
		part.Connector = f.op.PausedFor
		return f.Jobs.Pause(ctx, f.tx, part)
	case f.op.CanaryAt == 0:
		users, err := canaryOf(ctx, f.tx.Reader, f.op)
		if err != nil || len(users) == 0 {
			return 0, err
		}
		part.Users = users
	}
	return f.Jobs.Resume(ctx, f.tx, part, offboard.Patience)
}

// canary looks at the first people: the others' steps begin when theirs ended
// without a failure. Sign-in here is blocked for everybody by now.
func (f *following) canary(ctx context.Context) error {
	users, err := canaryOf(ctx, f.tx.Reader, f.op)
	if err != nil {
		return err
	}
	steps, err := f.Jobs.OfPeople(ctx, f.tx.Reader, group(f.op), users)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(steps, jobs.Ended.Open) {
		return nil
	}
	failed := slices.IndexFunc(steps, func(s jobs.Ended) bool { return s.State == models.StepFailed })
	if failed < 0 {
		f.op.CanaryAt, f.more = f.tx.Now, true
		return nil
	}
	why := "A step of the first " + ofPeople(int64(len(users))) + " failed: " + steps[failed].Sentence
	f.next = func(ctx context.Context, l *lease) error { return f.Engine.hold(ctx, l, 0, why) }
	return nil
}

// settle says of people whose steps have all ended what became of them. It goes
// through the list part by part, and reports whether it found anybody.
func (f *following) settle(ctx context.Context) (found bool, err error) {
	targets, err := targetsIn(ctx, f.tx.Reader, f.op, []models.TargetState{models.TargetCut}, f.Chunk)
	if err != nil {
		return false, err
	}
	if len(targets) < f.Chunk {
		f.op.CursorAt = 0
	} else {
		f.op.CursorAt = targets[len(targets)-1].Position
	}
	users := ids(targets)
	busy, err := f.Jobs.BusyIn(ctx, f.tx.Reader, group(f.op), users)
	if err != nil {
		return false, err
	}
	users = slices.DeleteFunc(users, func(id int64) bool { return busy[id] })
	if len(users) == 0 {
		return false, nil
	}
	steps, err := f.Jobs.OfPeople(ctx, f.tx.Reader, group(f.op), users)
	if err != nil {
		return false, err
	}
	return true, setSettled(ctx, f.tx, f.op, became(users, steps))
}

// fate is what became of people, by what is to be written.
type fate struct {
	state    models.TargetState
	residual models.Instant
}

// became sorts people by what their steps say. Out is who has nothing but
// confirmed steps, or had nothing to be done.
func became(users []int64, steps []jobs.Ended) map[fate][]int64 {
	of := make(map[int64]fate, len(users))
	for _, id := range users {
		of[id] = fate{state: models.TargetOut}
	}
	for i := range steps {
		s := &steps[i]
		f := of[s.UserID]
		if s.Outcome != models.OutcomeConfirmed && s.Outcome != models.OutcomeNothing {
			f.state = models.TargetPartly
		}
		f.residual = max(f.residual, residual(s.Evidence))
		of[s.UserID] = f
	}
	by := map[fate][]int64{}
	for _, id := range users {
		by[of[id]] = append(by[of[id]], id)
	}
	return by
}

// residual gives the last second at which an application may still accept a token
// of before, of what a step found.
func residual(evidence string) models.Instant {
	var e offboard.Evidence
	if err := json.Unmarshal([]byte(evidence), &e); err != nil {
		return 0 // a step that never ran
	}
	var until models.Instant
	for _, app := range e.Apps {
		until = max(until, models.At(app.Until))
	}
	return until
}

// endRun ends the run; what follows waits for the undo window.
func (e *Engine) endRun(ctx context.Context, l *lease) error {
	return e.change(ctx, l, models.PhaseSystems, program(l.tenant), func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		states, err := countStates(ctx, tx.Reader, op.ID)
		if err != nil {
			return err
		}
		counts := counts(states)
		causes, err := e.Jobs.Causes(ctx, l.tenant, group(op), 1)
		if err != nil {
			return err
		}
		state := models.OperationDone
		if len(causes) > 0 {
			state = models.OperationFailures
		}
		turn(op, state, models.PhaseWindow, tx.Now)
		if counts.off() == 0 {
			turn(op, state, models.PhaseNone, 0)
		}
		op.FinishedAt, op.Version, op.Sentence = tx.Now, op.Version+1, counts.sentence()
		if op.ProbeAt == 0 {
			op.ProbeAt = tx.Now.Add(e.FirstProbe)
		}
		if err := updateOperation(ctx, tx, op, append([]string{"finished_at", "probe_at", "version", "sentence"}, turned...)...); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.OperationEnd, Target: ref(op), Detail: op.Sentence, After: map[string]any{"state": op.State.Word()},
		})
	})
}

// counts says how many people of an operation stand in each state.
type counts map[models.TargetState]int64

// off is how many were cut off here.
func (c counts) off() int64 {
	return c[models.TargetCut] + c[models.TargetOut] + c[models.TargetPartly] + c[models.TargetKept] + c[models.TargetUndone]
}

func (c counts) sentence() string {
	if c.off() == 0 {
		return "Nobody was cut off."
	}
	var said []string
	for _, part := range []struct {
		state models.TargetState
		words string
	}{
		{models.TargetOut, "out"}, {models.TargetPartly, "not out everywhere, or not proven"}, {models.TargetMoved, "left as they were because they had changed"},
		{models.TargetStopped, "stopped before their turn"}, {models.TargetUndone, "let in again"},
	} {
		n := c[part.state]
		switch {
		case n == 0:
		case len(said) == 0:
			said = append(said, ofPeople(n)+" "+part.words+".")
		default:
			said = append(said, number(n)+" "+part.words+".")
		}
	}
	return strings.Join(said, " ")
}

package ops

import (
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// figures is how far an operation is, as pages say it.
type figures struct {
	op     models.Operation
	people map[models.TargetState]int64
	total  int64 // people acted upon, or to be let in again
	steps  tally
	back   tally
	failed int64 // steps that can be tried again
}

// tally counts steps by how they stand.
type tally struct{ open, failed, unproven, ended int64 }

func tallied(rows []jobs.Tally) tally {
	var t tally
	for _, r := range rows {
		n := int64(r.N)
		switch {
		case r.State == models.StepFailed:
			t.failed, t.ended = t.failed+n, t.ended+n
		case r.State != models.StepDone:
			t.open += n
		default:
			t.ended += n
			if r.Outcome == models.OutcomeSent || r.Outcome == models.OutcomeNeverTold {
				t.unproven += n
			}
		}
	}
	return t
}

func figuresOf(op models.Operation, run operation.Run) figures {
	f := figures{op: op, people: run.People, total: op.Included, steps: tallied(run.Steps), back: tallied(run.Undo)}
	f.failed = f.steps.failed
	if undone(op) {
		f.failed = f.back.failed
	}
	return f
}

// mark is how the state looks. What has ended is not well as long as somebody is
// not out everywhere, or is not proven to be.
func (f figures) mark() string {
	if f.op.State == models.OperationDone && f.people[models.TargetPartly] > 0 {
		return "done-partly"
	}
	return stateWord(f.op.State)
}

// waiting is how many people are not cut off yet.
func (f figures) waiting() int64 { return f.people[models.TargetWaiting] }

// done is how many people nothing more happens to by itself.
func (f figures) done() int64 {
	if f.op.State == models.OperationUndoing {
		return f.people[models.TargetUndone] + f.people[models.TargetKept]
	}
	return max(0, f.total-f.waiting()-f.people[models.TargetCut])
}

// sentence says where the operation stands.
func (f figures) sentence(now models.Instant) string {
	text := f.op.Sentence
	switch f.op.State {
	case models.OperationRunning:
		return f.progress() + f.left(now)
	case models.OperationPaused:
		return text + " " + f.progress()
	case models.OperationUndoing:
		return "People are let in again. " + f.progress()
	case models.OperationDone, models.OperationFailures:
		text = f.standing()
		if trouble := f.trouble(f.steps); trouble != "" {
			text += " Steps: " + trouble + "."
		}
		if f.op.UndoBy != "" && f.back.failed > 0 {
			text += " Undo steps: " + f.trouble(f.back) + "."
		}
	}
	return text
}

// standing says what became of everybody, as it is now: a later look may have
// found somebody in again.
func (f figures) standing() string {
	var said []string
	if n := f.people[models.TargetOut]; n > 0 {
		said = append(said, ui.Counted(int(n), "person is out.", "people are out."))
	}
	for _, part := range []struct {
		state models.TargetState
		words string
	}{
		{models.TargetPartly, "not out everywhere, or not proven"}, {models.TargetMoved, "left as they were because they had changed"},
		{models.TargetStopped, "stopped before their turn"}, {models.TargetUndone, "let in again"}, {models.TargetKept, "let in again by other means"},
	} {
		if n := f.people[part.state]; n > 0 {
			said = append(said, ui.Count(int(n))+" "+part.words+".")
		}
	}
	if len(said) == 0 {
		return "Nobody is out."
	}
	return strings.Join(said, " ")
}

// progress is "96 of 211 done, 2 failed, 1 not confirmed."
func (f figures) progress() string {
	t := f.steps
	if f.op.State == models.OperationUndoing {
		t = f.back
	}
	text := ui.Count(int(f.done())) + " of " + ui.Count(int(f.total)) + " done"
	if trouble := f.trouble(t); trouble != "" {
		text += ", " + trouble
	}
	text += "."
	if n := f.waiting(); f.op.Phase == models.PhaseCut && n > 0 {
		text += " Sign-in here is blocked for " + ui.Count(int(f.total-n)) + " so far."
	}
	return text
}

func (f figures) trouble(t tally) string {
	text := ""
	if t.failed > 0 {
		text = ui.Count(int(t.failed)) + " failed"
	}
	if t.unproven > 0 {
		if text != "" {
			text += ", "
		}
		text += ui.Count(int(t.unproven)) + " not confirmed"
	}
	return text
}

// settled is how much must have happened before the rest is estimated.
const settled = 3 * time.Second

// left says how long it takes at the pace of so far, once that means something.
func (f figures) left(now models.Instant) string {
	done, spent := f.steps.ended, now.Time().Sub(f.op.StartedAt.Time())
	todo := f.steps.open
	if f.waiting() > 0 { // their steps are not written yet
		done, todo = f.total-f.waiting(), f.waiting()
	}
	if done <= 0 || todo <= 0 || spent < settled {
		return ""
	}
	left := time.Duration(float64(spent) * float64(todo) / float64(done))
	if left < time.Minute {
		return " Less than a minute left."
	}
	return " About " + ui.Counted(int((left+30*time.Second)/time.Minute), "minute", "minutes") + " left."
}

// notices say what holds the operation, or what to know while it runs.
func (f figures) notices(now models.Instant) []ui.Notice {
	var out []ui.Notice
	if n := f.risk(now); n != nil {
		out = append(out, *n)
	}
	if n := f.held(); n != nil {
		out = append(out, *n)
	}
	return out
}

// held says what holds it up, or what it does beside its steps.
func (f figures) held() *ui.Notice {
	op := f.op
	switch {
	case op.State == models.OperationRunning && op.Phase == models.PhaseSystems && op.CanaryAt == 0 && op.CanaryTo > 0:
		return &ui.Notice{Tone: ui.Info, Text: "Sign-in here is blocked for everybody. The steps of the first people run first; those of the others begin when these ended without a failure."}
	case op.StoppedAt != 0:
		return &ui.Notice{Tone: ui.Warn, Text: "The rest was stopped by " + op.StoppedBy + " on " + utc(op.StoppedAt) + ". Whoever was cut off before stays so."}
	case op.Phase == models.PhaseRemove:
		return &ui.Notice{Tone: ui.Info, Text: "What is left is being removed now."}
	case op.RemovedAt != 0:
		return &ui.Notice{Tone: ui.Info, Text: "Role grants were removed on " + utc(op.RemovedAt) + "."}
	}
	return nil
}

// title is what the tab says, so that nobody has to open it.
func (f figures) title() string {
	op := f.op
	done := ui.Count(int(f.done())) + "/" + ui.Count(int(f.total))
	switch op.State {
	case models.OperationRunning:
		return done + " Deactivation"
	case models.OperationUndoing:
		return done + " Undo of " + op.Code()
	case models.OperationPaused:
		return "Paused: " + done + " Deactivation"
	case models.OperationFailures:
		return "Done: " + f.trouble(f.steps)
	case models.OperationDone:
		return "Done: " + op.Code() + " " + name(op)
	}
	return op.Code() + " " + name(op)
}

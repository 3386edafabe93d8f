package sync

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// reasonLength is how many characters a reason needs, and may have.
const (
	reasonLength = 10
	maxReason    = 1_000
)

// Start asks for a run of a connector, by its public id. It begins as soon as a
// replica is free; the run that is returned can be watched with RunOf. A dry run
// writes nothing but itself, and works while the connector is being set up.
func (e *Engine) Start(ctx context.Context, actor models.Actor, connector string, kind models.RunKind) (models.SourceRun, error) {
	if err := permit(actor, "start a sync"); err != nil {
		return models.SourceRun{}, err
	}
	var run models.SourceRun
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		s, err := selectSource(ctx, tx.Reader, "public_id", connector)
		if err != nil {
			return err
		}
		state, err := lockState(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		if err := s.mayStart(kind, state); err != nil {
			return err
		}
		if run, err = newRun(ctx, tx, &s, kind, actor); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.SyncStart, Target: s.ref(), Object: runRef(run), Detail: string(kind),
		})
	})
	if err == nil {
		e.Wake()
	}
	return run, err
}

// mayStart refuses runs of a source that is not to be read.
func (s *source) mayStart(kind models.RunKind, state models.SyncSource) error {
	switch {
	case kind != models.RunFull && kind != models.RunIncremental && kind != models.RunDry:
		return errs.New(errs.Invalid, "There is no such kind of run. Choose a full run, one of changes, or a dry run.")
	case kind == models.RunDry:
		return nil
	case s.notReading(state) != "":
		return errs.New(errs.Conflict, "%s is not read now. %s Nothing was started.", s.Name, s.notReading(state))
	}
	return nil
}

// newRun writes a run that waits for its turn, unless one of its kind does already.
func newRun(ctx context.Context, tx *store.Tx, s *source, kind models.RunKind, by models.Actor) (models.SourceRun, error) {
	waiting, err := selectRuns(ctx, tx.Reader, runFilter{connector: s.ID, state: models.RunWaiting}, usualPage)
	if err != nil {
		return models.SourceRun{}, err
	}
	running, err := selectRuns(ctx, tx.Reader, runFilter{connector: s.ID, state: models.RunRunning}, usualPage)
	if err != nil {
		return models.SourceRun{}, err
	}
	for _, other := range append(waiting, running...) {
		if other.Kind == kind {
			return other, errs.New(errs.Conflict, "A run of this kind is already waiting or running for %s. Nothing was started.", s.Name)
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return models.SourceRun{}, fmt.Errorf("make a public id: %w", err)
	}
	run := models.SourceRun{
		PublicID: id.String(), ConnectorID: s.ID, Kind: kind, State: models.RunWaiting, Phase: models.PhaseList,
		Total: -1, CreatedAt: tx.Now,
	}
	if by.Kind == models.ActorUser {
		run.StartedBy, run.StartedByID = by.Name, by.UserID
	}
	return run, insertRun(ctx, tx, &run)
}

func runRef(run models.SourceRun) store.Ref {
	return store.Ref{Kind: models.KindRun, ID: run.ID, Name: run.PublicID}
}

// Resume applies exactly what a stopped run holds: the same accounts and roles,
// each looked at once more. What is no longer true is left out and listed.
func (e *Engine) Resume(ctx context.Context, actor models.Actor, run, reason string) (models.SourceRun, error) {
	return e.decide(ctx, actor, decision{run: run, reason: reason, action: models.SyncResume, act: "resume a stopped run",
		change: func(_ context.Context, _ *store.Tx, row *models.SourceRun) error {
			row.State, row.Phase, row.Sentence, row.CheckedID = models.RunWaiting, models.PhaseApply, "", 0
			return nil
		}})
}

// Cancel gives up what a stopped run holds. The next run reads the source anew.
func (e *Engine) Cancel(ctx context.Context, actor models.Actor, run, reason string) (models.SourceRun, error) {
	return e.decide(ctx, actor, decision{run: run, reason: reason, action: models.SyncCancel, act: "cancel a stopped run",
		change: func(ctx context.Context, tx *store.Tx, row *models.SourceRun) error {
			row.State, row.FinishedAt = models.RunCancelled, tx.Now
			return dropLosses(ctx, tx, row.ID)
		}})
}

// decision is what a person decides about a stopped run.
type decision struct {
	run, reason string
	action      models.Action
	act         string
	change      func(context.Context, *store.Tx, *models.SourceRun) error
}

func (e *Engine) decide(ctx context.Context, actor models.Actor, d decision) (models.SourceRun, error) {
	if err := permit(actor, d.act); err != nil {
		return models.SourceRun{}, err
	}
	reason, err := checkReason(d.reason)
	if err != nil {
		return models.SourceRun{}, err
	}
	var row models.SourceRun
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if row, err = lockRun(ctx, tx, "public_id", d.run); err != nil {
			return err
		}
		if row.State != models.RunStopped {
			return errs.New(errs.Conflict, "This run is no longer stopped: it is %s. Nothing was changed.", strings.ToLower(row.State.Word()))
		}
		s, err := selectSource(ctx, tx.Reader, "id", row.ConnectorID)
		if err != nil {
			return err
		}
		row.DecidedBy, row.DecidedAt, row.Reason = actor.Name, tx.Now, reason
		if err := d.change(ctx, tx, &row); err != nil {
			return err
		}
		if err := releaseEvents(ctx, tx, s.ID); err != nil {
			return err
		}
		if err := updateRun(ctx, tx, &row, "state", "phase", "sentence", "checked_id", "finished_at", "decided_by", "decided_at", "reason"); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: d.action, Target: s.ref(), Object: runRef(row), Reason: reason, After: map[string]any{"people": row.Losing},
		})
	})
	if err == nil {
		e.Wake()
	}
	return row, err
}

// checkReason wants a reason worth keeping.
func checkReason(reason string) (string, error) {
	reason = strings.Join(strings.Fields(reason), " ")
	switch n := utf8.RuneCountInString(reason); {
	case n < reasonLength:
		return "", errs.Input(errs.Field{Name: "reason", Message: "Write a reason of at least 10 characters. The audit log keeps it."})
	case n > maxReason:
		return "", errs.Input(errs.Field{Name: "reason", Message: "The reason is too long: at most 1,000 characters fit."})
	}
	return reason, nil
}

// Pause stops reading a source until Unpause: no runs, no events applied. Events
// that come meanwhile are kept.
func (e *Engine) Pause(ctx context.Context, actor models.Actor, connector, reason string) error {
	return e.pause(ctx, actor, connector, reason, true)
}

// Unpause reads a source again.
func (e *Engine) Unpause(ctx context.Context, actor models.Actor, connector, reason string) error {
	return e.pause(ctx, actor, connector, reason, false)
}

func (e *Engine) pause(ctx context.Context, actor models.Actor, connector, reason string, stop bool) error {
	if err := permit(actor, "pause or resume a source"); err != nil {
		return err
	}
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		s, err := selectSource(ctx, tx.Reader, "public_id", connector)
		if err != nil {
			return err
		}
		state, err := lockState(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		if stop == (state.PausedAt != 0) {
			return errs.New(errs.Conflict, "Somebody else was faster: reading %s is already %s.", s.Name, pausedWord(stop))
		}
		action := models.SyncUnpause
		if state.PausedAt, state.PausedBy = 0, ""; stop {
			action, state.PausedAt, state.PausedBy = models.SyncPause, tx.Now, actor.Name
		}
		if err := updateState(ctx, tx, &state, "paused_at", "paused_by"); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: action, Target: s.ref(), Reason: reason})
	})
	if err == nil {
		e.Wake()
	}
	return err
}

func pausedWord(paused bool) string {
	if paused {
		return "paused"
	}
	return "going on"
}

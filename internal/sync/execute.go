package sync

import (
	"context"
	"errors"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errPut means that a run was put down: paused, or decided otherwise meanwhile.
var errPut = errors.New("sync: the run was put down")

// running is one run being worked on under a lease.
type running struct {
	*Engine

	lease  *lease
	s      *source
	system connector.System
	run    models.SourceRun
}

// execute works on a run until it is over, stops or has to wait. A run that was
// cut off goes on where its last transaction left it.
func (e *Engine) execute(ctx context.Context, l *lease, run models.SourceRun) error {
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	go e.keepAlive(ctx, l, lost)
	r := &running{Engine: e, lease: l, s: &l.source, run: run}
	err := r.begin(ctx)
	for err == nil && r.run.State == models.RunRunning {
		switch r.run.Phase {
		case models.PhaseList:
			err = r.list(ctx)
		case models.PhaseCheck:
			err = r.check(ctx)
		case models.PhaseGuard:
			err = r.guard(ctx)
		case models.PhaseApply:
			err = r.applyChunk(ctx)
		case models.PhaseClose:
			err = r.close(ctx)
		}
	}
	switch {
	case err == nil, errors.Is(err, errLost), errors.Is(err, errPut), ctx.Err() != nil:
		return nil
	}
	return r.putDown(ctx, err)
}

// begin opens the system and says that the run goes on.
func (r *running) begin(ctx context.Context) error {
	open := r.systems.Open
	if r.run.Kind == models.RunDry {
		open = r.systems.Try
	}
	system, err := open(ctx, r.s.TenantID, r.s.ID)
	if err != nil {
		return asking{r.Engine, r.s, "reach " + r.s.Name}.failure(ctx, err)
	}
	r.system = system
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		if r.run.State != models.RunRunning || r.run.StartedAt == 0 {
			r.run.State = models.RunRunning
			if r.run.StartedAt == 0 {
				r.run.StartedAt = tx.Now
			}
			return r.save(ctx, tx, "state", "started_at")
		}
		return nil
	})
}

// write runs a transaction under the lease, on the run as it is stored now: it
// may have been cancelled, or reading the source paused.
func (r *running) write(ctx context.Context, fn func(context.Context, *store.Tx, *models.SyncSource) error) error {
	var after models.SourceRun
	err := r.db.Maintain(ctx, r.s.TenantID, store.SyncPage, func(ctx context.Context, tx *store.Tx) error {
		tx.Actor = r.s.actor(models.ViaSync)
		state, err := r.held(ctx, tx, r.lease)
		if err != nil {
			return err
		}
		if r.run, err = lockRun(ctx, tx, "id", r.run.ID); err != nil {
			return err
		}
		if r.run.State != models.RunRunning && r.run.State != models.RunWaiting || state.PausedAt != 0 && r.run.Kind != models.RunDry {
			return errPut
		}
		if err := fn(ctx, tx, &state); err != nil {
			return err
		}
		after = r.run
		return nil
	})
	if err == nil {
		r.run = after
	}
	return err
}

func (r *running) save(ctx context.Context, tx *store.Tx, columns ...string) error {
	return updateRun(ctx, tx, &r.run, columns...)
}

// progress writes that a run came further: it is no longer failing.
func (r *running) progress(ctx context.Context, tx *store.Tx, columns ...string) error {
	r.run.Tries, r.run.RetryAt, r.run.Sentence = 0, 0, ""
	return r.save(ctx, tx, append(columns, "tries", "retry_at", "sentence")...)
}

// putDown writes why a run does not go on. What may pass is tried again from
// where it stands; else, and after too many failures, the run has failed.
func (r *running) putDown(ctx context.Context, cause error) error {
	sentence := sentenceOf(cause)
	f, known := errors.AsType[*connector.Failure](cause)
	if !known {
		r.log.ErrorContext(ctx, "a sync did not go on", "connector", r.s.ID, "run", r.run.PublicID, "error", cause.Error())
		f = failureOf(cause)
	}
	err := r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		r.run.Tries++
		r.run.Sentence = sentence
		if err := r.note(ctx, tx, r.failed(f, known, sentence)); err != nil {
			return err
		}
		r.run.State, r.run.RetryAt = models.RunWaiting, restAfter(tx.Now, r.run.Tries, f)
		if known && !f.Again() || r.run.Tries >= int64(r.patience.Runs) {
			r.run.State, r.run.FinishedAt = models.RunFailed, tx.Now
			state.NextReadAt, state.NextFullAt = restAfter(tx.Now, 10, f), restAfter(tx.Now, 10, f)
			if err := dropLosses(ctx, tx, r.run.ID); err != nil {
				return err
			}
		}
		if state.Failure = sentence; state.FailingSince == 0 {
			state.FailingSince = tx.Now
		}
		if r.run.Kind != models.RunDry {
			if err := updateState(ctx, tx, state, "failing_since", "failure", "next_read_at", "next_full_at"); err != nil {
				return err
			}
		}
		return r.save(ctx, tx, "state", "tries", "retry_at", "sentence", "finished_at", "error_count")
	})
	if errors.Is(err, errLost) || errors.Is(err, errPut) {
		return nil
	}
	return err
}

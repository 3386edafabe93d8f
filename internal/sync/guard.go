package sync

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// guard is the figures on which a run, or what events bring, is stopped before
// it takes anything away (SCIMC-07).
type guard struct {
	known   int64 // accounts known before
	losing  int64 // accounts that would lose something now
	before  int64 // accounts that lost something in the window before
	allowed int64 // how many may in one window
	missing int64 // of losing, by kind
	off     int64
	roles   int64
}

// stops reports whether it is too much.
func (g *guard) stops() bool { return g.losing > 0 && g.losing+g.before > g.allowed }

// kinds counts losses by kind.
func (g *guard) kinds(losses []models.SyncLoss) {
	for _, l := range losses {
		g.add(l.Kind, 1)
	}
}

func (g *guard) add(kind models.LossKind, n int64) {
	switch kind {
	case models.LossMissing:
		g.missing += n
	case models.LossDisabled:
		g.off += n
	case models.LossRole:
		g.roles += n
	}
}

// sentence says what the source returned, that it was not applied, and what to ask.
func (g *guard) sentence() string {
	text := ""
	switch {
	case g.missing >= g.off && g.missing >= g.roles:
		text = fmt.Sprintf("Source returned %s of %s. Not applied. Was the filter changed?", number(max(0, g.known-g.missing)), users(g.known))
	case g.off >= g.roles:
		text = fmt.Sprintf("Source says that %s of %s are disabled now. Not applied. Was that meant?", number(g.off), users(g.known))
	default:
		text = fmt.Sprintf("Source no longer gives a role to %s of %s. Not applied. Was a group emptied?", number(g.losing), users(g.known))
	}
	if g.before > 0 {
		text += fmt.Sprintf(" %s lost something in the same window before; %s may.", number(g.before), number(g.allowed))
	}
	return text
}

func users(n int64) string {
	if n == 1 {
		return "1 user"
	}
	return number(n) + " users"
}

// number writes a count as pages do: 12,481.
func number(n int64) string {
	if n < 1_000 {
		return fmt.Sprint(n)
	}
	return number(n/1_000) + fmt.Sprintf(",%03d", n%1_000)
}

// stop ends what a run does until a person decides, and says so in the log. A run
// that was stopped before is given up: the newer figures are the ones to judge.
func stop(ctx context.Context, tx *store.Tx, s *source, run *models.SourceRun, g *guard) error {
	if err := giveUpStopped(ctx, tx, s, run.ID, "A later run was stopped too, with newer figures."); err != nil {
		return err
	}
	run.State, run.Sentence, run.Losing, run.InWindow, run.Allowed = models.RunStopped, g.sentence(), g.losing, g.before, g.allowed
	run.Known, run.Tries, run.RetryAt = g.known, 0, 0
	err := updateRun(ctx, tx, run, "state", "phase", "sentence", "losing", "in_window", "allowed", "known", "tries", "retry_at")
	if err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.SyncStop, Result: models.ResultRefused, Target: s.ref(), Object: runRef(*run), Detail: run.Sentence,
	})
}

// stopEvents makes a stopped run of what events would take away.
func stopEvents(ctx context.Context, tx *store.Tx, s *source, g *guard) (models.SourceRun, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return models.SourceRun{}, fmt.Errorf("make a public id: %w", err)
	}
	run := models.SourceRun{
		PublicID: id.String(), ConnectorID: s.ID, Kind: models.RunEvents, State: models.RunRunning, Phase: models.PhaseGuard,
		Total: -1, AccountsMissing: g.missing, CreatedAt: tx.Now, StartedAt: tx.Now,
	}
	if err := insertRun(ctx, tx, &run); err != nil {
		return run, err
	}
	return run, stop(ctx, tx, s, &run, g)
}

// giveUpStopped cancels the stopped runs of a source but one, and lets the events
// go on that were held because of them.
func giveUpStopped(ctx context.Context, tx *store.Tx, s *source, but int64, why string) error {
	stopped, err := selectRuns(ctx, tx.Reader, runFilter{connector: s.ID, state: models.RunStopped}, usualPage)
	if err != nil {
		return err
	}
	for i := range stopped {
		run := &stopped[i]
		if run.ID == but {
			continue
		}
		run.State, run.FinishedAt, run.Reason = models.RunCancelled, tx.Now, why
		if err := updateRun(ctx, tx, run, "state", "finished_at", "reason"); err != nil {
			return err
		}
		if err := dropLosses(ctx, tx, run.ID); err != nil {
			return err
		}
		err := tx.Record(ctx, store.Event{Action: models.SyncCancel, Target: s.ref(), Object: runRef(*run), Reason: why})
		if err != nil {
			return err
		}
	}
	if len(stopped) == 0 {
		return nil
	}
	return releaseEvents(ctx, tx, s.ID)
}

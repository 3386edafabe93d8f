package connector

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Enable puts a connector to use: a draft for the first time, or one that was
// paused. A reason is required to resume.
func (e *Engine) Enable(ctx context.Context, actor models.Actor, publicID string, version int64, reason string) (Connector, error) {
	if err := permit(actor, "enable connectors"); err != nil {
		return Connector{}, err
	}
	return e.change(ctx, actor, changing{publicID, version}, func(ctx context.Context, tx *store.Tx, row *models.Connector, was Connector) error {
		if was.State == models.ConnectorEnabled {
			return errUnchanged
		}
		var f form
		reason := f.reason(reason, was.State == models.ConnectorPaused)
		if err := f.err(); err != nil {
			return err
		}
		if clash := e.clash(row.Key, was.Settings); clash != "" {
			return errs.New(errs.Conflict, "%s Nothing was changed.", clash)
		}
		if err := e.check(row); err != nil {
			return err
		}
		return e.move(ctx, tx, row, moving{models.ConnectorEnabled, models.ConnectorEnable, reason})
	})
}

// Pause stops a connector: nothing is read from it or written to it, and nobody
// signs in through it, until it is enabled again.
func (e *Engine) Pause(ctx context.Context, actor models.Actor, publicID string, version int64, reason string) (Connector, error) {
	if err := permit(actor, "pause connectors"); err != nil {
		return Connector{}, err
	}
	return e.change(ctx, actor, changing{publicID, version}, func(ctx context.Context, tx *store.Tx, row *models.Connector, was Connector) error {
		switch was.State {
		case models.ConnectorPaused:
			return errUnchanged
		case models.ConnectorDraft:
			return errs.New(errs.Conflict, "%s is still being set up and does nothing. There is nothing to pause.", was.Name)
		case models.ConnectorEnabled:
		}
		var f form
		reason := f.reason(reason, true)
		if err := f.err(); err != nil {
			return err
		}
		return e.closing(ctx, tx, was.SignsIn(), func() error {
			return e.move(ctx, tx, row, moving{models.ConnectorPaused, models.ConnectorPause, reason})
		})
	})
}

// moving is one step of a connector's state.
type moving struct {
	to     models.ConnectorState
	action models.Action
	reason string
}

func (e *Engine) move(ctx context.Context, tx *store.Tx, row *models.Connector, m moving) error {
	before := row.State
	row.State = m.to
	if err := update(ctx, tx, row); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: m.action, Target: store.Ref{Kind: models.KindConnector, ID: row.ID, Name: row.Name}, Reason: m.reason,
		Before: map[string]any{"state": string(before)}, After: map[string]any{"state": string(m.to)},
	})
}

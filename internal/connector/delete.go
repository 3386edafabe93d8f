package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Dependent is something that would lose its meaning without a connector.
type Dependent struct {
	Count int
	What  string // "accounts read from it"
}

// Dependents lists what depends on a connector. Counts are capped at 10,001.
func (e *Engine) Dependents(ctx context.Context, c Connector) ([]Dependent, error) {
	return dependents(ctx, e.db.Read(c.Tenant), c)
}

// Deletion is what Delete needs: the name of the connector, typed, and why.
type Deletion struct{ Typed, Reason string }

// Delete removes a connector nothing depends on. What
// has dependents is paused instead, so that the log and people's pages stay true.
func (e *Engine) Delete(ctx context.Context, actor models.Actor, publicID string, version int64, d Deletion) error {
	if err := permit(actor, "delete connectors"); err != nil {
		return err
	}
	var id int64
	_, err := e.change(ctx, actor, changing{publicID, version}, func(ctx context.Context, tx *store.Tx, row *models.Connector, was Connector) error {
		var f form
		if strings.TrimSpace(d.Typed) != was.Name {
			f.refuse("typed", "Type %s to delete it.", was.Name)
		}
		reason := f.reason(d.Reason, true)
		if err := f.err(); err != nil {
			return err
		}
		found, err := dependents(ctx, tx.Reader, was)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return errs.New(errs.Conflict, "%s was not deleted: %s. Pause it instead.", was.Name, Depend(found))
		}
		if err := e.closing(ctx, tx, was.SignsIn(), func() error { return remove(ctx, tx, row.ID) }); err != nil {
			return err
		}
		id = row.ID
		before := facts(was)
		before["key"], before["state"] = was.Key, string(was.State)
		return tx.Record(ctx, store.Event{Action: models.ConnectorDelete, Target: was.Ref(), Reason: reason, Before: before})
	})
	if err == nil {
		e.drop(place{actor.Tenant, id})
	}
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// Depend says what depends on a connector, as part of a sentence.
func Depend(found []Dependent) string {
	var parts []string
	for _, d := range found {
		parts = append(parts, counted(d.Count)+" "+d.What)
	}
	last := parts[len(parts)-1]
	if len(parts) > 1 {
		last = strings.Join(parts[:len(parts)-1], ", ") + " and " + last
	}
	if len(found) == 1 && found[0].Count == 1 {
		return last + " depends on it"
	}
	return last + " depend on it"
}

func counted(n int) string {
	switch {
	case n > countCap:
		return "more than 10,000"
	case n >= 1000:
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return fmt.Sprint(n)
}

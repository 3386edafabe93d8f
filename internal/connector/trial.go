package connector

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Trial is one run of the connection test, with the results so far.
type Trial struct {
	PublicID  string
	Version   int64  // of the connector it tests
	Only      string // key of the check it was started for; "" for all
	Running   bool
	Stopped   bool // it runs no more and did not end: its process was stopped
	Checks    []Check
	StartedAt models.Instant
	StartedBy string
	EndedAt   models.Instant
}

// Worst gives the state of the whole run: failed before warning before passed.
func (t Trial) Worst() CheckState {
	worst := CheckPassed
	for _, c := range t.Checks {
		switch c.State {
		case CheckFailed:
			return CheckFailed
		case CheckWarning:
			worst = CheckWarning
		}
	}
	return worst
}

const (
	trialTime  = 3 * time.Minute
	trialBeat  = 10 * time.Second
	trialLost  = 45 * time.Second // not seen for so long: its process is gone
	trialsKept = 20
	maxChecks  = 60
	maxSaid    = 1000 // characters of a sentence or fix
)

// Test starts a run of the connection test and gives it as it begins; the
// results come by and by (Trial). only names one check to look at again: those
// before it run as well, because it builds on them, and the others keep their
// results. While one is running for the connector, that one is given.
func (e *Engine) Test(ctx context.Context, actor models.Actor, publicID, only string) (Trial, error) {
	if err := permit(actor, "test connectors"); err != nil {
		return Trial{}, err
	}
	c, err := e.Get(ctx, actor.Tenant, publicID)
	if err != nil {
		return Trial{}, err
	}
	system, err := e.Try(ctx, actor.Tenant, c.ID)
	if err != nil {
		return Trial{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Trial{}, fmt.Errorf("make an id: %w", err)
	}
	row, running, err := e.beginTrial(ctx, actor, c, id.String(), only)
	if err != nil || running {
		return trialOf(row, e.db.Now()), err
	}
	checks, err := checksOf(row)
	if err != nil {
		return Trial{}, err
	}
	r := &trialRun{engine: e, row: row, connector: c, system: system, checks: checks}
	e.work.Go(r.run)
	return trialOf(row, e.db.Now()), nil
}

// beginTrial writes the run, unless one is running.
func (e *Engine) beginTrial(ctx context.Context, actor models.Actor, c Connector, id, only string) (row *models.TestRun, running bool, err error) {
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		row, running = nil, false
		if _, err := lock(ctx, tx, c.PublicID); err != nil { // two clicks wait here
			return err
		}
		last, err := selectTrials(ctx, tx.Reader, c.ID, 1)
		if err != nil {
			return err
		}
		kept := "[]"
		if len(last) > 0 {
			if t := trialOf(&last[0], tx.Now); t.Running {
				row, running = &last[0], true
				return errUnchanged
			}
			if only != "" {
				kept = last[0].Checks
			}
		}
		row = &models.TestRun{
			PublicID: id, TenantID: tx.Tenant(), ConnectorID: c.ID, Version: c.Version, OnlyCheck: clip(only, 64), State: models.TestRunning, Checks: kept,
			StartedAt: tx.Now, StartedBy: tx.Actor.Name, SeenAt: tx.Now,
		}
		if err := insertTrial(ctx, tx, row); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.ConnectorTest, Target: c.Ref(), Detail: only})
	})
	if running {
		err = nil
	}
	return row, running, err
}

// Trial gives a run of a connector.
func (e *Engine) Trial(ctx context.Context, c Connector, publicID string) (Trial, error) {
	row, err := selectTrial(ctx, e.db.Read(c.Tenant), c.ID, publicID)
	if err != nil {
		return Trial{}, err
	}
	return trialOf(row, e.db.Now()), nil
}

// LastTrial gives the newest run of a connector; ok is false when there is none.
func (e *Engine) LastTrial(ctx context.Context, c Connector) (t Trial, ok bool, err error) {
	rows, err := selectTrials(ctx, e.db.Read(c.Tenant), c.ID, 1)
	if err != nil || len(rows) == 0 {
		return Trial{}, false, err
	}
	return trialOf(&rows[0], e.db.Now()), true, nil
}

func trialOf(row *models.TestRun, now models.Instant) Trial {
	if row == nil {
		return Trial{}
	}
	t := Trial{
		PublicID: row.PublicID, Version: row.Version, Only: row.OnlyCheck, StartedAt: row.StartedAt, StartedBy: row.StartedBy, EndedAt: row.FinishedAt,
	}
	t.Checks, _ = checksOf(row) // what cannot be read is shown as no results
	if row.State == models.TestRunning {
		t.Stopped = row.SeenAt.Add(trialLost) < now
		t.Running = !t.Stopped
	}
	return t
}

func checksOf(row *models.TestRun) ([]Check, error) {
	var checks []Check
	if err := json.Unmarshal([]byte(row.Checks), &checks); err != nil {
		return nil, fmt.Errorf("read the results of a test: %w", err)
	}
	return checks, nil
}

// Probe runs the connection test at once, without storing its results: for the
// command line. That it was run stands in the log.
func (e *Engine) Probe(ctx context.Context, actor models.Actor, c Connector, report func(Check)) error {
	if err := permit(actor, "test connectors"); err != nil {
		return err
	}
	system, err := e.Try(ctx, c.Tenant, c.ID)
	if err != nil {
		return err
	}
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		return tx.Record(ctx, store.Event{Action: models.ConnectorTest, Target: c.Ref()})
	})
	if err != nil {
		return err
	}
	hide, err := e.hiding(ctx, c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	system.Check(ctx, func(check Check) { report(hide(check)) })
	return nil
}

// hiding gives a filter that takes the connector's own secrets out of results:
// an adapter never says them, and what a system answers may.
func (e *Engine) hiding(ctx context.Context, c Connector) (func(Check) Check, error) {
	row, err := selectBy(ctx, e.db.Read(c.Tenant), "id", c.ID)
	if err != nil {
		return nil, err
	}
	s, err := e.secretsOf(row)
	if err != nil {
		return nil, err
	}
	var pairs []string
	for _, value := range []string{s.Client, s.SignIn, s.Hook} {
		if len(value) >= hintLength {
			pairs = append(pairs, value, "(secret)")
		}
	}
	hide := strings.NewReplacer(pairs...)
	return func(c Check) Check {
		c.Label, c.Sentence, c.Fix = hide.Replace(c.Label), clip(hide.Replace(c.Sentence), maxSaid), clip(hide.Replace(c.Fix), maxSaid)
		return c
	}, nil
}

// putCheck adds a result, or puts it in the place of an older one of the same check.
func putCheck(checks []Check, c Check) []Check {
	if i := slices.IndexFunc(checks, func(old Check) bool { return old.Key == c.Key }); i >= 0 {
		checks[i] = c
		return checks
	}
	if len(checks) >= maxChecks {
		return checks
	}
	return append(checks, c)
}

var errNoTrial = errs.New(errs.NotFound, "There is no such run of the test. It may be one of the older ones, which are not kept.")

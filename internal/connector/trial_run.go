package connector

import (
	"context"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// trialRun is a run of the connection test that is under way in this process.
type trialRun struct {
	engine    *Engine
	row       *models.TestRun
	connector Connector
	system    System

	mu     sync.Mutex
	checks []Check
}

// run asks the system and writes each result as it comes.
func (r *trialRun) run() {
	ctx, cancel := context.WithTimeout(r.engine.life, trialTime)
	defer cancel()
	stop := r.beat(ctx)
	defer stop()
	hide, err := r.engine.hiding(ctx, r.connector)
	if err != nil {
		r.add(ctx, Check{Key: "secrets", Label: "Secrets", State: CheckFailed, Sentence: "The secrets cannot be opened.", Fix: "Enter them again."})
		r.end()
		return
	}
	r.system.Check(ctx, func(c Check) {
		c = hide(c)
		r.add(ctx, c)
		if c.Key == r.row.OnlyCheck {
			cancel() // the one that was asked for is there
		}
	})
	r.end()
}

func (r *trialRun) add(ctx context.Context, c Check) {
	if ctx.Err() != nil {
		return // what comes after the one that was asked for was cut off
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checks = putCheck(r.checks, c)
	r.write(models.TestRunning)
}

func (r *trialRun) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.engine.life.Err() != nil {
		return // it was stopped, and says so by not being seen
	}
	r.write(models.TestDone)
	if (Trial{Checks: r.checks}).Worst() != CheckFailed {
		r.engine.Report(r.engine.life, r.connector.Tenant, r.connector.ID, Use{})
	}
}

// beat lets the row be seen while a check takes its time.
func (r *trialRun) beat(ctx context.Context) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	r.engine.work.Go(func() {
		tick := time.NewTicker(trialBeat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				r.mu.Lock()
				r.write(models.TestRunning)
				r.mu.Unlock()
			}
		}
	})
	return stop
}

// write stores what is known. mu is held.
func (r *trialRun) write(state models.TestState) {
	ctx, cancel := context.WithTimeout(r.engine.life, healthTime)
	defer cancel()
	checks, err := text(r.checks)
	if err == nil {
		err = r.engine.db.Maintain(ctx, r.connector.Tenant, store.ConnectorChecks, func(ctx context.Context, tx *store.Tx) error {
			return updateTrial(ctx, tx, r.row.ID, state, checks)
		})
	}
	if err != nil {
		r.engine.log.WarnContext(ctx, "a result of a connection test was not written", "connector", r.connector.Key, "error", err)
	}
}

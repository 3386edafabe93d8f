package app

import (
	"context"
	"sync"
	"time"
)

// How often the background work runs. Nothing a person relies on waits for it:
// expiry acts by time alone.
const (
	sweepEvery = time.Minute
	checkEvery = 30 * time.Second
	grantEvery = 5 * time.Second // a look for people of whom a provider is to be asked again
)

// background sweeps what has expired, asks the providers for a sign of life, and
// does the work that reaches outside, until the context ends.
func (a *App) background(ctx context.Context) {
	defer close(a.done)
	var wg sync.WaitGroup
	wg.Go(func() { a.every(ctx, sweepEvery, a.sweep) })
	wg.Go(func() { a.Providers.Watch(ctx, checkEvery) })
	wg.Go(func() { a.SignIn.KeepUp(ctx, grantEvery) })
	wg.Go(func() { a.follow(ctx) })
	wg.Go(func() { a.every(ctx, duplicatesEvery, a.findDuplicates) })
	wg.Go(func() { a.Jobs.Run(ctx, func() []int64 { return []int64{a.Tenant.ID} }) })
	wg.Go(func() { a.Operations.Run(ctx, func() []int64 { return []int64{a.Tenant.ID} }) })
	wg.Go(func() { a.Sync.Run(ctx, func() []int64 { return []int64{a.Tenant.ID} }) })
	wg.Wait()
}

// every runs work at once and then at each interval.
func (a *App) every(ctx context.Context, interval time.Duration, work func(context.Context)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		work(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) sweep(ctx context.Context) {
	if _, err := a.Access.SweepExpired(ctx, a.Tenant.ID); err != nil && ctx.Err() == nil {
		a.options.Log.Error("expired roles could not be swept", "error", err.Error())
	}
	if _, err := a.Sessions.SweepElevations(ctx, a.Tenant.ID); err != nil && ctx.Err() == nil {
		a.options.Log.Error("the end of fresh sign-ins could not be recorded", "error", err.Error())
	}
	if _, err := a.Drafts.Sweep(ctx, a.Tenant.ID); err != nil && ctx.Err() == nil {
		a.options.Log.Error("expired drafts could not be swept", "error", err.Error())
	}
	if _, err := a.People.SweepSelections(ctx, a.Tenant.ID); err != nil && ctx.Err() == nil {
		a.options.Log.Error("expired selections could not be swept", "error", err.Error())
	}
	if _, err := a.Sessions.Sweep(ctx, a.Tenant.ID); err != nil && ctx.Err() == nil {
		a.options.Log.Error("expired sessions could not be swept", "error", err.Error())
	}
	if _, err := a.SignIn.Sweep(ctx); err != nil && ctx.Err() == nil {
		a.options.Log.Error("expired sign-ins could not be swept", "error", err.Error())
	}
	if _, err := a.Hooks.Sweep(ctx, a.Tenant.ID); err != nil && ctx.Err() == nil {
		a.options.Log.Error("posted messages could not be swept", "error", err.Error())
	}
}

// follow keeps up with the connectors. An outage of the database is said once.
func (a *App) follow(ctx context.Context) {
	silent := false
	a.every(ctx, followEvery, func(ctx context.Context) {
		err := a.sources.follow(ctx)
		if err != nil && !silent && ctx.Err() == nil {
			a.options.Log.Warn("connectors are not up to date on this replica", "error", err.Error())
		}
		silent = err != nil
	})
}

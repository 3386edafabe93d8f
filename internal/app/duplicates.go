package app

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/handlers/links"
)

// How often likely duplicates are looked for, and for how long at most.
const (
	duplicatesEvery = time.Minute
	duplicatesFor   = 20 * time.Second
)

// findDuplicates looks for likely duplicates for a while, and ends requests
// nobody proved in time.
func (a *App) findDuplicates(ctx context.Context) {
	if err := a.Link.Check(ctx, a.Tenant.ID, duplicatesFor); err != nil && ctx.Err() == nil {
		a.options.Log.Error("likely duplicates could not be looked for", "error", err.Error())
	}
	if err := a.Link.Sweep(ctx, a.Tenant.ID); err != nil && ctx.Err() == nil {
		a.options.Log.Error("old requests to link people could not be swept", "error", err.Error())
	}
}

// linkProviders gives the providers a person can prove an identity at.
func (a *App) linkProviders() []links.Provider {
	var out []links.Provider
	for _, one := range a.Providers.Sources() {
		out = append(out, links.Provider{Key: one.Key, Name: one.Name, Issuer: one.Issuer})
	}
	return out
}

package offboard

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Lasting is an application of a connected system in which access of before lives
// on for a while, whatever ends at the system: a token it holds is accepted until
// it expires (RFC 7009 section 3, TOK-07).
type Lasting struct {
	Name string
	Told bool          // the system tells it of ended sessions; what it does then is not known
	Life time.Duration // of its access tokens; 0: the system does not say
}

// Lasting lists the applications of a system in which access of before lives on,
// the longest first and those that do not say before all others. The console is
// none: its sessions end with the act. Not listed is a system that cannot be asked,
// or does not list its applications; an error is no reason not to plan.
func (e *Engine) Lasting(ctx context.Context, c connector.Connector) (list []Lasting, listed bool) {
	if e.Systems == nil {
		return nil, false
	}
	system, err := e.Systems.Open(ctx, c.Tenant, c.ID)
	if err != nil {
		return nil, false
	}
	console := connector.Held{Settings: c.Settings}.Console()
	if console == "" && e.Console != nil {
		console = e.Console(c.Key, c.Settings.EffectiveIssuer())
	}
	apps := e.catalogue.of(ctx, place{c.Tenant, c.ID}, system, e.Store.Now().Time())
	for _, app := range apps {
		if app.ClientID == console || !app.SelfContained && app.TokenLifetime == 0 {
			continue
		}
		list = append(list, Lasting{Name: cmp.Or(app.Name, app.ClientID), Told: app.SignOutURL != "", Life: app.TokenLifetime})
	}
	slices.SortFunc(list, func(a, b Lasting) int {
		return cmp.Or(cmp.Compare(b.rank(), a.rank()), cmp.Compare(a.Name, b.Name))
	})
	return list, apps != nil
}

// rank puts what is not known above everything that is.
func (l Lasting) rank() time.Duration {
	if l.Life == 0 {
		return 1<<63 - 1
	}
	return l.Life
}

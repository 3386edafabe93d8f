package signin

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// Choice is one provider on the sign-in page.
type Choice struct {
	Key, Name string
	OK        bool
	Since     time.Time // of this state; zero when the provider was never contacted
	Sentence  string    // "Keycloak does not answer."
}

// Choices lists the providers with their state, as the last contacts left it.
func (f *Flow) Choices() []Choice {
	list := f.providers.list()
	choices := make([]Choice, 0, len(list))
	for _, p := range list {
		h := p.Health()
		choices = append(choices, Choice{Key: p.Key(), Name: p.Name(), OK: h.OK, Since: h.Since, Sentence: h.Sentence})
	}
	return choices
}

// checkTime bounds one look at one provider.
const checkTime = 15 * time.Second

// Watch looks at every provider now and again each time every has passed, until
// ctx ends: so that pages know who answers before somebody tries. Signing in
// does not wait for it.
func (all *Providers) Watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		var looks sync.WaitGroup
		for _, p := range all.list() {
			looks.Go(func() { all.look(ctx, p) })
		}
		looks.Wait()
		if !all.wait(ctx, tick.C) {
			return
		}
	}
}

// wait waits for the next look at all of them. One that was just connected is
// looked at alone, and at once: its page of the browser must be known before
// somebody tries.
func (all *Providers) wait(ctx context.Context, tick <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case p := <-all.fresh:
			all.look(ctx, p)
		case <-tick:
			return true
		}
	}
}

func (all *Providers) look(ctx context.Context, p *provider) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := p.Check(ctx); err != nil {
		return // Health says so
	}
	if address, err := p.AuthRequest(ctx, p.NewTransaction(oidc.Ask{})); err == nil {
		p.origins.add(address)
	}
	if address, ok := p.SignOutURL(ctx, "", ""); ok {
		p.origins.add(address)
	}
}

// FormOrigins lists the origins that the sign-in and sign-out forms lead to,
// for the content security policy: browsers hold redirects against it too.
func (f *Flow) FormOrigins() []string { return f.providers.FormOrigins() }

// FormOrigins is the same before there is a Flow.
func (all *Providers) FormOrigins() []string {
	var out []string
	for _, p := range all.list() {
		for _, o := range p.origins.list() {
			if !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// origins collects where a provider lives.
type origins struct {
	mu    sync.Mutex
	known []string
}

func (o *origins) add(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return
	}
	origin := u.Scheme + "://" + u.Host
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Contains(o.known, origin) {
		o.known = append(o.known, origin)
	}
}

func (o *origins) list() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.known)
}

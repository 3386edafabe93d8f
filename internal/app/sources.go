package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rollcall/rollcall/handlers/users"
)

// followEvery is how often a replica looks whether connectors changed. Half a
// second keeps the promise that what one replica changes is so on every other
// within one.
const followEvery = 500 * time.Millisecond

// sources knows what everything that may own a field is called: the providers of
// the configuration, the connectors, and what the demo made up. It follows the
// table of connectors.
type sources struct {
	app   *App
	names atomic.Pointer[map[string]string]
	mark  string // of the connectors that were read last; only follow touches it
}

func newSources(a *App) *sources {
	s := &sources{app: a}
	s.set(nil)
	return s
}

// set takes over the names of the connectors.
func (s *sources) set(connectors map[string]string) {
	names := map[string]string{}
	if demo := s.app.options.Demo; demo != nil {
		maps.Copy(names, demo.Sources)
	}
	maps.Copy(names, connectors)
	for _, p := range s.app.config.Providers {
		names[p.Key] = p.Name
	}
	s.names.Store(&names)
}

// name gives the name of a source, "" when nobody knows it.
func (s *sources) name(key string) string { return (*s.names.Load())[key] }

// follow brings the names and the providers people sign in with up to date.
func (s *sources) follow(ctx context.Context) error {
	if err := s.app.Providers.Refresh(ctx); err != nil {
		return err
	}
	mark, err := s.app.Connectors.Mark(ctx, s.app.Tenant.ID)
	if err != nil || mark == s.mark {
		return err
	}
	all, err := s.app.Connectors.List(ctx, s.app.Tenant.ID)
	if err != nil {
		return err
	}
	names := make(map[string]string, len(all))
	for _, c := range all {
		names[c.Key] = c.Name
	}
	s.set(names)
	s.mark = mark
	return nil
}

// list gives the sources in the order the filter of people shows them: the
// configuration's first, then the others by name.
func (s *sources) list() []users.Provider {
	var out []users.Provider
	seen := map[string]bool{}
	for _, p := range s.app.config.Providers {
		seen[p.Key] = true
		out = append(out, users.Provider{Key: p.Key, Name: p.Name})
	}
	first := len(out)
	for key, name := range *s.names.Load() {
		if !seen[key] {
			out = append(out, users.Provider{Key: key, Name: name})
		}
	}
	slices.SortFunc(out[first:], func(a, b users.Provider) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Key, b.Key))
	})
	return out
}

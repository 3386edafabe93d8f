package insight

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Sessions are the living sessions of one account at a connected system, read
// just now.
type Sessions struct {
	connector.Held

	List   []Session
	Failed string // why they are not known; "" when they are
	Cannot bool   // the system has no list of sessions: trying again does not help
	ReadAt time.Time
}

// Session is one of them.
type Session struct {
	connector.Session

	Handle string   // names it in addresses
	Names  []string // of the applications that take part
}

// Sessions asks every system a person has an account in, all at once.
func (e *Engine) Sessions(ctx context.Context, tenant, user int64) ([]Sessions, error) {
	held, err := connector.AccountsOf(ctx, e.Store.Read(tenant), user)
	if err != nil {
		return nil, err
	}
	list := make([]Sessions, len(held))
	var looks sync.WaitGroup
	for i, h := range held {
		looks.Go(func() { list[i] = e.sessionsAt(ctx, tenant, h) })
	}
	looks.Wait()
	return list, nil
}

// SessionAt finds one living session by its handle. An error is why the system
// could not be asked; found is false when it has ended.
func (e *Engine) SessionAt(ctx context.Context, tenant int64, h connector.Held, handle string) (s Session, found bool, failed string) {
	at := e.sessionsAt(ctx, tenant, h)
	for _, one := range at.List {
		if one.Handle == handle {
			return one, true, ""
		}
	}
	return Session{}, false, at.Failed
}

func (e *Engine) sessionsAt(ctx context.Context, tenant int64, h connector.Held) Sessions {
	s := Sessions{Held: h}
	system, err := e.open(ctx, tenant, h)
	if err != nil {
		s.Failed = why(err, h.Name)
		return s
	}
	lister, ok := system.(connector.SessionLister)
	if !ok {
		s.Cannot, s.Failed = true, h.Name+" cannot list sessions."
		return s
	}
	var names answer[map[string]string]
	var looks sync.WaitGroup
	if apps, ok := system.(connector.AppLister); ok {
		looks.Go(func() {
			names = put(ctx, e, func(ctx context.Context) (map[string]string, error) { return appNames(ctx, apps) })
		})
	}
	got := put(ctx, e, func(ctx context.Context) ([]connector.Session, error) { return lister.ListSessions(ctx, h.Account) })
	looks.Wait()
	s.ReadAt = got.at
	switch {
	case forgotten(got.err):
		s.Failed = h.Name + " does not know the account."
	case !got.able:
		s.Cannot, s.Failed = true, h.Name+" cannot list sessions."
	case got.err != nil:
		s.Failed = why(got.err, h.Name)
	}
	for _, one := range got.value {
		s.List = append(s.List, Session{Session: one, Handle: connector.Handle(one.ID), Names: named(one.Apps, names.value)})
	}
	slices.SortFunc(s.List, func(a, b Session) int { return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(a.Handle, b.Handle)) })
	return s
}

func appNames(ctx context.Context, lister connector.AppLister) (map[string]string, error) {
	apps, err := lister.ListApps(ctx)
	names := make(map[string]string, len(apps))
	for _, app := range apps {
		names[app.ClientID] = app.Name
	}
	return names, err
}

// named gives applications by the names people know, or by their client ids.
func named(clients []string, names map[string]string) []string {
	out := make([]string, 0, len(clients))
	for _, client := range clients {
		out = append(out, cmp.Or(names[client], client))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

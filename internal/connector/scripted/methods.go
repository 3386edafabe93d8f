package scripted

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
)

// Describe says that the system can do what its methods do.
func (s *System) Describe(ctx context.Context) (connector.Description, error) {
	_, err := s.enter(ctx, "Describe")
	return connector.Description{
		Product: Name, Version: "scripted",
		Has: []connector.Capability{
			connector.CanReadPerson, connector.CanSetEnabled, connector.CanListSessions, connector.CanEndSessions,
			connector.CanRevokeGrants, connector.CanListApps, connector.CanReadLock, connector.CanUnlock,
			connector.CanReadFactors, connector.CanReadHistory,
		},
		Lacks: map[connector.Capability]string{
			connector.CanListSessions: "It keeps no list of sessions.", connector.CanEndSessions: "It keeps no sessions.",
			connector.CanSetEnabled: "Its accounts cannot be switched.", connector.CanRevokeGrants: "It knows no grants.",
		},
	}, err
}

// Check finds nothing wrong.
func (s *System) Check(context.Context, func(connector.Check)) {}

// Close does nothing.
func (s *System) Close() {}

// at runs fn on an account, after the trouble there may be.
func (s *System) at(ctx context.Context, method, id string, fn func(*account)) error {
	do, err := s.enter(ctx, method)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[id]
	if a == nil {
		return connector.Fail(connector.Failure{Kind: connector.FailNotFound, System: Name, Step: method, Sentence: sentences[connector.FailNotFound]}, nil)
	}
	if do {
		fn(a)
	}
	return nil
}

// ReadPerson gives an account.
func (s *System) ReadPerson(ctx context.Context, id string) (got connector.Account, err error) {
	err = s.at(ctx, "ReadPerson", id, func(a *account) { got = a.Account })
	return got, err
}

// SetEnabled switches an account, and ends nothing.
func (s *System) SetEnabled(ctx context.Context, id string, enabled bool) error {
	return s.at(ctx, "SetEnabled", id, func(a *account) { a.Enabled = enabled })
}

// ListSessions gives the sessions, also those of an account that is switched off.
func (s *System) ListSessions(ctx context.Context, id string) (list []connector.Session, err error) {
	err = s.at(ctx, "ListSessions", id, func(a *account) { list = slices.Clone(a.sessions) })
	return list, err
}

// EndSessions ends one session, or all that have a browser: those that live on
// without one are taken back by RevokeGrants.
func (s *System) EndSessions(ctx context.Context, id, session string) error {
	return s.at(ctx, "EndSessions", id, func(a *account) {
		a.sessions = slices.DeleteFunc(a.sessions, func(one connector.Session) bool {
			return (session == "" && !one.Offline) || one.ID == session
		})
	})
}

// RevokeGrants ends what lives on without a browser.
func (s *System) RevokeGrants(ctx context.Context, id string) error {
	return s.at(ctx, "RevokeGrants", id, func(a *account) {
		a.sessions = slices.DeleteFunc(a.sessions, func(one connector.Session) bool { return one.Offline })
	})
}

// ListApps gives the applications.
func (s *System) ListApps(ctx context.Context) ([]connector.App, error) {
	if _, err := s.enter(ctx, "ListApps"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.apps), nil
}

// ReadLock gives the lock.
func (s *System) ReadLock(ctx context.Context, id string) (lock connector.Lock, err error) {
	err = s.at(ctx, "ReadLock", id, func(a *account) {
		lock = a.lock
		if !lock.Until.IsZero() && !s.now().Before(lock.Until) {
			lock.Locked = false
		}
	})
	return lock, err
}

// Unlock lifts the lock.
func (s *System) Unlock(ctx context.Context, id string) error {
	return s.at(ctx, "Unlock", id, func(a *account) { a.lock = connector.Lock{Protected: a.lock.Protected} })
}

// ReadFactors gives the factors.
func (s *System) ReadFactors(ctx context.Context, id string) (list []connector.Factor, err error) {
	err = s.at(ctx, "ReadFactors", id, func(a *account) { list = slices.Clone(a.factors) })
	return list, err
}

// ReadHistory gives the newest events.
func (s *System) ReadHistory(ctx context.Context, id string, limit int) (list []connector.Event, err error) {
	err = s.at(ctx, "ReadHistory", id, func(a *account) { list = slices.Clone(a.history[:min(limit, len(a.history))]) })
	return list, err
}

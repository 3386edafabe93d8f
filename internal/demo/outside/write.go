package outside

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// writable are the fields that are columns of an account; every attribute it may
// carry can be written too.
var writable = map[string]func(*connector.Account, string){
	"username":     func(a *connector.Account, v string) { a.Username = v },
	"email":        func(a *connector.Account, v string) { a.Email, a.EmailVerified = v, false },
	"given_name":   func(a *connector.Account, v string) { a.GivenName = v },
	"family_name":  func(a *connector.Account, v string) { a.FamilyName = v },
	"display_name": func(a *connector.Account, v string) { a.DisplayName = v },
}

// Attributes are the further fields of every account of the demo.
var Attributes = []string{"department", "title", "location", "cost_centre", "phone", "employee_id"}

// byConsole is who did what the console asked for.
const byConsole = "rollcall"

// SetEnabled lets an account in or keeps it out.
func (s *System) SetEnabled(ctx context.Context, id string, enabled bool) error {
	const step = "switch an account"
	if err := s.may(ctx, step); err != nil {
		return err
	}
	if a, known := s.Find(id); known && a.Enabled == enabled {
		return nil
	}
	if s.faulty().Guards == id {
		return connector.Fail(connector.Failure{
			Kind: connector.FailForbidden, System: s.Name, Step: step, Sentence: s.Name + " answered 403: accounts in the group plant-terminals may not be switched by Rollcall.",
			Fix: "Give Rollcall's client there the right to manage that group, then try again.",
		}, nil)
	}
	return s.Change(id, byConsole, func(a *connector.Account) { a.Enabled = enabled })
}

// faulty gives what does not work at the moment.
func (s *System) faulty() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// EndSessions ends one session of an account, or all of them.
func (s *System) EndSessions(ctx context.Context, id, session string) error {
	if err := s.may(ctx, "end sessions"); err != nil {
		return err
	}
	if _, err := s.ReadPerson(ctx, id); err != nil {
		return err
	}
	over, enders, err := s.end(id, session)
	if err != nil {
		return err
	}
	for _, tell := range enders {
		for _, one := range over {
			tell(id, one)
		}
	}
	return nil
}

func (s *System) end(id, session string) (over []string, enders []func(account, session string), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := []line{{Ended: &ended{id, session}}}
	for _, one := range s.sessions[id] {
		if one.ID == session || session == "" {
			over = append(over, one.ID)
			lines = append(lines, s.tell(connector.Event{Kind: connector.EventSignedOut, AccountID: id, Session: one.ID, Actor: byConsole}))
		}
	}
	if len(over) == 0 {
		return nil, nil, nil
	}
	return over, slices.Clone(s.enders), s.note(lines...)
}

// RevokeGrants ends what lives on without a browser.
func (s *System) RevokeGrants(ctx context.Context, id string) error {
	if err := s.may(ctx, "revoke grants"); err != nil {
		return err
	}
	if _, err := s.ReadPerson(ctx, id); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note(line{Revoked: id})
}

// WriteFields writes some fields of an account.
func (s *System) WriteFields(ctx context.Context, id string, fields map[string]string) error {
	const step = "write fields"
	if err := s.may(ctx, step); err != nil {
		return err
	}
	for name := range fields {
		if writable[name] == nil && !slices.Contains(Attributes, name) {
			return connector.Fail(connector.Failure{
				Kind: connector.FailUnsupported, System: s.Name, Step: step, Sentence: s.Name + " has no field " + strconv.Quote(name) + " that can be written.",
				Fix: "Map another field, or leave this one to Rollcall.",
			}, nil)
		}
	}
	if _, err := s.ReadPerson(ctx, id); err != nil || len(fields) == 0 {
		return err
	}
	return s.Change(id, byConsole, func(a *connector.Account) {
		for name, value := range fields {
			if set := writable[name]; set != nil {
				set(a, value)
				continue
			}
			if a.Attributes == nil {
				a.Attributes = map[string][]string{}
			}
			a.Attributes[name] = []string{value}
			if value == "" {
				delete(a.Attributes, name)
			}
		}
	})
}

// Describe says what the system can do.
func (s *System) Describe(ctx context.Context) (connector.Description, error) {
	if err := s.gone(ctx, "describe"); err != nil {
		return connector.Description{}, err
	}
	d := connector.Description{Product: s.Name, Version: "demo", Lacks: map[connector.Capability]string{}}
	for _, c := range connector.Capabilities {
		if s.ReadOnly && writes(c) {
			d.Lacks[c] = "The account that Rollcall uses at " + s.Name + " may only read."
			continue
		}
		if c == connector.CanRevokeToken || c == connector.CanIntrospectToken {
			d.Lacks[c] = "The demo's provider gives no tokens that could be asked about."
			continue
		}
		d.Has = append(d.Has, c)
	}
	if !s.ReadOnly {
		d.Writes = append([]string{"username", "email", "given_name", "family_name", "display_name"}, Attributes...)
	}
	return d, nil
}

func writes(c connector.Capability) bool {
	switch c {
	case connector.CanSetEnabled, connector.CanEndSessions, connector.CanRevokeGrants, connector.CanWriteField, connector.CanUnlock:
		return true
	}
	return false
}

// may fails for what a system that is only read cannot do.
func (s *System) may(ctx context.Context, step string) error {
	if err := s.gone(ctx, step); err != nil {
		return err
	}
	if !s.ReadOnly {
		return nil
	}
	return connector.Fail(connector.Failure{
		Kind: connector.FailUnsupported, System: s.Name, Step: step, Sentence: "The account that Rollcall uses at " + s.Name + " may only read.",
		Fix: "Give it the right to write there, or change this there by hand.",
	}, nil)
}

// Check runs the connection test: nothing is between the two but memory.
func (s *System) Check(ctx context.Context, report func(connector.Check)) {
	began := time.Now()
	tell := func(c connector.Check) {
		c.Took = time.Since(began)
		if c.State = connector.CheckPassed; s.gone(ctx, "check") != nil {
			c.State, c.Sentence, c.Fix = connector.CheckFailed, s.Name+" was not asked: the test was given up.", "Start the test once more."
		}
		report(c)
	}
	tell(connector.Check{Key: "reach", Label: "Reach " + s.Name, Sentence: s.Name + " lives inside the demo, so there is no network to check."})
	tell(connector.Check{Key: "read-page", Label: "Read a page of people", Sentence: s.Name + " shows " + strconv.Itoa(s.visible()) + " accounts."})
}

// visible is how many accounts the console can see now.
func (s *System) visible() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.shown())
}

// Close does nothing: the system lives as long as the demo.
func (s *System) Close() {}

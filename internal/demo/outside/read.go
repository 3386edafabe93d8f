package outside

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// A System is everything a connector may be.
var (
	_ connector.System        = (*System)(nil)
	_ connector.PeopleLister  = (*System)(nil)
	_ connector.ChangeLister  = (*System)(nil)
	_ connector.PersonReader  = (*System)(nil)
	_ connector.PersonFinder  = (*System)(nil)
	_ connector.Switcher      = (*System)(nil)
	_ connector.SessionLister = (*System)(nil)
	_ connector.SessionEnder  = (*System)(nil)
	_ connector.GrantRevoker  = (*System)(nil)
	_ connector.FieldWriter   = (*System)(nil)
	_ connector.AccessReader  = (*System)(nil)
	_ connector.EventLister   = (*System)(nil)
	_ connector.AppLister     = (*System)(nil)
)

// behind begins every place in a list: behind the account of an id.
const behind = "behind:"

const (
	maxPage     = 1000
	maxFound    = 10
	recentEvent = time.Hour
)

// ListPeople lists accounts by id, so that none is lost while others come and go.
func (s *System) ListPeople(ctx context.Context, from connector.Cursor, limit int) (connector.Page, error) {
	if err := s.gone(ctx, "list people"); err != nil {
		return connector.Page{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if from == "" {
		if err := s.notice(); err != nil {
			return connector.Page{}, err
		}
	}
	ids := s.shown()
	page := connector.Page{Total: len(ids)}
	at := 0
	if from != "" {
		id, ours := strings.CutPrefix(string(from), behind)
		if !ours {
			return page, connector.Fail(connector.Failure{
				Kind: connector.FailAnswer, System: s.Name, Step: "list people", Sentence: s.Name + " never gave this place in its list.", Fix: "Start from the first page.",
			}, nil)
		}
		var there bool
		if at, there = slices.BinarySearch(ids, id); there {
			at++
		}
	}
	end := min(at+min(max(limit, 1), maxPage), len(ids))
	for _, id := range ids[at:end] {
		page.Accounts = append(page.Accounts, copied(s.accounts[id]))
	}
	if end < len(ids) {
		page.Next = connector.Cursor(behind + ids[end-1])
	}
	return page, nil
}

// ListChanges lists what changed since a place in the order.
func (s *System) ListChanges(ctx context.Context, since string) (connector.Changes, error) {
	if err := s.gone(ctx, "list changes"); err != nil {
		return connector.Changes{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := connector.Changes{Next: strconv.FormatInt(s.seq, 10), Whole: true}
	if since == "" {
		return out, nil
	}
	place, err := strconv.ParseInt(since, 10, 64)
	if err != nil || place > s.seq || place < s.forgot {
		out.Whole, out.Why = false, s.Name+" does not keep changes since that point."
		return out, nil
	}
	shown := s.shown()
	last := map[string]bool{} // id -> it is gone
	var order []string
	for _, c := range s.changes {
		if c.seq <= place {
			continue
		}
		if _, seen := slices.BinarySearch(shown, c.id); !seen && !c.gone {
			continue
		}
		if _, twice := last[c.id]; !twice {
			order = append(order, c.id)
		}
		last[c.id] = c.gone
	}
	for _, id := range order {
		if last[id] {
			out.Removed = append(out.Removed, id)
		} else {
			out.Changed = append(out.Changed, id)
		}
	}
	return out, nil
}

// ReadPerson reads one account.
func (s *System) ReadPerson(ctx context.Context, id string) (connector.Account, error) {
	if err := s.gone(ctx, "read a person"); err != nil {
		return connector.Account{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := slices.BinarySearch(s.shown(), id); !known {
		return connector.Account{}, s.unknown("read a person", id)
	}
	return copied(s.accounts[id]), nil
}

// shown are the accounts the console can see.
func (s *System) shown() []string {
	if n := s.fault.SeesOnly; n > 0 && n < len(s.ids) {
		return s.ids[:n]
	}
	return s.ids
}

// notice counts how often everybody was listed with a filter that nobody meant,
// and mends it when that was often enough.
func (s *System) notice() error {
	if s.fault.SeesOnly == 0 {
		return nil
	}
	next := s.fault
	if next.Lists--; next.Lists < 0 {
		next.SeesOnly, next.Lists = 0, 0
	}
	return s.note(line{Fault: &next})
}

// FindPerson finds accounts by exact e-mail or username, in any case.
func (s *System) FindPerson(ctx context.Context, text string) ([]connector.Account, error) {
	if err := s.gone(ctx, "find a person"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []connector.Account
	for _, id := range s.shown() {
		a := s.accounts[id]
		if text != "" && (strings.EqualFold(a.Email, text) || strings.EqualFold(a.Username, text)) {
			if found = append(found, copied(a)); len(found) == maxFound {
				break
			}
		}
	}
	return found, nil
}

// ReadAccess reads groups and roles.
func (s *System) ReadAccess(ctx context.Context, id string) (groups, roles []string, err error) {
	a, err := s.ReadPerson(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	return append([]string{}, a.Groups...), append([]string{}, a.Roles...), nil
}

// ListSessions lists the living sessions of an account.
func (s *System) ListSessions(ctx context.Context, id string) ([]connector.Session, error) {
	if _, err := s.ReadPerson(ctx, id); err != nil {
		return nil, err
	}
	if s.faulty().Hides == id {
		return nil, connector.Fail(connector.Failure{
			Kind: connector.FailUnsupported, System: s.Name, Step: "list sessions", Sentence: s.Name + " does not show the sessions of shared workplaces.",
			Fix: "Look at them there.",
		}, nil)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sessions[id]), nil
}

// ListEvents lists what happened since a place in the order.
func (s *System) ListEvents(ctx context.Context, since string) (events []connector.Event, next string, err error) {
	if err := s.gone(ctx, "list events"); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	place, err := strconv.ParseInt(since, 10, 64)
	known, recent := err == nil, s.Now().Add(-recentEvent)
	for _, h := range s.events {
		if s.fault.Silent || known && h.seq <= place || !known && h.event.At.Before(recent) {
			continue
		}
		events = append(events, h.event)
	}
	return events, strconv.FormatInt(s.seq, 10), nil
}

// ListApps lists the applications behind the system.
func (s *System) ListApps(ctx context.Context) ([]connector.App, error) {
	if err := s.gone(ctx, "list applications"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.apps), nil
}

// gone fails when whoever asks has gone away, as a request over a line would.
func (s *System) gone(ctx context.Context, step string) error {
	if ctx.Err() == nil {
		return nil
	}
	return connector.Fail(connector.Failure{
		Kind: connector.FailUnreachable, System: s.Name, Step: step, Sentence: s.Name + " was not asked: the request was given up.", Fix: "Try it again.",
	}, ctx.Err())
}

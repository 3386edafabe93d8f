package synctest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
)

// ListPeople lists by position, so that whoever is removed shifts those behind.
func (s *System) ListPeople(ctx context.Context, from connector.Cursor, limit int) (connector.Page, error) {
	what, err := s.enter(ctx, "ListPeople")
	if err != nil {
		return connector.Page{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	start := 0
	if from != "" {
		if start, err = strconv.Atoi(string(from)); err != nil {
			return connector.Page{}, fmt.Errorf("synctest: cursor %q", from)
		}
	}
	if what == Same {
		start = max(0, start-limit)
	}
	page := connector.Page{Accounts: s.slice(start, limit), Total: s.n + len(s.added) - len(s.removed)}
	if next := start + len(page.Accounts); next < page.Total {
		page.Next = connector.Cursor(strconv.Itoa(max(next-s.overlap, start+1)))
	}
	switch what {
	case Half:
		page.Accounts, page.Next = page.Accounts[:len(page.Accounts)/2], ""
	case Same:
		page.Next = from
	case Total:
		page.Total += 17
	case Rubbish:
		page.Accounts = append(page.Accounts, connector.Account{Enabled: true}, connector.Account{ID: "trailing ", Enabled: true}, connector.Account{ID: strings.Repeat("x", 400)})
	case Lie, Another:
	}
	return page, nil
}

// slice gives people by position among those who are there.
func (s *System) slice(start, limit int) []connector.Account {
	out := make([]connector.Account, 0, limit)
	if len(s.removed) == 0 { // the way of a million people
		for i := start; i < s.n+len(s.added) && len(out) < limit; i++ {
			a, _ := s.get(s.idAt(i))
			out = append(out, a)
		}
		return out
	}
	at := 0
	for i := 0; i < s.n+len(s.added) && len(out) < limit; i++ {
		a, there := s.get(s.idAt(i))
		if !there {
			continue
		}
		if at++; at > start {
			out = append(out, a)
		}
	}
	return out
}

func (s *System) idAt(i int) string {
	if i < s.n {
		return ID(i)
	}
	return s.added[i-s.n]
}

// ListChanges lists what changed since a point.
func (s *System) ListChanges(ctx context.Context, since string) (connector.Changes, error) {
	if _, err := s.enter(ctx, "ListChanges"); err != nil {
		return connector.Changes{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := connector.Changes{Next: strconv.Itoa(len(s.log) + 1), Whole: true}
	if since == "" {
		return c, nil
	}
	from, err := strconv.Atoi(since)
	if err != nil || from > len(s.log)+1 {
		return connector.Changes{}, fmt.Errorf("synctest: point %q", since)
	}
	c.Whole = from >= s.forget
	for _, id := range s.log[from-1:] {
		if gone, removed := strings.CutPrefix(id, "-"); removed {
			c.Removed = append(c.Removed, gone)
			continue
		}
		if !slices.Contains(c.Changed, id) {
			c.Changed = append(c.Changed, id)
		}
	}
	return c, nil
}

// ListEvents lists what was told since a point.
func (s *System) ListEvents(ctx context.Context, since string) ([]connector.Event, string, error) {
	if _, err := s.enter(ctx, "ListEvents"); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	from := 0
	if since != "" {
		var err error
		if from, err = strconv.Atoi(since); err != nil || from > len(s.events) {
			return nil, "", fmt.Errorf("synctest: point %q", since)
		}
	}
	return slices.Clone(s.events[from:]), strconv.Itoa(len(s.events)), nil
}

// ReadPerson reads one.
func (s *System) ReadPerson(ctx context.Context, id string) (connector.Account, error) {
	what, err := s.enter(ctx, "ReadPerson")
	if err != nil {
		return connector.Account{}, err
	}
	if what == Another {
		return connector.Account{ID: "somebody-else", Username: "else", Enabled: true}, nil
	}
	a, there := s.Get(id)
	if !there {
		return a, (&Fault{What: NotThere}).failure("ReadPerson")
	}
	return a, nil
}

// FindPerson finds by e-mail or username among those that were changed or added.
func (s *System) FindPerson(ctx context.Context, text string) ([]connector.Account, error) {
	if _, err := s.enter(ctx, "FindPerson"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []connector.Account
	for id, a := range s.changed {
		if !s.removed[id] && (a.Email == text || a.Username == text) && len(out) < 10 {
			out = append(out, clone(a))
		}
	}
	return out, nil
}

// ReadAccess reads groups and roles.
func (s *System) ReadAccess(ctx context.Context, id string) (groups, roles []string, err error) {
	if _, err := s.enter(ctx, "ReadAccess"); err != nil {
		return nil, nil, err
	}
	a, there := s.Get(id)
	if !there {
		return nil, nil, (&Fault{What: NotThere}).failure("ReadAccess")
	}
	return a.Groups, a.Roles, nil
}

// Us is who causes the events of what is written here.
const Us = "service-account-rollcall"

// SetEnabled lets somebody in or keeps them out.
func (s *System) SetEnabled(ctx context.Context, id string, enabled bool) error {
	return s.write(ctx, "SetEnabled", id, func(a *connector.Account) { a.Enabled = enabled })
}

// WriteFields writes fields by their names.
func (s *System) WriteFields(ctx context.Context, id string, fields map[string]string) error {
	return s.write(ctx, "WriteFields", id, func(a *connector.Account) {
		for name, value := range fields {
			switch name {
			case "username":
				a.Username = value
			case "email":
				a.Email = value
			case "given_name":
				a.GivenName = value
			case "family_name":
				a.FamilyName = value
			case "display_name":
				a.DisplayName = value
			default:
				if a.Attributes == nil {
					a.Attributes = map[string][]string{}
				}
				a.Attributes[name] = []string{value}
			}
		}
	})
}

func (s *System) write(ctx context.Context, method, id string, fn func(*connector.Account)) error {
	what, err := s.enter(ctx, method)
	if err != nil || what == Lie {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.get(id); !there {
		return (&Fault{What: NotThere}).failure(method)
	}
	s.change(id, Us, fn)
	return nil
}

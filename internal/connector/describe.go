package connector

import (
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/models"
)

const (
	describeTime = 5 * time.Second
	describeKeep = 10 * time.Minute // what a system can do changes when somebody there changes it
	sampleTime   = 10 * time.Second
	samplePage   = 25
	sampleCount  = 3
	sampleNames  = 200
)

type described struct {
	version int64
	until   models.Instant
	what    Description
}

// Describe says what the system of a connector can do, as it said lately.
func (e *Engine) Describe(ctx context.Context, c Connector) (Description, error) {
	at, now := place{c.Tenant, c.ID}, e.db.Now()
	e.mu.Lock()
	last, ok := e.described[at]
	e.mu.Unlock()
	if ok && last.version == c.Version && last.until > now {
		return last.what, nil
	}
	system, err := e.Try(ctx, c.Tenant, c.ID)
	if err != nil {
		return Description{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, describeTime)
	defer cancel()
	what, err := system.Describe(ctx)
	if err != nil {
		e.Report(ctx, c.Tenant, c.ID, Use{Err: err})
		return what, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.described[at] = described{c.Version, now.Add(describeKeep), what}
	return what, nil
}

// Samples are a few real people of a system, for trying a mapping on.
type Samples struct {
	Accounts []Account
	Names    []string // of attributes that were seen, further than those Account has fields for
	SignedIn bool     // the system lists nobody: these are people who signed in through it
	Lacks    string   // why it lists nobody
}

// Samples reads three people: those of whom the system says most. Where it lists
// nobody, they are people who signed in through it, of whom only what is kept of
// their identity is known.
func (e *Engine) Samples(ctx context.Context, c Connector) (Samples, error) {
	system, err := e.Try(ctx, c.Tenant, c.ID)
	if err != nil {
		return Samples{}, err
	}
	lister, ok := system.(PeopleLister)
	if !ok {
		s := Samples{SignedIn: true}
		if what, err := e.Describe(ctx, c); err == nil {
			s.Lacks = what.Lacks[CanListPeople]
		}
		s.Accounts, err = selectSignedIn(ctx, e.db.Read(c.Tenant), c)
		return s, err
	}
	ctx, cancel := context.WithTimeout(ctx, sampleTime)
	defer cancel()
	page, err := lister.ListPeople(ctx, "", samplePage)
	e.Report(ctx, c.Tenant, c.ID, Use{Err: err})
	if err != nil {
		return Samples{}, err
	}
	return choose(page.Accounts), nil
}

// choose takes those of whom most is known.
func choose(accounts []Account) Samples {
	var s Samples
	for _, a := range accounts {
		for name := range a.Attributes {
			if !slices.Contains(s.Names, name) && len(s.Names) < sampleNames {
				s.Names = append(s.Names, name)
			}
		}
	}
	slices.Sort(s.Names)
	accounts = slices.Clone(accounts)
	slices.SortStableFunc(accounts, func(a, b Account) int { return known(b) - known(a) })
	s.Accounts = accounts[:min(sampleCount, len(accounts))]
	return s
}

// known counts what is known of an account.
func known(a Account) int {
	n := len(a.Attributes)
	for _, text := range []string{a.Username, a.Email, a.DisplayName, a.GivenName, a.FamilyName} {
		if text != "" {
			n++
		}
	}
	if !a.Enabled {
		n -= 10 // somebody who is there says more
	}
	return n
}

// Value gives what an account says under a name a mapping uses.
func (a Account) Value(from string) []string {
	one := ""
	switch from {
	case "":
		return nil
	case "username":
		one = a.Username
	case "email":
		one = a.Email
	case "given_name":
		one = a.GivenName
	case "family_name":
		one = a.FamilyName
	case "display_name":
		one = a.DisplayName
	default:
		return a.Attributes[from]
	}
	if one == "" {
		return nil
	}
	return []string{one}
}

package seed

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
)

func options(t *testing.T, db *dbtest.DB) Options {
	t.Helper()
	o := Options{Store: db.Store, Directory: directory.New(db.Store), Access: access.New(db.Store), Tenant: db.Tenant}
	if err := o.Access.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestPeopleAreWrittenEverywhere(t *testing.T) {
	t.Parallel()
	const n = 1_300
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		o := options(t, db)
		o.N, o.Audit = n, true
		var last Progress
		o.Progress = func(p Progress) { last = p }
		sum, err := People(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if sum.People != n || sum.Events != n*EventsEach || last.Done != n || last.Rate <= 0 {
			t.Errorf("wrote %+v, last progress %+v", sum, last)
		}
		if each := float64(sum.Assignments) / n; each < 1.7 || each > 2.3 {
			t.Errorf("%.2f assignments a person, want about 2", each)
		}
		all, err := o.Directory.CountExactly(t.Context(), db.Tenant, directory.Query{})
		if err != nil || all != n {
			t.Errorf("the directory has %d people, %v; want %d", all, err, n)
		}
		large, err := o.Access.Role(t.Context(), db.Tenant, LargeRole)
		if err != nil || large.Direct < n*4/10 || large.Direct > n*6/10 {
			t.Errorf("%d people hold the large role, %v; want about half", large.Direct, err)
		}
		// Run once more: other people, the same roles.
		o.N = 20
		if sum, err = People(t.Context(), o); err != nil || sum.People != 20 {
			t.Errorf("a second run = %+v, %v", sum, err)
		}
	})
}

func TestPeopleHaveManagersBeforeThem(t *testing.T) {
	t.Parallel()
	r := &run{Options: Options{Seed: 1}, now: time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)}
	seen, addresses := map[string]bool{"": true}, map[string]bool{}
	for i := range 30_000 {
		p := r.record(i)
		if !seen[p.Manager] || seen[p.PublicID] || addresses[p.Email] {
			t.Fatalf("person %d: manager %q, id %q, address %q", i, p.Manager, p.PublicID, p.Email)
		}
		if !strings.HasSuffix(p.Email, "@"+domain) || p.CreatedAt.Time().After(r.now) {
			t.Fatalf("person %d: %+v", i, p)
		}
		seen[p.PublicID], addresses[p.Email] = true, true
	}
}

func TestNoPeopleIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := People(t.Context(), Options{N: 0}); !errs.Is(err, errs.Invalid) {
		t.Errorf("People(0) = %v, want it refused", err)
	}
}

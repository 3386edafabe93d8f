package demo

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

func TestDepartmentsAddUp(t *testing.T) {
	t.Parallel()
	sum := 0
	for _, d := range departments {
		sum += d.people
	}
	if sum != Size {
		t.Errorf("departments hold %d people, want %d", sum, Size)
	}
}

// TestSameMomentGivesTheSameCompany covers everything that is written: people,
// roles and the log.
func TestSameMomentGivesTheSameCompany(t *testing.T) {
	t.Parallel()
	type told struct {
		Records []directory.NewRecord
		Grants  []string
		Log     []models.AuditEvent
	}
	tell := func() told {
		c := compose(moment)
		l := &loader{company: c, grants: c.grants(), roles: map[string]access.RoleRef{}}
		var all told
		for _, p := range c.people {
			all.Records = append(all.Records, p.record(map[string]string{ProviderKey: "a", supplierKey: "b"}))
		}
		for _, g := range l.grants {
			all.Grants = append(all.Grants, g.to.publicID+" "+g.role+" "+g.reason+" "+g.at.String()+g.until.String())
		}
		for _, e := range l.remember() {
			all.Log = append(all.Log, e.row())
		}
		return all
	}
	one, two := tell(), tell()
	firstDifference(t, one.Records, two.Records)
	firstDifference(t, one.Grants, two.Grants)
	firstDifference(t, one.Log, two.Log)
}

// firstDifference compares tens of thousands of rows, and looks closely at the
// first that differs only.
func firstDifference[T any](t *testing.T, one, two []T) {
	t.Helper()
	if len(one) != len(two) || len(one) == 0 {
		t.Errorf("%d and %d of %T", len(one), len(two), one)
		return
	}
	for i := range one {
		if !reflect.DeepEqual(one[i], two[i]) {
			t.Errorf("two tellings differ in %d:\n%.2000s", i, cmp.Diff(one[i], two[i]))
			return
		}
	}
}

// TestAnyMomentGivesAWholeCompany opens the demo on each day of a fortnight, at
// night, at noon, on a leap day and at the turn of a year.
func TestAnyMomentGivesAWholeCompany(t *testing.T) {
	t.Parallel()
	moments := []time.Time{time.Date(2028, time.February, 29, 0, 0, 1, 0, time.UTC), time.Date(2026, time.December, 31, 23, 59, 59, 0, time.UTC)}
	for day := range 14 {
		moments = append(moments, moment.AddDate(0, 0, day).Add(time.Duration(day)*97*time.Minute))
	}
	for _, at := range moments {
		t.Run(at.Format(time.RFC3339), func(t *testing.T) {
			t.Parallel()
			checkCompany(t, compose(at), at)
		})
	}
}

func checkCompany(t *testing.T, c *company, at time.Time) {
	t.Helper()
	ids, names, place := map[string]bool{}, map[string]bool{}, map[*person]int{}
	for i, p := range c.people {
		place[p] = i
		switch {
		case p.boss != nil && place[p.boss] >= i:
			t.Fatalf("%s stands before the manager %s", p.name(), p.boss.name())
		case ids[p.publicID], names[p.email]:
			t.Fatalf("%s shares an id or address with somebody", p.name())
		case p.created.After(at), p.last.After(at), p.since.After(at), p.pending.After(at):
			t.Fatalf("%s has a past that lies ahead: %+v", p.name(), p)
		case !p.last.IsZero() && p.last.Before(p.created):
			t.Fatalf("%s was in at %s, before there was a record, %s", p.name(), p.last, p.created)
		case !p.status.Known(), p.title == "", p.Given == "", p.Family == "":
			t.Fatalf("%s lacks something: %+v", p.name(), p)
		case p.status == models.Leaving && p.leaving.IsZero():
			t.Fatalf("%s leaves without a date", p.name())
		}
		ids[p.publicID], names[p.email] = true, true
	}
	if len(c.people) != Size {
		t.Errorf("%d people, want %d", len(c.people), Size)
	}
	seen := map[string]bool{}
	for _, g := range c.grants() {
		path := g.to.publicID + " " + g.role + " " + g.claim
		if g.held() && seen[path] {
			t.Errorf("%s has %s twice by the same path", g.to.name(), g.role)
		}
		seen[path] = true
		if g.at.After(at) || !g.until.IsZero() && !g.until.After(g.at) {
			t.Errorf("%s has %s from %s until %s", g.to.name(), g.role, g.at, g.until)
		}
	}
	if n := len(c.extras(c.grants())); n < 12 {
		t.Errorf("%d people left for the acts, want 12", n)
	}
}

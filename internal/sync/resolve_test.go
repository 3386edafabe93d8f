package sync_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

func (w *world) resolve(in sync.Resolution) sync.Resolved {
	w.t.Helper()
	if in.Reason == "" {
		in.Reason = reason
	}
	out, err := w.engine.Resolve(w.t.Context(), w.Actor(), in)
	if err != nil {
		w.t.Fatalf("Resolve: %v", err)
	}
	return out
}

// Several differences at once are only taken when they are identical, and what
// changed since is left out.
func TestResolveIdentical(t *testing.T) {
	each(t, func(w *world) {
		m := connector.Mapping{Fields: map[string]connector.FieldRule{"title": {From: "title", Owner: connector.OwnedByFirst}, "display_name": {From: "display_name"}}}
		system, c := w.source(12, m, makes)
		w.run(c, models.RunFull)
		for i := range 10 {
			system.Change(synctest.ID(i), "boss", func(a *connector.Account) { a.Attributes["title"] = []string{"Senior clerk"} })
		}
		system.Change(synctest.ID(10), "boss", func(a *connector.Account) { a.Attributes["title"] = []string{"Other"} })
		w.later(time.Minute)
		w.run(c, models.RunIncremental)
		sets, err := w.engine.Differences(w.t.Context(), w.Tenant, c.PublicID)
		if err != nil || len(sets) != 2 || sets[0].Count != 10 || sets[0].First.Label != "Title" {
			w.t.Fatalf("%+v, %v", sets, err)
		}
		page, err := w.engine.Drifts(w.t.Context(), w.Tenant, sync.DriftQuery{Limit: 4})
		if err != nil || len(page.Rows) != 4 || page.Next == "" || page.Rows[0].CauseBy != "boss" {
			w.t.Fatalf("%+v, %v", page, err)
		}
		n := len(page.Rows)
		for page.Next != "" {
			if page, err = w.engine.Drifts(w.t.Context(), w.Tenant, sync.DriftQuery{Limit: 4, Cursor: page.Next}); err != nil {
				w.t.Fatal(err)
			}
			n += len(page.Rows)
		}
		if n != 11 {
			w.t.Errorf("%d differences on all pages", n)
		}
		_, err = w.engine.Resolve(w.t.Context(), w.Actor(), sync.Resolution{IDs: []string{sets[0].First.PublicID, sets[1].First.PublicID}, Way: sync.TakeSource, Reason: reason})
		if !errs.Is(err, errs.Invalid) {
			w.t.Errorf("different ones together: %v", err)
		}
		if out := w.resolve(sync.Resolution{Group: sets[0].Group, Way: sync.TakeSource}); out.Done != 10 {
			w.t.Errorf("%+v", out)
		}
		if p := w.person(synctest.ID(4)); p.Title != "Senior clerk" || p.Sources["title"] != "" {
			w.t.Errorf("%+v", p)
		}
		if len(w.drifts()) != 1 || w.events(models.DriftTake) != 10 {
			w.t.Errorf("%q, %d events", w.drifts(), w.events(models.DriftTake))
		}
		if _, err := w.engine.Resolve(w.t.Context(), w.Actor(), sync.Resolution{Group: sets[0].Group, Way: sync.TakeSource, Reason: reason}); !errs.Is(err, errs.NotFound) {
			w.t.Errorf("again: %v", err)
		}
		if _, err := w.engine.Resolve(w.t.Context(), w.Actor(), sync.Resolution{Group: sets[1].Group, Way: sync.PushOurs, Reason: reason}); !errs.Is(err, errs.Invalid) {
			w.t.Errorf("pushing where nothing is written back: %v", err)
		}
	})
}

func TestIgnore(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(5, usual, makes)
		w.run(c, models.RunFull)
		system.Change(synctest.ID(1), "boss", func(a *connector.Account) { a.Attributes["title"] = []string{"Chief"} })
		w.later(time.Minute)
		w.run(c, models.RunIncremental)
		id := w.first(models.DriftField)
		_, err := w.engine.Resolve(w.t.Context(), w.Actor(), sync.Resolution{IDs: []string{id}, Way: sync.Ignore, Reason: reason, Until: w.Store.Now()})
		if !errs.Is(err, errs.Invalid) {
			w.t.Errorf("until now: %v", err)
		}
		w.resolve(sync.Resolution{IDs: []string{id}, Way: sync.Ignore, Until: w.Store.Now().Add(24 * time.Hour)})
		w.later(2 * time.Hour)
		w.run(c, models.RunFull)
		s, err := w.engine.Summary(w.t.Context(), w.Tenant)
		if err != nil || s.Differ != 0 || s.Ignored != 1 {
			w.t.Errorf("%+v, %v", s, err)
		}
		w.later(24 * time.Hour)
		w.drain()
		if d := w.drifts(); len(d) != 1 {
			w.t.Errorf("it does not come back: %q", d)
		}
		w.resolve(sync.Resolution{IDs: []string{w.first(models.DriftField)}, Way: sync.Ignore, Until: w.Store.Now().Add(24 * time.Hour)})
		system.Change(synctest.ID(1), "boss", func(a *connector.Account) { a.Attributes["title"] = []string{"President"} })
		w.later(time.Second)
		w.drain()
		if d := w.drifts(); len(d) != 1 {
			w.t.Errorf("another value is still ignored: %q", d)
		}
	})
}

// Kept out there and in here, gone there, a role nobody gives there, an account
// of nobody: each is resolved by the verb that owns it.
func TestTakeSource(t *testing.T) {
	each(t, func(w *world) {
		app, err := w.access.CreateApplication(w.t.Context(), w.Actor(), access.ApplicationInput{Key: "ledger", Name: "Ledger"})
		if err != nil {
			w.t.Fatal(err)
		}
		role, err := w.access.CreateRole(w.t.Context(), w.Actor(), access.RoleInput{Application: app.Key, Name: "Approver", Sentence: "Approve payments", Privileged: true})
		if err != nil {
			w.t.Fatal(err)
		}
		m := usual
		m.Roles = []connector.RoleRule{{Kind: "group", Name: "approvers", Role: role.Key}}
		s := makes
		s.GuardPercent, s.CreateUsers = 50, true
		system, c := w.source(10, m, s)
		w.run(c, models.RunFull)
		for i := range 2 {
			_, err = w.access.Assign(w.t.Context(), w.Actor(), access.AssignInput{UserID: w.person(synctest.ID(i)).ID, RoleKey: role.Key, Reason: reason})
			if err != nil {
				w.t.Fatal(err)
			}
		}
		system.Change(synctest.ID(1), "boss", func(a *connector.Account) { a.Enabled = false })
		system.Remove(synctest.ID(2), "boss")
		system.Change("extra", "boss", func(a *connector.Account) { a.Username, a.DisplayName, a.Enabled = "extra", "Extra Person", false })
		w.later(time.Minute)
		w.run(c, models.RunFull)
		want := []string{
			"status status: Active / Disabled", "role role.ledger.approver: Approver / Not given", "role role.ledger.approver: Approver / Not given",
			"missing missing: Active / Not there", "orphan orphan: Nobody / Disabled",
		}
		if got := w.drifts(); fmt.Sprint(got) != fmt.Sprint(want) {
			w.t.Fatalf("got %q, want the privileged first: %q", got, want)
		}
		for _, kind := range []models.DriftKind{models.DriftStatus, models.DriftMissing, models.DriftOrphan} {
			if out := w.resolve(sync.Resolution{IDs: []string{w.first(kind)}, Way: sync.TakeSource}); out.Done != 1 {
				w.t.Errorf("%s: %+v", kind, out)
			}
		}
		view, err := w.engine.DriftOf(w.t.Context(), w.Tenant, w.first(models.DriftRole))
		if err != nil || !view.Privileged {
			w.t.Fatalf("%+v, %v", view, err)
		}
		if out := w.resolve(sync.Resolution{Group: view.GroupHash, Way: sync.TakeSource}); out.Done != 2 {
			w.t.Errorf("%+v", out)
		}
		if w.person(synctest.ID(1)).Status != models.Suspended || w.person(synctest.ID(2)).Status != models.Deactivated {
			w.t.Error("the status does not follow")
		}
		if n := w.count("SELECT COUNT(*) FROM assignments WHERE tenant_id = ?tenant"); n != 0 {
			w.t.Errorf("%d roles are left", n)
		}
		if p := w.person("extra"); p.DisplayName != "Extra Person" || p.Status != models.Active {
			w.t.Errorf("%+v", p)
		}
		if d := w.drifts(); len(d) != 1 || d[0] != "status status: Active / Disabled" {
			w.t.Errorf("left: %q", d)
		}
	})
}

// Differences follow changes here at once, without a read.
func TestDifferencesFollowUs(t *testing.T) {
	each(t, func(w *world) {
		_, c := w.source(5, usual, makes)
		w.run(c, models.RunFull)
		w.later(time.Second)
		title := "Chief"
		p := w.person(synctest.ID(1))
		if _, err := w.people.Edit(w.t.Context(), w.Actor(), p.PublicID, p.Version, directory.EditInput{Title: &title}); err != nil {
			w.t.Fatal(err)
		}
		page, err := w.engine.Drifts(w.t.Context(), w.Tenant, sync.DriftQuery{UserID: p.ID})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Cause != "Changed here by Test." {
			w.t.Fatalf("%+v, %v", page.Rows, err)
		}
		if page, err := w.engine.Drifts(w.t.Context(), w.Tenant+1, sync.DriftQuery{}); err != nil || len(page.Rows) != 0 {
			w.t.Errorf("another tenant sees %d differences, %v", len(page.Rows), err)
		}
		title, p = "Clerk", w.person(synctest.ID(1))
		if _, err := w.people.Edit(w.t.Context(), w.Actor(), p.PublicID, p.Version, directory.EditInput{Title: &title}); err != nil {
			w.t.Fatal(err)
		}
		if d := w.drifts(); len(d) != 0 {
			w.t.Errorf("%q", d)
		}
	})
}

// People of a source without an account there are found by a full run, and are no
// difference any more once their account is read.
func TestPersonWithoutAccount(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.people.Load(w.t.Context(), w.Actor(), []directory.NewRecord{
			{DisplayName: "Nobody there", Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: "lost"}}},
			{DisplayName: "Out", Status: models.Deactivated, Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: "out"}}},
		})
		if err != nil {
			w.t.Fatal(err)
		}
		system, c := w.source(5, connector.Mapping{Fields: map[string]connector.FieldRule{"display_name": {From: "display_name"}}}, makes)
		for range 2 {
			w.run(c, models.RunFull)
			if d := w.drifts(); len(d) != 1 || d[0] != "no-account no-account: Active / No account" {
				w.t.Errorf("%q", d)
			}
			w.later(time.Minute)
		}
		system.Change("lost", "boss", func(a *connector.Account) { *a = synctest.Person(77); a.ID = "lost" })
		w.later(time.Second)
		w.drain()
		if d := w.drifts(); len(d) != 0 {
			w.t.Errorf("%q", d)
		}
	})
}

package sync_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// usual maps names and e-mail from the source, the title first wins, and the
// department is ours.
var usual = connector.Mapping{Fields: map[string]connector.FieldRule{
	"display_name": {From: "display_name", Owner: connector.OwnedBySource},
	"username":     {From: "username", Owner: connector.OwnedBySource},
	"email":        {From: "email", Owner: connector.OwnedBySource},
	"title":        {From: "title", Owner: connector.OwnedByFirst},
	"department":   {From: "department", Owner: connector.OwnedByUs},
}}

// makes creates people, and is read often.
var makes = connector.Schedule{Every: time.Minute, FullEvery: time.Hour, CreateUsers: true, Events: true}

// source connects a source of n people.
func (w *world) source(n int, m connector.Mapping, s connector.Schedule) (*synctest.System, models.Connector) {
	w.t.Helper()
	system := synctest.New(n, w.Clock.Now)
	return system, w.connect("keycloak", system, m, s)
}

// drain does everything that is due.
func (w *world) drain() {
	w.t.Helper()
	if err := w.engine.Drain(w.t.Context(), w.Tenant); err != nil {
		w.t.Fatalf("Drain: %v", err)
	}
}

// run starts a run and works it to its end.
func (w *world) run(c models.Connector, kind models.RunKind) sync.RunView {
	w.t.Helper()
	run, err := w.engine.Start(w.t.Context(), w.Actor(), c.PublicID, kind)
	if err != nil {
		w.t.Fatalf("Start: %v", err)
	}
	w.drain()
	return w.runOf(run.PublicID)
}

func (w *world) runOf(id string) sync.RunView {
	w.t.Helper()
	view, err := w.engine.RunOf(w.t.Context(), w.Tenant, id)
	if err != nil {
		w.t.Fatalf("RunOf: %v", err)
	}
	return view
}

// person gives whoever has a subject.
func (w *world) person(subject string) directory.Person {
	w.t.Helper()
	u, _, err := w.people.FindIdentity(w.t.Context(), w.Tenant, issuer, subject)
	if err != nil {
		w.t.Fatalf("%s: %v", subject, err)
	}
	p, err := w.people.GetByID(w.t.Context(), w.Tenant, u.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) account(key string) models.Account {
	w.t.Helper()
	var row models.Account
	if err := w.Store.Read(w.Tenant).Select(&row).Where("ac.account_key = ?", key).Scan(w.t.Context()); err != nil {
		w.t.Fatalf("account %s: %v", key, err)
	}
	return row
}

// drifts lists the open differences as "kind field: ours / theirs".
func (w *world) drifts() []string {
	w.t.Helper()
	page, err := w.engine.Drifts(w.t.Context(), w.Tenant, sync.DriftQuery{Limit: 200})
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, d := range page.Rows {
		out = append(out, fmt.Sprintf("%s %s: %s / %s", d.Kind, d.Field, d.Ours, d.Theirs))
	}
	return out
}

func TestFirstFullRun(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(334, usual, makes)
		system.Overlap(7)
		system.Change(synctest.ID(5), "boss", func(a *connector.Account) { a.Enabled = false })
		run := w.run(c, models.RunFull)
		if run.State != models.RunDone || run.AccountsRead != 334 || run.PeopleCreated != 333 || run.AccountsOrphaned != 1 || run.Total != 334 {
			w.t.Fatalf("%+v", run.SourceRun)
		}
		p := w.person(synctest.ID(300))
		if p.DisplayName != "Person 300" || p.Title != "Clerk" || p.Department != "Department 0" || p.Status != models.Active || p.Provider != "keycloak" ||
			p.Sources["display_name"] != "keycloak" || p.Sources["title"] != "" || p.Sources["department"] != "" {
			w.t.Errorf("%+v", p)
		}
		if n := w.events(models.UserCreateSync); n != 333 {
			w.t.Errorf("%d events of people created", n)
		}
		if d := w.drifts(); len(d) != 1 || d[0] != "orphan orphan: Nobody / Disabled" {
			w.t.Errorf("differences: %q", d)
		}
		s, err := w.engine.Summary(w.t.Context(), w.Tenant)
		if err != nil || s.Total != 334 || s.Differ != 1 || s.InStep() != 333 || s.ComparedAt == 0 {
			w.t.Errorf("%+v, %v", s, err)
		}
		before := w.count("SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant")
		w.Clock.Advance(time.Minute)
		again := w.run(c, models.RunFull)
		if again.State != models.RunDone || again.AccountsRead != 334 || again.PeopleCreated+again.PeopleChanged+again.PeopleLinked != 0 {
			w.t.Errorf("again: %+v", again.SourceRun)
		}
		if after := w.count("SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant"); after != before+1 { // the start
			w.t.Errorf("a run that changes nothing writes %d events", after-before)
		}
	})
}

// An account belongs to a person by issuer and subject alone. The same e-mail
// with another identity is a suggestion.
func TestMatching(t *testing.T) {
	each(t, func(w *world) {
		loaded, err := w.people.Load(w.t.Context(), w.Actor(), []directory.NewRecord{
			{DisplayName: "Known", Email: "other@northwind.example", Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: synctest.ID(0)}}},
			{DisplayName: "Same address", Email: "PERSON1@northwind.example"},
			{DisplayName: "Another issuer", Identities: []directory.NewIdentity{{Provider: "entra", Issuer: "https://other.example", Subject: synctest.ID(2)}}},
			{DisplayName: "Case", Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: "U0000003"}}},
		})
		if err != nil {
			w.t.Fatal(err)
		}
		_, c := w.source(4, usual, connector.Schedule{})
		run := w.run(c, models.RunFull)
		if run.State != models.RunDone || run.PeopleLinked != 1 || run.AccountsUnclear != 1 || run.AccountsOrphaned != 2 || run.PeopleChanged != 1 || run.PeopleCreated != 0 {
			w.t.Fatalf("%+v", run.SourceRun)
		}
		if a := w.account(synctest.ID(0)); a.UserID != loaded[0].ID {
			w.t.Errorf("%+v", a)
		}
		for i := 1; i < 4; i++ {
			if a := w.account(synctest.ID(i)); a.UserID != 0 {
				w.t.Errorf("%s belongs to %d", a.Key, a.UserID)
			}
		}
		if p := w.person(synctest.ID(0)); p.DisplayName != "Person 0" || p.Email != "person0@northwind.example" || p.Sources["email"] != "keycloak" {
			w.t.Errorf("%+v", p)
		}
	})
}

func TestDryRun(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.people.Load(w.t.Context(), w.Actor(), []directory.NewRecord{
			{DisplayName: "Known", Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: synctest.ID(0)}}},
			{DisplayName: "Same address", Email: "person1@northwind.example"},
		})
		if err != nil {
			w.t.Fatal(err)
		}
		_, c := w.source(170, usual, connector.Schedule{CreateUsers: true})
		tables := []string{"users", "accounts", "identities", "drifts", "sync_losses", "audit_events"}
		before := map[string]int{}
		for _, table := range tables {
			before[table] = w.count("SELECT COUNT(*) FROM " + table + " WHERE tenant_id = ?tenant")
		}
		run := w.run(c, models.RunDry)
		if run.State != models.RunDone || run.AccountsRead != 170 || run.PeopleLinked != 1 || run.AccountsUnclear != 1 || run.PeopleCreated != 168 {
			w.t.Errorf("%+v", run.SourceRun)
		}
		before["audit_events"]++ // that it was started
		for _, table := range tables {
			if n := w.count("SELECT COUNT(*) FROM " + table + " WHERE tenant_id = ?tenant"); n != before[table] {
				w.t.Errorf("%s: %d rows, before %d", table, n, before[table])
			}
		}
	})
}

// Fields follow their owners: the source's are taken, ours stand and differ, and
// the first wins.
func TestOwners(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(3, usual, makes)
		w.run(c, models.RunFull)
		w.Clock.Advance(time.Minute)
		p := w.person(synctest.ID(0))
		title, department := "Head of payroll", "Treasury"
		if _, err := w.people.Edit(w.t.Context(), w.Actor(), p.PublicID, p.Version, directory.EditInput{Title: &title, Department: &department}); err != nil {
			w.t.Fatal(err)
		}
		w.Clock.Advance(time.Minute)
		system.Change(synctest.ID(0), "boss", func(a *connector.Account) { a.DisplayName, a.Email = "Amara Okafor", "not an address" })
		run := w.run(c, models.RunIncremental)
		if run.State != models.RunDone || run.Kind != models.RunIncremental || run.AccountsRead != 1 || run.PeopleChanged != 1 {
			w.t.Errorf("%+v", run.SourceRun)
		}
		p = w.person(synctest.ID(0))
		if p.DisplayName != "Amara Okafor" || p.Email != "person0@northwind.example" || p.Title != title || p.Department != department {
			w.t.Errorf("%+v", p)
		}
		page, err := w.engine.Drifts(w.t.Context(), w.Tenant, sync.DriftQuery{})
		if err != nil || len(page.Rows) != 2 {
			w.t.Fatalf("%q, %v", w.drifts(), err)
		}
		for _, d := range page.Rows {
			if d.Kind != models.DriftField || d.Person.Name != "Amara Okafor" || d.CauseBy == "" {
				w.t.Errorf("%+v", d)
			}
		}
		page2, err := w.people.List(w.t.Context(), w.Tenant, directory.Query{Text: "okafor"})
		if err != nil || len(page2.Rows) != 1 {
			w.t.Errorf("not found by the new name: %v", err)
		}
	})
}

func TestRolesByRule(t *testing.T) {
	each(t, func(w *world) {
		app, err := w.access.CreateApplication(w.t.Context(), w.Actor(), access.ApplicationInput{Key: "ledger", Name: "Ledger"})
		if err != nil {
			w.t.Fatal(err)
		}
		role, err := w.access.CreateRole(w.t.Context(), w.Actor(), access.RoleInput{Application: app.Key, Name: "Clerk", Sentence: "Do as clerks do"})
		if err != nil {
			w.t.Fatal(err)
		}
		m := usual
		m.Roles = []connector.RoleRule{{Kind: "group", Name: "clerks", Role: role.Key}}
		system, c := w.source(40, m, makes)
		for i := range 3 {
			system.Change(synctest.ID(i), "boss", func(a *connector.Account) { a.Groups = append(a.Groups, "clerks") })
		}
		w.run(c, models.RunFull)
		if n := w.count("SELECT COUNT(*) FROM assignments WHERE tenant_id = ?tenant"); n != 3 {
			w.t.Fatalf("%d assignments", n)
		}
		w.Clock.Advance(time.Minute)
		system.Change(synctest.ID(1), "boss", func(a *connector.Account) { a.Groups = []string{} })
		system.Change(synctest.ID(2), "boss", func(a *connector.Account) { a.Groups = nil }) // read by itself, and is empty
		run := w.run(c, models.RunIncremental)
		if n := w.count("SELECT COUNT(*) FROM assignments WHERE tenant_id = ?tenant"); n != 1 {
			w.t.Errorf("%d assignments, %+v", n, run.SourceRun)
		}
		if run.Losses.Roles != 2 || w.events(models.RoleUnassign) != 2 {
			w.t.Errorf("%+v", run.Losses)
		}
	})
}

package outside_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/demo/outside"
)

var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

func open(t *testing.T, path string) *outside.System {
	t.Helper()
	s, err := outside.Open(path, outside.Options{Name: "Northwind ID", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Finish(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func account(i int) connector.Account {
	return connector.Account{
		ID: fmt.Sprintf("nw-%03d", i), Username: fmt.Sprintf("user.%d", i), Email: fmt.Sprintf("user.%d@northwind.example", i), EmailVerified: true,
		Enabled: true, Attributes: map[string][]string{"department": {"Finance"}}, Groups: []string{"staff"}, Roles: []string{},
	}
}

func filled(t *testing.T, n int) *outside.System {
	t.Helper()
	s := open(t, "")
	all := make([]connector.Account, n)
	for i := range all {
		all[i] = account(n - 1 - i)
	}
	must(t, s.Fill(all))
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func kind(err error) connector.FailureKind {
	if f, ok := errors.AsType[*connector.Failure](err); ok {
		return f.Kind
	}
	return ""
}

// Nobody is lost while others come and go between two pages.
func TestListPeopleLosesNobody(t *testing.T) {
	t.Parallel()
	s := filled(t, 10)
	seen := map[string]bool{}
	from, pages := connector.Cursor(""), 0
	for {
		page, err := s.ListPeople(t.Context(), from, 3)
		must(t, err)
		for _, a := range page.Accounts {
			seen[a.ID] = true
		}
		if pages++; pages == 1 {
			must(t, s.Remove("nw-000", "")) // what was seen already goes, which shifts everybody behind
			must(t, s.Put(account(77), ""))
		}
		if from = page.Next; from == "" {
			break
		}
	}
	if len(seen) != 11 || pages != 4 {
		t.Errorf("saw %d accounts on %d pages, want all 11 on 4", len(seen), pages)
	}
}

func TestListPeopleGivesCopies(t *testing.T) {
	t.Parallel()
	s := filled(t, 1)
	page, err := s.ListPeople(t.Context(), "", 1)
	must(t, err)
	page.Accounts[0].Attributes["department"][0], page.Accounts[0].Groups[0] = "Legal", "admins"
	if got, _ := s.Find("nw-000"); got.Attributes["department"][0] != "Finance" || got.Groups[0] != "staff" {
		t.Errorf("a reader changed the system: %+v", got)
	}
}

func TestChangesAndEvents(t *testing.T) {
	t.Parallel()
	s := filled(t, 3)
	begin, err := s.ListChanges(t.Context(), "")
	must(t, err)
	if !begin.Whole || len(begin.Changed) != 0 {
		t.Errorf("the point of now = %+v", begin)
	}
	_, since, err := s.ListEvents(t.Context(), "")
	must(t, err)
	must(t, s.Change("nw-001", "nw-002", func(a *connector.Account) { a.Email = "new@northwind.example" }))
	must(t, s.Change("nw-001", "nw-002", func(a *connector.Account) { a.GivenName = "New" }))
	must(t, s.Change("nw-000", "", func(a *connector.Account) { a.Enabled = false }))
	must(t, s.Remove("nw-000", "nw-002"))
	got, err := s.ListChanges(t.Context(), begin.Next)
	must(t, err)
	if diff := cmp.Diff(connector.Changes{Changed: []string{"nw-001"}, Removed: []string{"nw-000"}, Next: got.Next, Whole: true}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	again, err := s.ListChanges(t.Context(), got.Next)
	must(t, err)
	if len(again.Changed)+len(again.Removed) != 0 || again.Next != got.Next {
		t.Errorf("nothing happened since, and it says %+v", again)
	}
	for _, strange := range []string{"never", "999999999"} {
		if c, err := s.ListChanges(t.Context(), strange); err != nil || c.Whole {
			t.Errorf("a point it never gave: %+v, %v; want that a full read is needed", c, err)
		}
	}
	events, _, err := s.ListEvents(t.Context(), since)
	must(t, err)
	want := []connector.Event{
		{Kind: connector.EventChanged, At: now, AccountID: "nw-001", Actor: "nw-002"}, {Kind: connector.EventChanged, At: now, AccountID: "nw-001", Actor: "nw-002"},
		{Kind: connector.EventChanged, At: now, AccountID: "nw-000"}, {Kind: connector.EventRemoved, At: now, AccountID: "nw-000", Actor: "nw-002"},
	}
	if diff := cmp.Diff(want, events, cmpopts.IgnoreFields(connector.Event{}, "ID")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	must(t, s.Break(outside.Fault{Silent: true}))
	if events, _, _ := s.ListEvents(t.Context(), since); len(events) != 0 {
		t.Errorf("a silent system tells %d events", len(events))
	}
}

// Who is switched off cannot come in, and what was open is not open any more.
func TestSwitchedOffIsOut(t *testing.T) {
	t.Parallel()
	s := filled(t, 2)
	must(t, s.Admit(connector.Session{ID: "s1", AccountID: "nw-001", Apps: []string{"rollcall"}}))
	must(t, s.Admit(connector.Session{ID: "off", AccountID: "nw-001", Offline: true}))
	if !s.Lives("nw-001", "s1") {
		t.Fatal("the session is not there")
	}
	must(t, s.SetEnabled(t.Context(), "nw-001", false))
	must(t, s.SetEnabled(t.Context(), "nw-001", false))
	if s.Lives("nw-001", "s1") {
		t.Error("a session of a switched-off account opens doors")
	}
	if err := s.Admit(connector.Session{ID: "s2", AccountID: "nw-001"}); kind(err) != connector.FailConflict {
		t.Errorf("a switched-off account came in: %v", err)
	}
	history, err := s.ReadHistory(t.Context(), "nw-001", 1)
	if must(t, err); len(history) != 1 || history[0].Kind != connector.EventSignInFailed || history[0].Reason != "user_disabled" {
		t.Errorf("newest of the history = %+v", history)
	}
	// As real providers do, it lists what was open until somebody ends it.
	if list, _ := s.ListSessions(t.Context(), "nw-001"); len(list) != 2 {
		t.Errorf("%d sessions are listed, want 2", len(list))
	}
	var told []string
	s.OnEnd(func(account, session string) { told = append(told, account+" "+session) })
	must(t, s.RevokeGrants(t.Context(), "nw-001"))
	if list, _ := s.ListSessions(t.Context(), "nw-001"); len(list) != 1 || list[0].Offline {
		t.Errorf("after revoking: %+v", list)
	}
	must(t, s.EndSessions(t.Context(), "nw-001", ""))
	must(t, s.EndSessions(t.Context(), "nw-001", ""))
	if list, _ := s.ListSessions(t.Context(), "nw-001"); len(list) != 0 || !slices.Equal(told, []string{"nw-001 s1"}) {
		t.Errorf("after ending: %+v, told %q", list, told)
	}
}

func TestWriteFields(t *testing.T) {
	t.Parallel()
	s := filled(t, 1)
	must(t, s.WriteFields(t.Context(), "nw-000", map[string]string{"email": "new@northwind.example", "title": "Clerk", "department": ""}))
	want := account(0)
	want.Email, want.EmailVerified, want.Attributes = "new@northwind.example", false, map[string][]string{"title": {"Clerk"}}
	got, err := s.ReadPerson(t.Context(), "nw-000")
	if must(t, err); !cmp.Equal(want, got, cmpopts.EquateEmpty()) {
		t.Error(cmp.Diff(want, got))
	}
	if err := s.WriteFields(t.Context(), "nw-000", map[string]string{"salary": "1"}); kind(err) != connector.FailUnsupported {
		t.Errorf("a field it does not have = %v", err)
	}
	if err := s.WriteFields(t.Context(), "nobody", map[string]string{"title": "x"}); kind(err) != connector.FailNotFound {
		t.Errorf("an account it does not know = %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	s, err := outside.Open("", outside.Options{Name: "Keycloak", ReadOnly: true})
	must(t, err)
	must(t, s.Fill([]connector.Account{account(1)}))
	for name, err := range map[string]error{
		"switch": s.SetEnabled(t.Context(), "nw-001", false), "end": s.EndSessions(t.Context(), "nw-001", ""), "revoke": s.RevokeGrants(t.Context(), "nw-001"),
		"write": s.WriteFields(t.Context(), "nw-001", map[string]string{"title": "x"}), "unlock": s.Unlock(t.Context(), "nw-001"),
	} {
		if kind(err) != connector.FailUnsupported {
			t.Errorf("%s = %v", name, err)
		}
	}
	d, err := s.Describe(t.Context())
	if must(t, err); d.Can(connector.CanSetEnabled) || !d.Can(connector.CanListPeople) || d.Lacks[connector.CanWriteField] == "" || len(d.Writes) != 0 {
		t.Errorf("it says of itself %+v", d)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	s := filled(t, 2)
	must(t, s.Prove("nw-000", connector.Lock{Locked: true, Failures: 5, Until: now.Add(time.Minute)}, connector.Factor{Kind: connector.FactorKey, Word: "webauthn"}))
	must(t, s.Prove("nw-001", connector.Lock{Locked: true, Failures: 5, Until: now}))
	if !s.Locked("nw-000") || s.Locked("nw-001") {
		t.Error("a lock holds until its time and no longer")
	}
	must(t, s.Unlock(t.Context(), "nw-000"))
	lock, err := s.ReadLock(t.Context(), "nw-000")
	factors, _ := s.ReadFactors(t.Context(), "nw-000")
	if must(t, err); lock.Locked || !lock.Protected || len(factors) != 1 || factors[0].Kind != connector.FactorKey {
		t.Errorf("after unlocking: %+v, %+v", lock, factors)
	}
}

// A journal opened again tells the same story, to the byte of its cursors.
func TestJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "northwind.jsonl")
	s := open(t, path)
	must(t, s.Fill([]connector.Account{account(2), account(1), account(3)}))
	must(t, s.Offer(connector.App{ClientID: "ledger", Name: "Ledger"}))
	must(t, s.Admit(connector.Session{ID: "s1", AccountID: "nw-001"}))
	must(t, s.Admit(connector.Session{ID: "s2", AccountID: "nw-001"}))
	must(t, s.Leave("nw-001", "s2"))
	must(t, s.Change("nw-002", "", func(a *connector.Account) { a.Enabled = false }))
	must(t, s.Remove("nw-003", ""))
	must(t, s.Break(outside.Fault{SeesOnly: 1, Lists: 9}))
	must(t, s.Finish())
	again := open(t, path)
	for name, read := range map[string]func(*outside.System) any{
		"people":   func(s *outside.System) any { p, _ := s.ListPeople(t.Context(), "", 10); return p },
		"changes":  func(s *outside.System) any { c, _ := s.ListChanges(t.Context(), "0"); return c },
		"events":   func(s *outside.System) any { e, next, _ := s.ListEvents(t.Context(), "0"); return []any{e, next} },
		"sessions": func(s *outside.System) any { l, _ := s.ListSessions(t.Context(), "nw-001"); return l },
		"apps":     func(s *outside.System) any { l, _ := s.ListApps(t.Context()); return l },
		"size":     func(s *outside.System) any { return s.Size() },
	} {
		if diff := cmp.Diff(read(s), read(again)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
	if p, _ := again.ListPeople(t.Context(), "", 10); len(p.Accounts) != 1 || p.Total != 1 {
		t.Errorf("the fault is forgotten: %d of %d", len(p.Accounts), p.Total)
	}
}

// A filter nobody meant hides people from every question, until it is noticed.
func TestFilterNobodyMeant(t *testing.T) {
	t.Parallel()
	s := filled(t, 5)
	must(t, s.Break(outside.Fault{SeesOnly: 2, Lists: 1}))
	page, err := s.ListPeople(t.Context(), "", 1)
	must(t, err)
	next, err := s.ListPeople(t.Context(), page.Next, 1)
	if must(t, err); page.Total != 2 || len(next.Accounts) != 1 || next.Next != "" {
		t.Errorf("it lists %d, then %+v", page.Total, next)
	}
	if _, err := s.ReadPerson(t.Context(), "nw-004"); kind(err) != connector.FailNotFound {
		t.Errorf("somebody who is hidden = %v", err)
	}
	if found, _ := s.FindPerson(t.Context(), "user.4@northwind.example"); len(found) != 0 {
		t.Error("somebody who is hidden is found")
	}
	if _, known := s.Find("nw-004"); !known {
		t.Error("the system itself forgot somebody")
	}
	if page, err = s.ListPeople(t.Context(), "", 9); err != nil || page.Total != 5 {
		t.Errorf("after it was noticed: %d, %v", page.Total, err)
	}
}

func TestGivenUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := filled(t, 1).ListPeople(ctx, "", 1); kind(err) != connector.FailUnreachable {
		t.Errorf("a request that was given up = %v", err)
	}
}

package offboard_test

import (
	"net"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector/keycloak"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// realm is a real Keycloak with one person and three applications: one that
// hears of ended sessions, one whose address is dead, one without any.
type realm struct {
	*house
	*kctest.Realm
	admin, person          models.Actor
	account                string
	ledger, crm, warehouse kctest.Client
	heard                  *kctest.Listener
	tokens                 map[string]kctest.Tokens
	connector              int64
}

func openRealm(t *testing.T, settings ...kctest.Object) *realm {
	t.Helper()
	r := &realm{Realm: kctest.Open(t, settings...), heard: kctest.Listen(t)}
	db := dbtest.One(t, store.SQLite)
	r.house = build(t, db, db.Store)
	db.Clock.Set(time.Now())
	r.ledger = kctest.Client{ID: "ledger", Secret: "ledger-secret", Name: "Ledger", BackChannel: r.heard.URL}
	r.crm = kctest.Client{ID: "crm", Secret: "crm-secret", BackChannel: "http://" + deadAddress(t) + "/backchannel", Lifetime: 2 * time.Minute}
	r.warehouse = kctest.Client{ID: "warehouse", Secret: "warehouse-secret", Name: "Warehouse"}
	for _, c := range []kctest.Client{r.ledger, r.crm, r.warehouse} {
		r.AddClient(t, c)
	}
	r.account = r.AddPerson(t, kctest.Somebody("elif"))
	r.admin, r.person = r.add("amara", models.RoleAdmin), r.add(r.account)
	api, secrets := r.Service(t, "rollcall-service", kctest.LeastRoles...)
	adapter, err := keycloak.New(api, secrets, "Keycloak", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(adapter.Close)
	r.connector = r.connect(system, adapter)
	return r
}

// deadAddress gives an address at which nobody listens any more.
func deadAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// signInEverywhere signs the person in to each application, and to the last one
// for good, and makes sure that all of it is alive: the control.
func (r *realm) signInEverywhere(t *testing.T) {
	t.Helper()
	r.tokens = map[string]kctest.Tokens{
		"ledger": r.SignIn(t, r.ledger, "elif"), "crm": r.SignIn(t, r.crm, "elif"), "warehouse": r.SignIn(t, r.warehouse, "elif"),
		"offline": r.SignIn(t, r.warehouse, "elif", "offline_access"),
	}
	if n := len(r.Sessions(t, r.account)); n < 3 {
		t.Fatalf("%d sessions, want at least 3", n)
	}
	if n := len(r.OfflineSessions(t, r.account, "warehouse")); n != 1 {
		t.Fatalf("%d offline sessions, want 1", n)
	}
	r.alive(t, true)
}

// alive tries every token there is.
func (r *realm) alive(t *testing.T, want bool) {
	t.Helper()
	for name, c := range map[string]kctest.Client{"ledger": r.ledger, "crm": r.crm, "warehouse": r.warehouse, "offline": r.warehouse} {
		fresh, err := r.Refresh(t, c, r.tokens[name].Refresh)
		if (err == nil) != want {
			t.Errorf("refreshing %s: %v, want alive: %v", name, err, want)
		}
		if err == nil {
			r.tokens[name] = fresh
		}
		if ok := r.Userinfo(t, r.tokens[name].Access); ok != want {
			t.Errorf("the access token of %s: alive %v, want %v", name, ok, want)
		}
	}
}

// Disabled means out, at the real thing: nothing that was alive lives, nothing
// comes back with the account, and no application is said to be done that was
// only told, or not even that.
func TestKeycloakDisabledMeansOut(t *testing.T) {
	t.Parallel()
	r := openRealm(t)
	r.signInEverywhere(t)
	if _, err := r.offboard.Deactivate(t.Context(), r.admin, r.id(r.person), reason); err != nil {
		t.Fatal(err)
	}
	r.drain()
	for _, kind := range []string{offboard.StepDisable, offboard.StepEndSessions} {
		if s := r.step(r.person, kind); s.Outcome != models.OutcomeConfirmed {
			t.Fatalf("%s: %s %s", kind, s.Outcome, s.Sentence)
		}
	}
	if r.Person(t, r.account).Enabled || len(r.Sessions(t, r.account)) != 0 || len(r.OfflineSessions(t, r.account, "warehouse")) != 0 {
		t.Error("Keycloak still has the account active, or sessions of it")
	}
	r.alive(t, false)
	want := map[string]models.Outcome{"ledger": models.OutcomeSent, "crm": models.OutcomeSent, "warehouse": models.OutcomeNeverTold}
	e := r.step(r.person, offboard.StepEndSessions).Evidence
	for _, told := range e.Apps {
		if told.Outcome != want[told.Client] || told.Until.IsZero() {
			t.Errorf("%s: %s until %v, want %s", told.Client, told.Outcome, told.Until, want[told.Client])
		}
		delete(want, told.Client)
	}
	if len(want) != 0 || *e.Before.Listed < 4 || *e.After.Listed != 0 {
		t.Errorf("left out: %v; %d sessions before and %d after", want, *e.Before.Listed, *e.After.Listed)
	}
	if len(r.heard.Heard()) == 0 {
		t.Error("the one application with a living address was not told")
	}

	if _, err := r.offboard.Reactivate(t.Context(), r.admin, r.id(r.person), "came back after a month"); err != nil {
		t.Fatal(err)
	}
	r.drain()
	if s := r.step(r.person, offboard.StepEnable); s.Outcome != models.OutcomeConfirmed {
		t.Fatalf("%s %s", s.Outcome, s.Sentence)
	}
	if !r.Person(t, r.account).Enabled || len(r.Sessions(t, r.account)) != 0 {
		t.Error("the account is not active, or has a session")
	}
	r.alive(t, false)
	if _, err := r.TrySignIn(t, r.ledger, "elif", kctest.Password); err != nil {
		t.Errorf("a fresh sign-in after the reactivation: %v", err)
	}
}

// The control of the whole product: switching an account off and on at Keycloak
// brings everything back. Letting in from here does not, also when it was
// switched off here and its sessions could not be ended.
func TestKeycloakRevivesWhatWasNotEnded(t *testing.T) {
	t.Parallel()
	r := openRealm(t)
	r.signInEverywhere(t)
	r.Change(t, r.account, kctest.Object{"enabled": false})
	r.Change(t, r.account, kctest.Object{"enabled": true})
	r.alive(t, true)
	if _, err := r.offboard.Suspend(t.Context(), r.admin, r.id(r.person), reason); err != nil {
		t.Fatal(err)
	}
	r.drain()
	r.Change(t, r.account, kctest.Object{"enabled": true}) // somebody's click
	r.alive(t, false)
}

// Ending sessions ends all of them everywhere and keeps nobody out.
func TestKeycloakEndSessions(t *testing.T) {
	t.Parallel()
	r := openRealm(t)
	r.signInEverywhere(t)
	if _, err := r.offboard.EndSessions(t.Context(), r.admin, r.id(r.person), offboard.Ask{Reason: why}); err != nil {
		t.Fatal(err)
	}
	r.drain()
	if s := r.step(r.person, offboard.StepEndSessions); s.Outcome != models.OutcomeConfirmed {
		t.Fatalf("%s %s", s.Outcome, s.Sentence)
	}
	r.alive(t, false)
	time.Sleep(1100 * time.Millisecond) // Keycloak refuses tokens of the second in which the sessions ended
	r.signInEverywhere(t)
}

// Wrong passwords lock, the answer says so with address and end, and unlocking
// is read back.
func TestKeycloakLock(t *testing.T) {
	t.Parallel()
	r := openRealm(t, kctest.Object{"bruteForceProtected": true, "failureFactor": 3, "waitIncrementSeconds": 600, "maxFailureWaitSeconds": 1200, "quickLoginCheckMilliSeconds": 0})
	looks := insight.New(insight.Deps{Store: r.store, Access: r.access, Systems: r.open, Patience: 10 * time.Second})
	ask := func() insight.Answer {
		t.Helper()
		person, err := r.people.GetByID(t.Context(), r.tenant, r.person.UserID)
		if err != nil {
			t.Fatal(err)
		}
		r.db.Clock.Set(time.Now())
		a, err := looks.SignIn(t.Context(), r.admin, person)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	r.giveRole(r.person, models.RoleEmployee)
	if a := ask(); a.Can != insight.Yes {
		t.Fatalf("before: %s", a.Sentence)
	}
	for range 80 {
		if _, err := r.TrySignIn(t, r.ledger, "elif", "wrong"); err == nil {
			t.Fatal("a wrong password was taken")
		}
		if a := ask(); a.Can == insight.No {
			break
		}
		time.Sleep(150 * time.Millisecond)
	}
	a := ask()
	if a.Can != insight.No || a.Next.Step != insight.StepUnlock || !a.Next.May {
		t.Fatalf("locked: %s, next %+v", a.Sentence, a.Next)
	}
	t.Log(a.Sentence)
	if _, err := r.TrySignIn(t, r.ledger, "elif", kctest.Password); err == nil {
		t.Fatal("the right password is taken while the account is locked")
	}
	at := offboard.At{ConnectorID: a.Next.At.ConnectorID, Account: a.Next.At.Account}
	if _, err := r.offboard.Unlock(t.Context(), r.admin, r.id(r.person), at, offboard.Ask{Reason: "called, knows the staff number"}); err != nil {
		t.Fatal(err)
	}
	r.drain()
	if s := r.step(r.person, offboard.StepUnlock); s.Outcome != models.OutcomeConfirmed {
		t.Fatalf("%s %s", s.Outcome, s.Sentence)
	}
	if a := ask(); a.Can != insight.Yes {
		t.Errorf("after: %s", a.Sentence)
	}
	r.SignIn(t, r.ledger, "elif")
	failed := false
	for _, f := range ask().Facts {
		t.Log(f.Mark, f.Key, f.Text)
		failed = failed || f.Key == "failure-there" && f.Mark == insight.Note
	}
	if !failed {
		t.Error("the failures are not among the facts")
	}
}

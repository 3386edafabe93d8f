package offboard_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const why = "laptop lost on the train"

// All sessions end everywhere, and each application gets the word it deserves.
func TestEndSessionsEverywhere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		token := h.signIn(elif)
		kc := h.keycloak(elif)
		kc.Install(
			connector.App{ClientID: client, Name: "Rollcall", SignOutURL: "https://rollcall.example/back", TokenLifetime: 5 * time.Minute},
			connector.App{ClientID: "ledger", Name: "Ledger", SignOutURL: "https://ledger.example/back", TokenLifetime: 5 * time.Minute},
			connector.App{ClientID: "warehouse", Name: "Warehouse", TokenLifetime: 90 * time.Second},
			connector.App{ClientID: "crm", Name: "CRM"})
		kc.Open("elif", connector.Session{ID: "s1", Apps: []string{client, "ledger", "warehouse"}})
		kc.Open("elif", connector.Session{ID: "s2", Apps: []string{"ledger", "crm", "gone"}})
		kc.Open("elif", connector.Session{ID: "off", Offline: true, Apps: []string{"warehouse"}})
		done, err := h.offboard.EndSessions(t.Context(), admin, h.id(elif), offboard.Ask{Reason: why, Once: "form-1"})
		if err != nil || done.SessionsEnded != 1 || done.Steps != 1 || done.Act.Sessions != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		if _, err := h.sessions.Find(t.Context(), token); !errs.Is(err, errs.Unauthorized) {
			t.Errorf("still in here: %v", err)
		}
		db.Clock.Advance(3 * time.Second) // the queue
		h.drain()
		h.want(elif, outcomes{offboard.StepEndSessions: models.OutcomeConfirmed})
		s := h.step(elif, offboard.StepEndSessions)
		if s.Sentence != "3 sessions ended at Keycloak: open before, gone when read back." || kc.Living("elif") != 0 {
			t.Errorf("%q with %d left", s.Sentence, kc.Living("elif"))
		}
		type line struct {
			Outcome  models.Outcome
			Sentence string
		}
		got := map[string]line{}
		for _, app := range s.Evidence.Apps {
			got[app.Client] = line{app.Outcome, app.Sentence()}
		}
		want := map[string]line{
			client:      {models.OutcomeConfirmed, "Ended here with the change."},
			"ledger":    {models.OutcomeSent, "Told at its sign-out address. What it did is not known; a token it holds works until 10:47:03 UTC at the latest."},
			"warehouse": {models.OutcomeNeverTold, "It has no sign-out address: ends by 10:43:33 UTC when its token expires."},
			"crm":       {models.OutcomeNeverTold, "It has no sign-out address. How long a token it holds still works is not known."},
			"gone":      {models.OutcomeSent, "Told at its sign-out address, if it has one. What it did is not known, nor how long a token it holds still works."},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("applications (-want +got):\n%s", diff)
		}
		for _, seen := range s.Evidence.Before.Sessions {
			if seen.Handle == "s1" || seen.Handle == "s2" {
				t.Error("the evidence gives a session id away")
			}
		}

		again, err := h.offboard.EndSessions(t.Context(), admin, h.id(elif), offboard.Ask{Reason: why, Once: "form-1"})
		if err != nil || again.Act.ID != done.Act.ID || h.drain() != 0 {
			t.Errorf("the same form again: act %d, %v; want act %d and no step", again.Act.ID, err, done.Act.ID)
		}
		if _, err := h.offboard.EndSessions(t.Context(), admin, h.id(elif), offboard.Ask{Reason: why}); err != nil {
			t.Fatal(err)
		}
		h.drain()
		if s := h.step(elif, offboard.StepEndSessions); s.Outcome != models.OutcomeNothing || s.Outcome.Word() != "Skipped" || s.Sentence != "Nothing to end: no session was open at Keycloak." {
			t.Errorf("with nothing to end: %s %q", s.Outcome, s.Sentence)
		}
		if _, err := h.offboard.EndSessions(t.Context(), admin, h.id(admin), offboard.Ask{Reason: why, Once: "form-1"}); !errs.Is(err, errs.Conflict) {
			t.Errorf("the form of another act: %v, want a conflict", err)
		}
	})
}

// Two browsers send the same form at the same moment.
func TestTheSameFormAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		h.keycloak(elif)
		id := h.id(elif)
		var wg sync.WaitGroup
		acts := make([]int64, 4)
		for i := range acts {
			wg.Go(func() {
				done, err := h.offboard.EndSessions(t.Context(), admin, id, offboard.Ask{Reason: why, Once: "form"})
				if err != nil {
					t.Errorf("%v", err)
				}
				acts[i] = done.Act.ID
			})
		}
		wg.Wait()
		for _, act := range acts {
			if act != acts[0] || act == 0 {
				t.Fatalf("acts %v, want one", acts)
			}
		}
		if n := h.drain(); n != 1 {
			t.Errorf("%d steps, want 1", n)
		}
	})
}

// Ending one session in the console ends the one of the provider it began in,
// and the other way round; neighbours live on.
func TestEndOneSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		for _, sid := range []string{"s1", "s2", "s3"} {
			kc.Open("elif", connector.Session{ID: sid})
		}
		first, second, without := h.signIn(elif, "s1"), h.signIn(elif, "s2"), h.signIn(elif)
		public := func(token string) string {
			t.Helper()
			live, err := h.sessions.Find(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return live.PublicID
		}
		if _, err := h.offboard.EndSession(t.Context(), admin, h.id(admin), public(first), offboard.Ask{Reason: why}); !errs.Is(err, errs.NotFound) {
			t.Errorf("a session of somebody else: %v, want not found", err)
		}
		if done, err := h.offboard.EndSession(t.Context(), admin, h.id(elif), public(first), offboard.Ask{Reason: why}); err != nil || done.Steps != 1 {
			t.Fatalf("%d steps, %v", done.Steps, err)
		}
		h.drain()
		h.want(elif, outcomes{offboard.StepEndSessions: models.OutcomeConfirmed})
		if done, err := h.offboard.EndSession(t.Context(), admin, h.id(elif), public(without), offboard.Ask{Reason: why}); err != nil || done.Steps != 0 {
			t.Fatalf("a session that names none of the provider's: %d steps, %v", done.Steps, err)
		}

		held := h.accounts(elif)[0]
		at := offboard.At{ConnectorID: held.ConnectorID, Account: held.Account}
		for _, c := range []struct {
			handle string
			local  int
		}{{connector.Handle("s2"), 1}, {connector.Handle("s3"), 0}, {connector.Handle("made up"), 0}} {
			done, err := h.offboard.EndSystemSession(t.Context(), admin, h.id(elif), offboard.At{ConnectorID: at.ConnectorID, Account: at.Account, Session: c.handle}, offboard.Ask{Reason: why})
			if err != nil || done.SessionsEnded != c.local {
				t.Fatalf("%d sessions here ended with it, %v; want %d", done.SessionsEnded, err, c.local)
			}
			h.drain()
		}
		h.want(elif, outcomes{offboard.StepEndSessions: models.OutcomeNothing})
		if kc.Living("elif") != 0 {
			t.Errorf("%d sessions left there", kc.Living("elif"))
		}
		if _, err := h.sessions.Find(t.Context(), second); !errs.Is(err, errs.Unauthorized) {
			t.Errorf("the session that began in it lives on here: %v", err)
		}
		if _, err := h.offboard.EndSystemSession(t.Context(), admin, h.id(elif), offboard.At{ConnectorID: held.ConnectorID, Account: "amara", Session: "x"}, offboard.Ask{Reason: why}); !errs.Is(err, errs.NotFound) {
			t.Errorf("an account of somebody else: %v, want not found", err)
		}
	})
}

func TestUnlock(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		held := h.accounts(elif)[0]
		at := offboard.At{ConnectorID: held.ConnectorID, Account: held.Account}
		unlock := func() {
			t.Helper()
			if done, err := h.offboard.Unlock(t.Context(), admin, h.id(elif), at, offboard.Ask{Reason: "called, knows the staff number"}); err != nil || done.Steps != 1 {
				t.Fatalf("%d steps, %v", done.Steps, err)
			}
			h.drain()
		}
		kc.Lock("elif", connector.Lock{Locked: true, Failures: 5})
		unlock()
		h.want(elif, outcomes{offboard.StepUnlock: models.OutcomeConfirmed})
		unlock()
		h.want(elif, outcomes{offboard.StepUnlock: models.OutcomeNothing})
		want := []models.Action{models.UserUnlock, models.AccountUnlock, models.UserUnlock, models.AccountNothing}
		if diff := cmp.Diff(want, h.actions(elif)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		kc.Lock("elif", connector.Lock{Locked: true, Failures: 5})
		kc.Lie("Unlock")
		unlock()
		if s := h.step(elif, offboard.StepUnlock); s.Outcome != models.OutcomeWaiting || !strings.Contains(s.Sentence, "still locked") {
			t.Errorf("%s %q", s.Outcome, s.Sentence)
		}
	})
}

func TestSessionRefusals(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		token := h.signIn(elif)
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1"})
		weak := admin
		weak.Can = models.AllPermissions &^ (models.SessionsEnd | models.AccountsUnlock)
		other, err := db.Store.EnsureTenant(t.Context(), store.NewTenant{Slug: "contoso", Name: "Contoso", Environment: "test"})
		if err != nil {
			t.Fatal(err)
		}
		foreign := admin
		foreign.Tenant = other.ID
		at := offboard.At{ConnectorID: h.accounts(elif)[0].ConnectorID, Account: "elif"}
		id, good := h.id(elif), offboard.Ask{Reason: why}
		for name, c := range map[string]struct {
			do   func(context.Context) (offboard.Done, error)
			want errs.Kind
		}{
			"all without the permission":    {func(ctx context.Context) (offboard.Done, error) { return h.offboard.EndSessions(ctx, weak, id, good) }, errs.Forbidden},
			"unlock without the permission": {func(ctx context.Context) (offboard.Done, error) { return h.offboard.Unlock(ctx, weak, id, at, good) }, errs.Forbidden},
			"all without a reason": {func(ctx context.Context) (offboard.Done, error) {
				return h.offboard.EndSessions(ctx, admin, id, offboard.Ask{Reason: "  short  "})
			}, errs.Invalid},
			"with a novel": {func(ctx context.Context) (offboard.Done, error) {
				return h.offboard.EndSessions(ctx, admin, id, offboard.Ask{Reason: strings.Repeat("long ", 300)})
			}, errs.Invalid},
			"all of another tenant": {func(ctx context.Context) (offboard.Done, error) {
				return h.offboard.EndSessions(ctx, foreign, id, good)
			}, errs.NotFound},
			"unlock from another tenant": {func(ctx context.Context) (offboard.Done, error) { return h.offboard.Unlock(ctx, foreign, id, at, good) }, errs.NotFound},
		} {
			t.Run(name, func(t *testing.T) {
				before := h.lastEvent().ID
				if _, err := c.do(t.Context()); errs.KindOf(err) != c.want {
					t.Fatalf("%v, want kind %v", err, c.want)
				}
				if h.lastEvent().ID != before || h.drain() != 0 || kc.Living("elif") != 1 {
					t.Error("a refused act did something")
				}
				if _, err := h.sessions.Find(t.Context(), token); err != nil {
					t.Errorf("a refused act ended a session: %v", err)
				}
			})
		}
	})
}

// Pages of acts: newest first, each once.
func TestOutcomesPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		h.keycloak(elif)
		for range 23 {
			if _, err := h.offboard.EndSessions(t.Context(), admin, h.id(elif), offboard.Ask{Reason: why}); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[int64]bool{}
		last, before, pages := int64(1<<62), int64(0), 0
		for {
			list, next, err := h.offboard.Outcomes(t.Context(), h.tenant, elif.UserID, before)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for _, u := range list {
				if u.ID >= last || seen[u.ID] || len(u.Steps) != 1 || !u.Open() {
					t.Fatalf("act %d after %d with %d steps", u.ID, last, len(u.Steps))
				}
				last, seen[u.ID] = u.ID, true
			}
			if before = next; next == 0 {
				break
			}
		}
		if len(seen) != 23 || pages != 2 {
			t.Errorf("%d acts on %d pages, want 23 on 2", len(seen), pages)
		}
	})
}

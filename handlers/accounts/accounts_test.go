package accounts_test

import (
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

var reason = url.Values{"reason": {"Called, knows the staff number"}, "once": {"form-1"}}

// The helpdesk's whole way: no, why, unlock, what came of it, yes.
func TestHelpdeskUnlocks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.connect(t)
	h.as(t, "Nia Ortega", helpdesk)
	h.kc.Lock("sub-elif", connector.Lock{Locked: true, Failures: 5, Since: dbtest.Start.Add(-44 * time.Minute), From: "203.0.113.9", Protected: true})
	unlock := "/accounts/" + h.at.Handle() + "/unlock"
	page := h.get(t, "/signin")
	page.expect(t, 200, "Can Elif sign in?", "No. Locked by Keycloak at 09:58 UTC after 5 wrong passwords, the last from 203.0.113.9.", "Unlock now", unlock, "Check again", "Read")
	page.lacks(t, `hx-target="#signin"`)
	part := h.fragment(t, "/signin")
	part.expect(t, 200, `id="signin"`, "Unlock now", `hx-target="#signin"`)
	part.lacks(t, "<html", "data-focus")

	h.get(t, unlock).expect(t, 200, "Unlock Elif Kaya at Keycloak", "The password stays as it is.", "Unlock account", `name="once"`)
	h.post(t, unlock, url.Values{"reason": {"short"}}).expect(t, 422, "Nothing was changed", "Write a reason")
	if got := h.post(t, unlock, reason); got.code != 303 || got.to != "/users/"+h.elif.PublicID+"?ok=unlock-asked#outcomes" {
		t.Fatalf("unlock: %d to %q", got.code, got.to)
	}
	h.fragment(t, "/outcomes/latest").expect(t, 200, "Waiting", "Waits for its turn.", `hx-trigger="every 2s"`, "Look again")
	h.drain(t)
	done := h.fragment(t, "/outcomes/latest")
	done.expect(t, 200, "Confirmed", "Unlocked at Keycloak: locked before, open when read back.", "by Nia Ortega", "“Called, knows the staff number”")
	done.lacks(t, "hx-trigger", "Look again")
	h.get(t, "/signin").expect(t, 200, "Yes. Nothing in Rollcall or at Keycloak keeps Elif out.")

	h.caller.Actor.Can = models.UsersRead
	h.get(t, unlock).expect(t, 403)
	h.post(t, unlock, reason).expect(t, 403)
	h.kc.Lock("sub-elif", connector.Lock{Locked: true})
	page = h.get(t, "/signin")
	page.expect(t, 200, "You may not unlock accounts: it needs the permission accounts.unlock. Ask an admin.")
	page.lacks(t, "Unlock now")
}

func TestAccountsPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.get(t, "/accounts").expect(t, 200, "No account at a connected system")
	h.connect(t)
	h.get(t, "/accounts").expect(t, 200, "Never read. Known because it was signed in with.", "Not known", "Read now", "sub-elif")
	h.get(t, "/accounts?read=now").expect(t, 200, "All read just now", "In step", "just now")
	h.kc.Set("sub-elif", func(a *connector.Account) { a.Enabled = false })
	h.fragment(t, "/accounts?read=now").expect(t, 200, "Drift: deactivated there, active here", "/sync/drift", `id="accounts"`)
	h.kc.Hang("ReadPerson")
	h.fragment(t, "/accounts?read=now").expect(t, 200, "Keycloak did not answer in time.", "Not known")
	h.kc.Mend()
	h.get(t, "/accounts").expect(t, 200, `action="/users/`+h.elif.PublicID+`/accounts/read"`)
	if got := h.post(t, "/accounts/read", nil); got.code != 303 || len(h.reads) != 1 || h.reads[0] != h.elif.PublicID {
		t.Errorf("read and kept: %d, %v", got.code, h.reads)
	}
	h.as(t, "Nia Ortega", helpdesk)
	look := h.get(t, "/accounts")
	look.lacks(t, "/accounts/read")
	look.expect(t, 200, "/accounts?read=now")
	h.post(t, "/accounts/read", nil).expect(t, 403)
	h.kc.Remove("sub-elif")
	h.fragment(t, "/accounts?read=now").expect(t, 200, "Not there", "Drift: unknown there, active here")
}

var endHref = regexp.MustCompile(`href="/users/[^"]+(/accounts/[0-9a-f]+/sessions/[0-9a-f]+/end)"`)

func TestSessionsThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.get(t, "/sessions").expect(t, 200, "No account at a connected system")
	h.connect(t)
	h.get(t, "/sessions").expect(t, 200, "No session is open at Keycloak.")
	h.kc.Install(connector.App{ClientID: "ledger", Name: "Ledger", TokenLifetime: 5 * time.Minute})
	h.kc.Open("sub-elif", connector.Session{ID: "0123456789abcdef", IP: "203.0.113.9", Apps: []string{"ledger"}})
	h.kc.Open("sub-elif", connector.Session{ID: "other", Offline: true})
	page := h.fragment(t, "/sessions")
	page.expect(t, 200, "Ledger", "203.0.113.9", "01234567…", "Without a browser", `id="system-sessions"`)
	page.lacks(t, "0123456789abcdef")
	found := endHref.FindAllStringSubmatch(page.body, -1)
	if len(found) != 2 {
		t.Fatalf("%d sessions can be ended, want 2", len(found))
	}
	var end string
	for _, one := range found {
		if h.get(t, one[1]).body != "" && regexp.MustCompile("in which Ledger takes part").MatchString(h.get(t, one[1]).body) {
			end = one[1]
		}
	}
	h.get(t, end).expect(t, 200, "Ends the session at Keycloak in which Ledger takes part", "What each application did is not known")
	if got := h.post(t, end, reason); got.code != 303 {
		t.Fatalf("%d: %s", got.code, got.text())
	}
	h.drain(t)
	h.get(t, "/outcomes").expect(t, 200, "One session ended", "1 session ended at Keycloak", "Never told", "It has no sign-out address: ends by 10:47:00 UTC when its token expires.",
		"Evidence", "Read before", "2026-11-22T10:42:00Z: 1 session; SHA-256 ", "Read after")
	h.get(t, end).expect(t, 404, "It has ended already.")

	h.kc.Fail("ListSessions", connector.FailUnreachable, 0)
	h.fragment(t, "/sessions").expect(t, 200, "Keycloak does not answer. What is open there is not known.", "Try again")
	h.get(t, end).expect(t, 200, "The session is ended as soon as it answers.")
	h.kc.Mend()
	h.kc.Fail("ListSessions", connector.FailUnsupported, 0)
	quiet := h.fragment(t, "/sessions")
	quiet.expect(t, 200, "Keycloak cannot list sessions.")
	quiet.lacks(t, "Try again")
	h.caller.Actor.Can = models.UsersRead
	h.kc.Mend()
	h.fragment(t, "/sessions").lacks(t, "/end")
}

func TestOutcomesPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.connect(t)
	h.get(t, "/outcomes").expect(t, 200, "Nothing was done yet")
	h.get(t, "/outcomes?after=garbage").expect(t, 422, "This address names no act in the outcomes for ", "Open the outcomes from their newest act.")
	for range 21 {
		if _, err := h.offboard.EndSessions(t.Context(), h.caller.Actor, h.elif.PublicID, offboard.Ask{Reason: "laptop lost on the train"}); err != nil {
			t.Fatal(err)
		}
	}
	page := h.get(t, "/outcomes")
	page.expect(t, 200, "All sessions ended", "Nothing to end: no session was open here.", "20 acts shown, 20 not finished")
	next := regexp.MustCompile(`/outcomes\?after=\d+`).FindString(page.body)
	if next == "" {
		t.Fatal("no older page")
	}
	h.get(t, next).expect(t, 200, "1 act shown")
	h.kc.Fail("ListSessions", connector.FailBroken, 0)
	h.drain(t)
	h.get(t, next).expect(t, 200, "Waiting", "Keycloak answered 500.", "Next try")
}

// What belongs to somebody else is not found.
func TestStrangersAccounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.connect(t)
	other := connector.Held{ConnectorID: h.at.ConnectorID, Account: "sub-goran"}
	for _, path := range []string{"/accounts/" + other.Handle() + "/unlock", "/accounts/none/unlock", "/accounts/" + other.Handle() + "/sessions/x/end"} {
		h.get(t, path).expect(t, 404)
		h.post(t, path, reason).expect(t, 404)
	}
}

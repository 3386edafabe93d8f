package demo

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/demo/outside"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// peopled is a provider with the company's people behind it.
func peopled(t *testing.T) (*stage, *outside.System) {
	t.Helper()
	people, err := outside.Open("", outside.Options{Name: ProviderName})
	if err != nil {
		t.Fatal(err)
	}
	if err := people.Fill(compose(moment).outsiders(ProviderKey)); err != nil {
		t.Fatal(err)
	}
	return stageWith(t, people), people
}

const subjectAdmin = "nw-amara-okafor"

func TestEverybodyOnThePageHasAnAccount(t *testing.T) {
	t.Parallel()
	_, people := peopled(t)
	for _, a := range accounts() {
		if _, known := people.Find(a.Subject); !known {
			t.Errorf("%s can be chosen and has no account", a.Name)
		}
	}
	if n := people.Size(); n < 9_000 || n > Size {
		t.Errorf("%d accounts, want those of the staff", n)
	}
}

func TestSwitchedOffCannotSignIn(t *testing.T) {
	t.Parallel()
	s, people := peopled(t)
	if err := people.SetEnabled(t.Context(), subjectAdmin, false); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]oidc.Ask{"named": {LoginHint: PersonaAdmin}, "chosen": {}} {
		_, page := s.begin(t, ask)
		if name == "chosen" {
			page = s.send(t, page, url.Values{"account": {PersonaAdmin}}, nil)
		}
		if page.code != http.StatusForbidden || page.back != nil || !strings.Contains(page.body, "this account is switched off") {
			t.Errorf("%s: %d, sent to %v", name, page.code, page.back)
		}
	}
	if err := people.SetEnabled(t.Context(), subjectAdmin, true); err != nil {
		t.Fatal(err)
	}
	tx, page := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
	if grant := s.finish(t, tx, page); grant.Identity.Subject != subjectAdmin {
		t.Errorf("switched on again: %+v", grant.Identity)
	}
}

func TestLockedAndRemovedCannotSignIn(t *testing.T) {
	t.Parallel()
	s, people := peopled(t)
	if err := people.Prove(subjectAdmin, connector.Lock{Locked: true, Failures: 5, Until: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if _, page := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin}); page.code != http.StatusForbidden || !strings.Contains(page.body, "wrong passwords") {
		t.Errorf("locked: %d", page.code)
	}
	if err := people.Remove("nw-jonas-lindqvist", ""); err != nil {
		t.Fatal(err)
	}
	if _, page := s.begin(t, oidc.Ask{LoginHint: PersonaHelpdesk}); page.code != http.StatusForbidden || !strings.Contains(page.body, "not there any more") {
		t.Errorf("removed: %d", page.code)
	}
}

// What is ended from outside is over for the browser, and the console is told.
func TestEndedFromOutside(t *testing.T) {
	t.Parallel()
	s, people := peopled(t)
	tx, page := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
	grant := s.finish(t, tx, page)
	list, err := people.ListSessions(t.Context(), subjectAdmin)
	if err != nil || len(list) != 1 || list[0].Apps[0] != ClientID {
		t.Fatalf("sessions = %+v, %v", list, err)
	}
	if err := people.EndSessions(t.Context(), subjectAdmin, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, page := s.begin(t, oidc.Ask{Prompt: "none"}); page.back == nil || page.back.Query().Get("error") != "login_required" {
		t.Errorf("the browser is still signed in: %d, %v", page.code, page.back)
	}
	select {
	case token := <-s.told:
		ended, err := s.console.VerifyLogout(t.Context(), token)
		if err != nil || ended.Subject != subjectAdmin || ended.SID != grant.Identity.SID || ended.SID != list[0].ID {
			t.Errorf("the message says %+v, %v", ended, err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the console was not told")
	}
}

// What is written to the system stands in the claims of the next sign-in.
func TestClaimsFollowTheSystem(t *testing.T) {
	t.Parallel()
	s, people := peopled(t)
	if err := people.WriteFields(t.Context(), subjectAdmin, map[string]string{"email": "amara@northwind.example"}); err != nil {
		t.Fatal(err)
	}
	tx, page := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
	if grant := s.finish(t, tx, page); grant.Identity.Email != "amara@northwind.example" {
		t.Errorf("e-mail = %q", grant.Identity.Email)
	}
}

func TestSigningOutEndsTheSessionThere(t *testing.T) {
	t.Parallel()
	s, people := peopled(t)
	tx, page := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
	grant := s.finish(t, tx, page)
	address, _ := s.console.SignOutURL(t.Context(), grant.Tokens.ID, "")
	s.open(t, address)
	if list, err := people.ListSessions(t.Context(), subjectAdmin); err != nil || len(list) != 0 {
		t.Errorf("sessions = %+v, %v", list, err)
	}
}

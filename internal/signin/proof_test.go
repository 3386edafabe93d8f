package signin_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// judge remembers what it was shown, and answers what a test wants.
type judge struct {
	shown  []string
	answer error
}

func (j *judge) Prove(_ context.Context, actor models.Actor, request string, i directory.NewIdentity) error {
	j.shown = append(j.shown, fmt.Sprintf("%s %s %s %s %v", actor.Name, request, i.Provider, i.Subject, i.EmailVerified))
	return j.answer
}

// asked is a house with a judge, and a person who is signed in.
func asked(t *testing.T, db *dbtest.DB) (*house, *judge, string, session.Live) {
	t.Helper()
	h := build(t, db, func(p *config.Provider) { p.MaxAuthAge = 0 })
	j := new(judge)
	h.rebuild(t, func(d *signin.Deps) { d.Prover = j })
	token, live := h.seated(t, nil)
	return h, j, token, live
}

func (h *house) beginProof(t *testing.T, live session.Live) signin.Started {
	t.Helper()
	started, err := h.flow.StartProof(t.Context(), signin.BeginProof{Live: live, Provider: "keycloak", Request: "case-1", ReturnTo: "/me/links/case-1", Facts: desk})
	if err != nil {
		t.Fatalf("StartProof: %v", err)
	}
	return started
}

func other() map[string]any {
	return amara(map[string]any{"sub": "amara-2", "email": "a.okafor@northwind.example", "preferred_username": "a.okafor"})
}

// The identity that came back is handed on, nobody is signed in by it, and the
// session goes on under the same token.
func TestProof(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h, j, token, live := asked(t, db)
		h.op.SignIn(other())
		started := h.beginProof(t, live)
		address, err := url.Parse(started.Address)
		if err != nil || address.Query().Get("prompt") != "login" || address.Query().Get("max_age") != "0" || address.Query().Get("login_hint") != "" {
			t.Errorf("the request is %s, %v", started.Address, err)
		}
		out, err := h.finishStepUp(t, h.op.Authorize(t, started.Address), started.Binding, token)
		if err != nil || out.Token != token || out.ReturnTo != "/me/links/case-1" {
			t.Fatalf("%+v, %v", out, err)
		}
		if want := "Amara Okafor case-1 keycloak amara-2 true"; len(j.shown) != 1 || j.shown[0] != want {
			t.Errorf("shown %q, want %q", j.shown, want)
		}
		if people, identities := len(h.users(t)), len(h.identities(t)); people != 1 || identities != 1 {
			t.Errorf("%d people with %d identities after a proof: it created or linked something by itself", people, identities)
		}
		if now, err := h.sessions.Find(t.Context(), token); err != nil || now.UserID != live.UserID || now.Subject != "amara-1" {
			t.Errorf("the session is %+v, %v", now, err)
		}
		if n := len(h.events(t, models.SignInDone)); n != 1 {
			t.Errorf("%d sign-ins are told, want the one before", n)
		}
	})
}

func TestProofIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		stale  bool
		answer error
		token  func(string) string
		reason string
		shown  int
	}{
		{name: "by whoever asked", answer: errs.New(errs.Conflict, "This identity already belongs to somebody."), reason: "proof_refused", shown: 1},
		{name: "nothing asks for it", answer: errs.New(errs.NotFound, "There is no such case here."), reason: "proof_refused", shown: 1},
		{name: "in another session", token: func(string) string { return "" }, reason: "other_session"},
		{name: "without a fresh sign-in", stale: true, reason: "not_asked_again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, j, token, live := asked(t, dbtest.One(t, store.SQLite))
			j.answer = c.answer
			h.op.SignIn(other())
			if c.stale {
				h.op.Mutate(func(f *optest.Faults) { f.Claims = func(c map[string]any) { delete(c, "auth_time") } })
			}
			started := h.beginProof(t, live)
			held := token
			if c.token != nil {
				held = c.token(token)
			}
			_, err := h.finishStepUp(t, h.op.Authorize(t, started.Address), started.Binding, held)
			r := refused(t, err, c.reason)
			if !r.Proof || r.StepUp || len(j.shown) != c.shown || r.ReturnTo != "/me/links/case-1" {
				t.Errorf("refusal %+v, shown %v", r, j.shown)
			}
			if said, ok := errs.As(c.answer); ok && !strings.Contains(r.Cause, said.Safe) {
				t.Errorf("the page says %q", r.Cause)
			}
			if _, err := h.sessions.Find(t.Context(), token); err != nil {
				t.Errorf("the session did not stay: %v", err)
			}
		})
	}
}

// What began as a proof is finished as nothing else, once.
func TestProofIsUsedOnce(t *testing.T) {
	t.Parallel()
	h, j, token, live := asked(t, dbtest.One(t, store.SQLite))
	h.op.SignIn(other())
	started := h.beginProof(t, live)
	values := h.op.Authorize(t, started.Address)
	if _, err := h.finishStepUp(t, values, started.Binding, token); err != nil {
		t.Fatal(err)
	}
	_, err := h.finishStepUp(t, values, started.Binding, token)
	refused(t, err, "state_unknown")
	if len(j.shown) != 1 || len(h.users(t)) != 1 {
		t.Errorf("shown %v, %d people", j.shown, len(h.users(t)))
	}
}

func TestNoProofWithoutAProver(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	_, live := h.seated(t, nil)
	if _, err := h.flow.StartProof(t.Context(), signin.BeginProof{Live: live, Provider: "keycloak", Facts: desk}); !errs.Is(err, errs.NotFound) {
		t.Errorf("a proof nobody can take was started: %v", err)
	}
}

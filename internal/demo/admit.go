package demo

import (
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"

	"github.com/rollcall/rollcall/internal/connector"
	view "github.com/rollcall/rollcall/views/demo"
)

// seat signs a browser in, unless the account may not come in.
func (p *Provider) seat(w http.ResponseWriter, r *http.Request, as *goidc.AuthnSession, a Account) (goidc.Status, error) {
	fresh := seat{sid: rand.Text(), account: a.Key, since: now()}
	if p.people != nil {
		if p.people.Locked(a.Subject) {
			return p.shut(w, r, "too many wrong passwords locked this account")
		}
		err := p.people.Admit(connector.Session{ID: fresh.sid, AccountID: a.Subject, IP: host(r), StartedAt: fresh.since, Apps: []string{as.ClientID}})
		if f, refused := errors.AsType[*connector.Failure](err); refused {
			return p.shut(w, r, map[connector.FailureKind]string{connector.FailNotFound: "this account is not there any more"}[f.Kind])
		}
		if err != nil {
			return goidc.StatusFailure, err
		}
	}
	p.seats.take(w, r, fresh)
	return p.admit(as, a, fresh)
}

// shut says why an account does not come in. Nothing is sent to the console: the
// person stays at the provider, as at a real one.
func (p *Provider) shut(w http.ResponseWriter, r *http.Request, why string) (goidc.Status, error) {
	if why == "" {
		why = "this account is switched off"
	}
	page := view.Notice{
		Provider: ProviderName, Banner: Banner, Title: "You cannot sign in",
		Text: ProviderName + " did not sign you in: " + why + ". Nobody was signed in.", Href: "/", Link: "Back to Rollcall",
	}
	if err := p.draw(w, r, http.StatusForbidden, page.Page()); err != nil {
		return goidc.StatusFailure, err
	}
	return goidc.StatusInProgress, nil
}

// sitting gives the seat of a browser whose session lives. One that was ended
// from outside, or whose account was switched off, is none.
func (p *Provider) sitting(r *http.Request, at time.Time) (seat, bool) {
	s, seated := p.seats.of(r, at)
	if !seated || p.people == nil {
		return s, seated
	}
	a, _ := p.account(s.account)
	return s, p.people.Lives(a.Subject, s.sid)
}

// leave signs a browser out.
func (p *Provider) leave(w http.ResponseWriter, r *http.Request) {
	if s, seated := p.seats.of(r, now()); seated && p.people != nil {
		a, _ := p.account(s.account)
		if err := p.people.Leave(a.Subject, s.sid); err != nil {
			p.log.Error("the end of a session was not written", "error", err)
		}
	}
	p.seats.leave(w, r)
}

// current gives an account as the system behind the provider has it now.
func (p *Provider) current(a Account) Account {
	if p.people == nil {
		return a
	}
	now, known := p.people.Find(a.Subject)
	if !known {
		return a
	}
	a.Name, a.Given, a.Family, a.Email, a.Username, a.Groups = now.DisplayName, now.GivenName, now.FamilyName, now.Email, now.Username, now.Groups
	return a
}

func host(r *http.Request) string {
	h, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return h
}

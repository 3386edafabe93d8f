package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// ending says what became of the session at the provider.
type ending string

const (
	endingAsked   ending = "asked"   // the browser goes there now
	endingNone    ending = "none"    // the provider has no sign-out address (LOG-03)
	endingDown    ending = "down"    // it could not be asked
	endingSkipped ending = "skipped" // the settings say: here only
)

// Goodbye says where to send a browser that signed out here.
type Goodbye struct {
	Address  string // the provider's sign-out, or the signed-out page
	provider string // key
	state    string
	how      ending
}

// signOutTime bounds the wait for the provider's metadata; the session here is
// gone by then.
const signOutTime = 3 * time.Second

// SignOut ends the session here first, and then says how to end the one at the
// provider (LOG-01). The error is about the session here only.
func (f *Flow) SignOut(ctx context.Context, live session.Live, facts Facts) (Goodbye, error) {
	hint, err := f.sessions.IDToken(ctx, live)
	if err != nil {
		f.log.WarnContext(ctx, "sign-out hint not read", "session", live.PublicID, "error", err)
		hint = "" // the provider asks the person instead
	}
	if err := f.close(ctx, live, facts); err != nil {
		return Goodbye{}, err
	}
	bye := Goodbye{Address: signedOutPath, provider: live.Provider, how: endingSkipped}
	p, ok := f.providers.find(live.Provider)
	if !ok || p.config.SkipLogout {
		return bye, nil
	}
	ctx, cancel := context.WithTimeout(ctx, signOutTime)
	defer cancel()
	state := fresh()
	address, ok := p.SignOutURL(ctx, oidc.Secret(hint), state)
	switch {
	case ok:
		bye.Address, bye.state, bye.how = address, state, endingAsked
	case p.Health().OK:
		bye.how = endingNone
	default:
		bye.how = endingDown
	}
	return bye, nil
}

// errGone stops the change when there is nothing to change.
var errGone = errors.New("signin: the session is gone")

// close ends and records the session; one that is gone already stays gone.
func (f *Flow) close(ctx context.Context, live session.Live, facts Facts) error {
	actor := live.Actor(0, facts.IP, facts.RequestID)
	err := f.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		there, err := f.sessions.Close(ctx, tx, live.PublicID)
		if err != nil {
			return err
		}
		if !there {
			return errGone
		}
		if err := endGrantsOfSessions(ctx, tx, []string{live.PublicID}); err != nil { // OIDC-44
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.SignOutDone,
			Target: store.Ref{Kind: models.KindUser, ID: live.UserID, Name: live.Name},
			Object: store.Ref{Kind: models.KindSession, Name: live.PublicID},
			Detail: live.Provider,
		})
	})
	if errors.Is(err, errGone) {
		return nil
	}
	f.hurry()
	return err
}

// SignOutCookie lets the signed-out page know what the browser comes back from.
// The zero Goodbye takes it away.
func (f *Flow) SignOutCookie(b Goodbye) *http.Cookie {
	if b.how == "" {
		return f.cookie(signOutCookie, "", -1)
	}
	return f.cookie(signOutCookie, string(b.how)+"."+b.provider+"."+b.state, int(oidc.Life.Seconds()))
}

// SignedOut is the page after signing out.
type SignedOut struct {
	Sentence string
	Provider string // name; "" when it is not known
}

// SignedOut says what became of the sessions. A state that is missing or wrong
// only means that nothing is confirmed; the page never leads elsewhere (LOG-02).
func (f *Flow) SignedOut(r *http.Request) SignedOut {
	const here = "You are signed out of Rollcall."
	how, rest, _ := strings.Cut(f.read(r, signOutCookie), ".")
	key, state, _ := strings.Cut(rest, ".")
	p, ok := f.providers.find(key)
	if !ok {
		return SignedOut{Sentence: here}
	}
	page := SignedOut{Sentence: here, Provider: p.Name()}
	stay := " Your session there may go on: close the browser."
	switch ending(how) {
	case endingAsked:
		given := r.URL.Query().Get("state")
		if state != "" && subtle.ConstantTimeCompare([]byte(given), []byte(state)) == 1 {
			page.Sentence += " " + p.Name() + " confirmed."
		} else {
			page.Sentence += " " + p.Name() + " has not confirmed that you are signed out there."
		}
	case endingNone:
		page.Sentence += " " + p.Name() + " has no sign-out address." + stay
	case endingDown:
		page.Sentence += " " + p.Name() + " could not be asked." + stay
	case endingSkipped:
		page.Sentence += " You are still signed in at " + p.Name() + "."
	}
	return page
}

package signin

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What one address may get wrong at one provider's door (BCL-13). Only messages
// that are refused count: a provider may end ten thousand sessions at once.
const (
	wrongPerSecond = rate.Limit(5)
	wrongBurst     = 100
)

// signInTakes is how old an ID token may be when a session begins: so long must
// a message be remembered that ended its session.
const signInTakes = 15 * time.Minute

// detailBackchannel says in the log how a session ended.
const detailBackchannel = "back-channel sign-out"

// Backchannel is a message that came in at a provider's own address.
type Backchannel struct {
	Provider string // key, from the address
	Token    string
	Facts    Facts
}

// Backchannel takes a provider's word that sessions have ended there, and ends
// them here (BCL-09); it says how many. Ending none is no error. A refused
// message is a *Refusal; any other error means that the message should be sent
// again.
func (f *Flow) Backchannel(ctx context.Context, b Backchannel) (int, error) {
	p, ok := f.providers.find(b.Provider)
	if !ok {
		return 0, errNoProvider()
	}
	wrong := f.wrong.of(p.Key())
	if !wrong.room(b.Facts.IP, f.now()) {
		return 0, errs.New(errs.TooMany, "Too many sign-out messages from this address were refused. Wait a minute.")
	}
	message, err := p.VerifyLogout(ctx, b.Token)
	if err == nil {
		var ended int
		ended, err = f.hear(ctx, p, message, b.Facts)
		if err == nil {
			f.hurry()
			f.log.InfoContext(ctx, "sign-out message heard", "provider", p.Key(), "ended", ended)
			return ended, nil
		}
	}
	var r *oidc.Refusal
	if errors.As(err, &r) {
		f.log.WarnContext(ctx, "sign-out message refused", "provider", p.Key(), "reason", string(r.Reason), "detail", r.Detail)
		if !errs.Is(err, errs.Unavailable) {
			wrong.allow(b.Facts.IP, f.now())
		}
		return 0, f.translate(p, err)
	}
	return 0, err
}

var (
	errNothingEnded = errors.New("signin: the message ends nothing")
	errSomethingToo = errors.New("signin: the message ends something after all")
)

// hear ends what the message names, once on all replicas together. What ends is
// a change with its events; a message that ends nothing is only noted. Between
// the two looks a session may have begun: then it looks again.
func (f *Flow) hear(ctx context.Context, p *provider, m *oidc.Logout, facts Facts) (int, error) {
	var ended int
	actor := models.Actor{
		Tenant: f.tenant, Kind: models.ActorSystem, Name: p.Name(), Via: models.ViaSignal, IP: facts.IP, RequestID: facts.RequestID,
	}
	for range 3 {
		err := f.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
			var err error
			ended, err = f.end(ctx, tx, p, m)
			if err == nil && ended == 0 {
				return errNothingEnded
			}
			return err
		})
		if !errors.Is(err, errNothingEnded) {
			return ended, err
		}
		err = f.store.Maintain(ctx, f.tenant, store.LogoutHeard, func(ctx context.Context, tx *store.Tx) error {
			n, err := f.end(ctx, tx, p, m)
			if err == nil && n > 0 {
				return errSomethingToo
			}
			return err
		})
		if !errors.Is(err, errSomethingToo) {
			return 0, err
		}
	}
	return 0, errs.New(errs.Conflict, "Sessions began and ended at the same moment. Send the message again.")
}

// end notes the message and ends the sessions, inside a transaction. The person
// is locked as a sign-in locks them: one that is under way either has begun its
// session, which ends now, or finds the message (see recall).
func (f *Flow) end(ctx context.Context, tx *store.Tx, p *provider, m *oidc.Logout) (int, error) {
	if err := insertLogout(ctx, tx, logoutRow(p, m, tx.Now)); err != nil {
		if store.IsUniqueViolation(err) {
			return 0, oidc.Refuse(oidc.ReasonReplayed, p.Name())
		}
		return 0, err
	}
	if m.Subject != "" {
		user, _, err := f.people.IdentityIn(ctx, tx, m.Issuer, m.Subject)
		if err == nil {
			_, err = f.people.LockByID(ctx, tx, user.ID)
		}
		if err != nil && !errs.Is(err, errs.NotFound) {
			return 0, err
		}
	}
	ended, err := f.sessions.EndAtProvider(ctx, tx, session.AtProvider{Issuer: m.Issuer, Subject: m.Subject, SID: m.SID}, detailBackchannel)
	if errors.Is(err, session.ErrForeign) {
		return 0, oidc.Refuse(oidc.ReasonSessionForeign, p.Name())
	}
	if err != nil || len(ended) == 0 {
		return 0, err
	}
	if err := detach(ctx, tx, ended); err != nil { // BCL-12: what was granted beyond the session stays
		return 0, err
	}
	return len(ended), endGrantsOfSessions(ctx, tx, ended)
}

func logoutRow(p *provider, m *oidc.Logout, now models.Instant) *models.LogoutToken {
	row := &models.LogoutToken{
		TokenHash: hash(m.Issuer + "\x00" + m.TokenID), Provider: p.Key(),
		IssuedAt: models.At(m.IssuedAt), ReceivedAt: now, ExpiresAt: max(models.At(m.Until), now.Add(signInTakes)),
	}
	if m.Subject != "" {
		row.SubjectHash = hash(m.Issuer + "\x00" + m.Subject)
	}
	if m.SID != "" {
		row.SIDHash = hash(m.Issuer + "\x00" + m.SID)
	}
	return row
}

// recall refuses a sign-in whose session at the provider has ended while it was
// under way: its ID token is older than the message.
func (a *admission) recall(ctx context.Context, tx *store.Tx) (err error) {
	a.refusal, err = a.recalled(ctx, tx, a.provider, &a.grant.Identity)
	return err
}

// recalled gives the refusal of an identity whose session has ended since, or nil.
func (f *Flow) recalled(ctx context.Context, tx *store.Tx, p *provider, id *oidc.Identity) (*Refusal, error) {
	sid := ""
	if id.SID != "" {
		sid = hash(id.Issuer + "\x00" + id.SID)
	}
	gone, err := heardSince(ctx, tx, hash(id.Issuer+"\x00"+id.Subject), sid, models.At(id.IssuedAt))
	if err != nil || !gone {
		return nil, err
	}
	r := f.refuse(p, ReasonSignedOut, "You were signed out at "+p.Name()+" while you signed in here.", "Start again.")
	r.Again = true
	return r, nil
}

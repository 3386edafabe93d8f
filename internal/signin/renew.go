package signin

import (
	"context"
	"errors"
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// attending is the work on one grant, under its lease.
type attending struct {
	*Flow
	provider *provider
	grant    *due
	prove    bool // taken back for a step that has to say how that is known
}

// renew asks the provider whether it still vouches for the person, with the one
// refresh token it takes (OIDC-41). What it gives is kept before it is judged.
// It says whether the provider can be asked at all.
func (a *attending) renew(ctx context.Context) (bool, error) {
	had, err := a.openGrant(&a.grant.SignInGrant)
	if err != nil { // the key it was sealed with is gone: nobody can use it any more
		a.log.ErrorContext(ctx, "a grant cannot be opened", "grant", a.grant.PublicID, "error", err)
		return true, a.keeping(ctx, func(ctx context.Context, tx *store.Tx) error {
			return a.grant.turn(ctx, tx, models.GrantDead, "cannot be opened", tx.Now.Add(keepDead))
		})
	}
	renewal, err := a.provider.Refresh(ctx, oidc.Secret(had.Refresh))
	if err != nil {
		return a.refused(ctx, err, models.GrantDead)
	}
	if err := a.rotate(ctx, renewal, had.Original); err != nil {
		return true, err
	}
	who, err := a.provider.Confirm(ctx, renewal, had.Original)
	if err != nil {
		return a.refused(ctx, err, models.GrantEnding) // the new token is good, and must not stay so
	}
	return true, a.learn(ctx, who)
}

// refused deals with a refusal: one that speaks against the person ends their
// session, every other one is a fault on the way and ends nothing (OIDC-42).
func (a *attending) refused(ctx context.Context, err error, to models.GrantState) (bool, error) {
	var r *oidc.Refusal
	if !errors.As(err, &r) || ctx.Err() != nil {
		return true, err
	}
	if r.Reason.Ends() {
		return true, a.end(ctx, string(r.Reason), r.Detail, to)
	}
	a.log.WarnContext(ctx, "a provider could not be asked about somebody signed in", "provider", a.provider.Key(), "reason", string(r.Reason), "detail", r.Detail)
	return !outage(r), a.putOff(ctx, string(r.Reason), r.RetryAfter)
}

// patience bounds the tries to keep a token that the provider gave: the old one
// is used up by then, and losing the new one signs the person out.
var patience = []time.Duration{0, 200 * time.Millisecond, time.Second, 3 * time.Second}

func (a *attending) rotate(ctx context.Context, r *oidc.Renewal, was oidc.Original) error {
	sealed, err := a.sealGrant(kept{Refresh: r.Tokens.Refresh.Reveal(), Access: r.Tokens.Access.Reveal(), Original: was}, &a.grant.SignInGrant)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	for _, pause := range patience {
		time.Sleep(pause)
		err = a.keeping(ctx, func(ctx context.Context, tx *store.Tx) error {
			return a.grant.rotate(ctx, tx, sealed, models.At(r.Tokens.Expires))
		})
		if err == nil || errors.Is(err, errLostLease) {
			break
		}
	}
	a.grant.Sealed = sealed
	return err
}

// keeping is a technical write about the grant.
func (a *attending) keeping(ctx context.Context, fn func(context.Context, *store.Tx) error) error {
	return a.store.Maintain(ctx, a.tenant, store.GrantKeeping, fn)
}

// putOff tries again later: after 30 seconds, then twice as long each time up to
// ten minutes, and not before the provider wants.
func (a *attending) putOff(ctx context.Context, trouble string, least time.Duration) error {
	pause := max(min(firstPause<<min(a.grant.Fails, 10), longestPause), least)
	return a.keeping(ctx, func(ctx context.Context, tx *store.Tx) error {
		return a.grant.putOff(ctx, tx, trouble, tx.Now.Add(pause))
	})
}

// learn takes over what the provider says now, as a sign-in does: fields, and
// roles from claims. Each change has its event; none has none.
func (a *attending) learn(ctx context.Context, who *oidc.Identity) error {
	next := a.provider.next(a.store.Now())
	if who == nil {
		return a.keeping(ctx, func(ctx context.Context, tx *store.Tx) error { return a.grant.settle(ctx, tx, next) })
	}
	in := &admission{Flow: a.Flow, provider: a.provider, grant: &oidc.Grant{Identity: *who}, again: true}
	foreign := false
	err := a.store.Maintain(ctx, a.tenant, store.GrantRenewed, func(ctx context.Context, tx *store.Tx) error {
		user, identity, err := a.people.IdentityIn(ctx, tx, who.Issuer, who.Subject)
		if foreign = errs.Is(err, errs.NotFound) || err == nil && user.ID != a.grant.UserID; foreign {
			return nil
		}
		if err != nil {
			return err
		}
		in.identity = identity
		if in.user, err = a.people.LockByID(ctx, tx, user.ID); err != nil {
			return err
		}
		if err := in.learn(ctx, tx); err != nil {
			return err
		}
		if err := in.assign(ctx, tx); err != nil {
			return err
		}
		return a.grant.settle(ctx, tx, next)
	})
	if err == nil && foreign { // unlinked since: this session is of nobody any more
		return a.end(ctx, "identity_unlinked", "", models.GrantEnding)
	}
	if err == nil {
		in.warn(ctx)
	}
	return err
}

// end ends what the grant vouched for and records why. The person's other
// grants of this provider are asked about at once: what holds for one session
// may hold for all, and the provider knows. A session with a newer grant, from a
// fresh sign-in, hangs on that one, and nothing ends with the older.
func (a *attending) end(ctx context.Context, reason, detail string, to models.GrantState) error {
	if detail != "" {
		reason += ": " + detail
	}
	actor := models.Actor{Tenant: a.tenant, Kind: models.ActorSystem, Name: a.provider.Name(), Via: models.ViaSystem}
	next := models.Instant(0) // at once
	if to == models.GrantDead {
		next = a.store.Now().Add(keepDead)
	}
	followed, err := a.grant.followed(ctx, a.store.Read(a.tenant))
	if err != nil {
		return err
	}
	if followed {
		return a.giveUp(ctx, to, reason, next)
	}
	return a.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		user, err := a.people.LockByID(ctx, tx, a.grant.UserID)
		if err != nil {
			return err
		}
		if err := a.endSessions(ctx, tx); err != nil {
			return err
		}
		if err := a.grant.turn(ctx, tx, to, reason, next); err != nil {
			return err
		}
		if err := askOthers(ctx, tx, a.grant); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.GrantRefused, Target: directory.Ref(user),
			Object: store.Ref{Kind: models.KindProvider, Name: a.provider.Name()}, Detail: reason,
		})
	})
}

// giveUp ends the work on a grant whose session has a newer one.
func (a *attending) giveUp(ctx context.Context, to models.GrantState, reason string, next models.Instant) error {
	return a.keeping(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := a.grant.turn(ctx, tx, to, reason, next); err != nil {
			return err
		}
		return askOthers(ctx, tx, a.grant)
	})
}

// detailRefused says in the log how a session ended.
const detailRefused = "no longer vouched for"

// endSessions ends the grant's session. A grant that outlived its session
// speaks for the person: then all they have of this provider end.
func (a *attending) endSessions(ctx context.Context, tx *store.Tx) error {
	if a.grant.SessionID != "" {
		_, err := a.sessions.EndOf(ctx, tx, a.grant.SessionID, detailRefused)
		return err
	}
	_, err := a.sessions.EndAtProvider(ctx, tx, session.AtProvider{Issuer: a.grant.Issuer, Subject: a.grant.Subject}, detailRefused)
	return err
}

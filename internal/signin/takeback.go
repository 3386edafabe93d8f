package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/oauth"
	"github.com/rollcall/rollcall/models"
)

// tries bounds how often a token is tried to be taken back: about a day, at one
// try every ten minutes.
const tries = 150

// takeBack revokes the grant's tokens, looks whether they are dead, and forgets
// them (OIDC-44, TOK-01, TOK-04). It says what became of them and whether the
// provider can be asked at all.
func (a *attending) takeBack(ctx context.Context) (proof, bool, error) {
	had, err := a.openGrant(&a.grant.SignInGrant)
	if err != nil {
		a.log.ErrorContext(ctx, "a grant cannot be opened", "grant", a.grant.PublicID, "error", err)
		p := proof{sentence: "The token could not be read any more, so it was not revoked."}
		return p, true, a.forget(ctx, p)
	}
	revoke, least := a.revoke, time.Duration(0)
	if a.prove {
		revoke, least = a.revokeProven, leftToSteps
	}
	p, err := revoke(ctx, had)
	var r *oidc.Refusal
	switch {
	case errors.As(err, &r) && ctx.Err() == nil && a.grant.Fails < tries:
		a.log.WarnContext(ctx, "a token could not be taken back yet", "provider", a.provider.Key(), "reason", string(r.Reason), "detail", r.Detail)
		return p, !outage(r), errors.Join(a.putOff(ctx, string(r.Reason), max(r.RetryAfter, least)), errStill{r})
	case errors.As(err, &r) && ctx.Err() == nil:
		p.sentence = a.provider.Name() + " did not take the token back for a day. It was forgotten here without being revoked there."
	case err != nil:
		return p, true, err
	}
	return p, true, a.forget(ctx, p)
}

// errStill: the token is not taken back yet; it will be tried again.
type errStill struct{ *oidc.Refusal }

// proof is what is known about tokens after they were revoked.
type proof struct {
	done     bool // the provider said that it revoked them
	dead     bool // and they were seen alive before, and dead after
	sentence string
	looks    []Look // with prove only
}

// revoke takes back the refresh token first and the access token second, between
// two looks of the same kind: only what was seen alive and then dead is proven.
func (a *attending) revoke(ctx context.Context, had kept) (proof, error) {
	name := a.provider.Name()
	look, before, err := a.firstLook(ctx, &had)
	if err != nil {
		return proof{}, err
	}
	if before == no {
		return proof{done: true, dead: a.grant.CheckedAt > a.grant.CreatedAt, sentence: name + " had taken the token back already." + a.residue()}, nil
	}
	asked, err := a.askToRevoke(ctx, &had)
	if err != nil {
		return proof{}, err
	}
	if !asked {
		return a.noAddress(), nil
	}
	after := unseen
	if before == yes {
		if after, err = look(ctx, &had); err != nil {
			return proof{}, err
		}
	}
	switch after {
	case yes:
		return proof{}, oidc.Refuse(oidc.ReasonStillActive, name)
	case no:
		return proof{done: true, dead: true, sentence: name + " refuses the token that it took before." + a.residue()}, nil
	case unseen:
	}
	return proof{done: true, sentence: name + " says that it took the token back. Whether it is dead could not be seen." + a.residue()}, nil
}

// askToRevoke asks the provider to take back what it gave; false: it has no
// address for that.
func (a *attending) askToRevoke(ctx context.Context, had *kept) (bool, error) {
	asked, err := a.provider.Revoke(ctx, oidc.Secret(had.Refresh), oauth.RefreshToken)
	if err != nil || !asked || had.Access == "" {
		return asked, err
	}
	_, err = a.provider.Revoke(ctx, oidc.Secret(had.Access), oauth.AccessToken)
	return true, err
}

func (a *attending) noAddress() proof {
	return proof{sentence: a.provider.Name() + " has no address for taking back tokens. The token was forgotten here and stays good there until it runs out." + a.residue()}
}

// residue says until when an access token may be accepted by those who check it
// by its signature alone (TOK-07).
func (a *attending) residue() string {
	if until := a.grant.AccessUntil; until > a.store.Now() {
		return fmt.Sprintf(" An access token of before may be accepted elsewhere until %s.", until.Time().Format(time.RFC3339))
	}
	return ""
}

// answer is what a look at a token gave.
type answer uint8

const (
	unseen answer = iota
	yes
	no
)

// look finds out whether the refresh token lives.
type look func(context.Context, *kept) (answer, error)

// firstLook finds the kind of look that sees the token. Introspection is asked
// first, but many providers call a living token inactive when they do not let
// this client see it; then the token itself is tried.
func (a *attending) firstLook(ctx context.Context, had *kept) (look, answer, error) {
	seen, err := a.introspect(ctx, had)
	if err != nil || seen == yes {
		return a.introspect, seen, err
	}
	seen, err = a.try(ctx, had)
	return a.try, seen, err
}

// introspect asks what the provider says of the token (TOK-05).
func (a *attending) introspect(ctx context.Context, had *kept) (answer, error) {
	said, asked, err := a.provider.Introspect(ctx, oidc.Secret(had.Refresh), oauth.RefreshToken)
	switch {
	case err != nil:
		return unseen, unlessUnable(err)
	case !asked:
		return unseen, nil
	case said.Fits(a.grant.Issuer, a.grant.Subject, a.store.Now().Time()):
		return yes, nil
	}
	return no, nil
}

// try uses the token: what it gives is kept, so that it can be taken back.
func (a *attending) try(ctx context.Context, had *kept) (answer, error) {
	renewal, err := a.provider.Refresh(ctx, oidc.Secret(had.Refresh))
	var r *oidc.Refusal
	switch {
	case err == nil:
		had.Refresh, had.Access = renewal.Tokens.Refresh.Reveal(), renewal.Tokens.Access.Reveal()
		return yes, a.rotate(ctx, renewal, had.Original)
	case errors.As(err, &r) && r.Reason == oidc.ReasonGrantRefused:
		return no, nil
	}
	return unseen, unlessUnable(err)
}

// unlessUnable drops refusals that only mean that this client may not look. An
// outage is none: the look is tried again.
func unlessUnable(err error) error {
	var r *oidc.Refusal
	if errors.As(err, &r) && !outage(r) {
		return nil
	}
	return err
}

// outage reports whether a refusal means that the provider cannot be asked now.
func outage(r *oidc.Refusal) bool {
	switch r.Reason {
	case oidc.ReasonProviderUnreachable, oidc.ReasonAddressRefused, oidc.ReasonMetadataMismatch, oidc.ReasonMetadataInsecure:
		return true
	}
	return false
}

// forget removes the grant and records what became of it.
func (a *attending) forget(ctx context.Context, p proof) error {
	event := store.Event{
		Action: models.GrantRevoked, Target: store.Ref{Kind: models.KindUser, ID: a.grant.UserID, Name: a.grant.DisplayName},
		Object: store.Ref{Kind: models.KindProvider, Name: a.provider.Name()}, Detail: p.sentence,
	}
	if !p.done {
		event.Result = models.ResultFailed
	}
	return a.store.Change(ctx, models.SystemActor(a.tenant, "Rollcall"), func(ctx context.Context, tx *store.Tx) error {
		if err := a.grant.remove(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, event)
	})
}

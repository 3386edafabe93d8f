package link

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// signedInBoth is the evidence of a person who signed in with both.
var signedInBoth = Fact{SignedInBoth, "The person signed in with both"}

// Prove takes a proof: the actor is the person as they are signed in, the
// identity the other one they just signed in with at its provider, request the
// public id of the case. What was asked for is carried out, or it is said and
// recorded why not. UserID, How and By of the identity are ignored.
func (e *Engine) Prove(ctx context.Context, actor models.Actor, request string, identity directory.NewIdentity) error {
	var row models.Link
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		var err error
		if row, err = lockLink(ctx, tx, request); err != nil {
			return err
		}
		if err := provedBy(row, actor, tx.Now); err != nil {
			return err
		}
		if row.Kind == models.LinkIdentity {
			return e.proveIdentity(ctx, tx, &row, identity)
		}
		return e.provePeople(ctx, tx, &row, identity)
	})
	if errs.Is(err, errs.Conflict) && row.ID != 0 {
		return e.refused(ctx, actor, identity, err)
	}
	return err
}

// provedBy refuses a proof nobody asked this person for.
func provedBy(row models.Link, actor models.Actor, now models.Instant) error {
	mine := actor.UserID == row.UserA || row.Kind == models.LinkPeople && actor.UserID == row.UserB
	switch {
	case actor.Kind != models.ActorUser || !mine:
		return noCase()
	case row.State != models.LinkProofAsked || row.Proof != models.ProofSignIn:
		return errs.New(errs.Conflict, "Nobody waits for this proof any more. Nothing was linked.")
	case row.ExpiresAt <= now:
		return errs.New(errs.Conflict, "This request ran out on %s. Ask whoever sent you here to ask again.", day(row.ExpiresAt))
	}
	return nil
}

func (e *Engine) proveIdentity(ctx context.Context, tx *store.Tx, row *models.Link, i directory.NewIdentity) error {
	if i.Provider != row.Provider || row.Subject != "" && (row.Subject != i.Subject || row.Issuer != i.Issuer) {
		return errs.New(errs.Conflict, "You signed in as somebody else than was asked for. Nothing was linked. Choose the right account at %s.", e.people.SourceName(row.Provider))
	}
	if err := e.stillAsked(ctx, tx, *row); err != nil {
		return err
	}
	i.UserID, i.How, i.By = row.UserA, "proved by signing in with both", row.RequestedBy
	row.Issuer, row.Subject = i.Issuer, i.Subject
	return e.bindAs(ctx, tx, row, i)
}

// stillAsked refuses what the requester may no longer ask for.
func (e *Engine) stillAsked(ctx context.Context, tx *store.Tx, row models.Link) error {
	_, err := e.rightsOf(ctx, tx, row)
	return err
}

func (e *Engine) provePeople(ctx context.Context, tx *store.Tx, row *models.Link, i directory.NewIdentity) error {
	holder, _, err := e.people.IdentityIn(ctx, tx, i.Issuer, i.Subject)
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.Conflict, "The identity you signed in with belongs to nobody here. Nothing was merged. Sign in with the one of your other record.")
	}
	if err != nil {
		return err
	}
	other := row.UserA + row.UserB - tx.Actor.UserID
	switch holder.ID {
	case other:
	case tx.Actor.UserID:
		return errs.New(errs.Conflict, "You signed in with the same record twice. Nothing was merged. Choose the other account at the provider.")
	default:
		return errs.New(errs.Conflict, "The identity you signed in with belongs to another record than was asked about. Nothing was merged.")
	}
	can, err := e.rightsOf(ctx, tx, *row)
	if err != nil {
		return err
	}
	return e.carryOut(ctx, tx, row, can)
}

// refused records a proof that failed. Who signed in with two records proved
// something all the same: that is suggested to the admins.
func (e *Engine) refused(ctx context.Context, actor models.Actor, identity directory.NewIdentity, why error) error {
	recorded := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		detail := ""
		if known, ok := errs.As(why); ok {
			detail = known.Safe
		}
		err := tx.Record(ctx, store.Event{
			Action: models.LinkProve, Result: models.ResultRefused, Detail: detail,
			Target: store.Ref{Kind: models.KindUser, ID: actor.UserID, Name: actor.Name},
			Object: e.identityRef(models.Link{Provider: identity.Provider, Subject: identity.Subject}),
		})
		if err != nil {
			return err
		}
		return e.suggestBoth(ctx, tx, actor.UserID, identity)
	})
	if recorded != nil {
		return fmt.Errorf("record a refused proof: %w", recorded)
	}
	return why
}

// suggestBoth suggests two records whose identities one browser signed in with.
func (e *Engine) suggestBoth(ctx context.Context, tx *store.Tx, userID int64, i directory.NewIdentity) error {
	holder, _, err := e.people.IdentityIn(ctx, tx, i.Issuer, i.Subject)
	if errs.Is(err, errs.NotFound) || err == nil && holder.ID == userID {
		return nil
	}
	if err != nil {
		return err
	}
	records, err := readRecords(ctx, tx.Reader, []int64{userID, holder.ID})
	if err != nil {
		return err
	}
	p := pairOf(userID, holder.ID)
	a, b := records[p.a], records[p.b]
	if !living(a.Status) || !living(b.Status) {
		return nil
	}
	evidence, values := e.compare(a, b)
	evidence.For = append([]Fact{signedInBoth}, evidence.For...)
	_, err = refresh(ctx, tx, []finding{{
		key: p.key(), kind: models.LinkPeople, a: a.User, b: b.User,
		evidence: evidence, strength: models.LinkStrong, values: values, held: true,
	}})
	return err
}

// SuggestNewcomer suggests that an identity that was turned away is another one
// of a known person, whose e-mail address it came with, verified by its
// provider. It links nothing: an equal address never does (OIDC-36).
func (e *Engine) SuggestNewcomer(ctx context.Context, tx *store.Tx, known models.User, identity directory.NewIdentity, authoritative bool) error {
	if !living(known.Status) {
		return nil
	}
	source := e.people.SourceName(identity.Provider)
	var ev Evidence
	ev.speaksFor(CameWithEmail, "Somebody signed in at "+source+" with this person's e-mail address, which is verified there")
	if !authoritative {
		ev.speaksAgainst(NotAuthoritative, source+" is not set as the authority for this e-mail domain")
	}
	strength, ok := ev.weigh()
	if !ok {
		return nil
	}
	_, err := refresh(ctx, tx, []finding{{
		key: identityKey(0, identity.Provider, identity.Issuer, identity.Subject), kind: models.LinkIdentity,
		a: known, identity: identity, evidence: ev, strength: strength, values: known.EmailNorm, held: true,
	}})
	return err
}

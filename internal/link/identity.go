package link

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// IdentityRequest asks for an identity to be linked to a person.
type IdentityRequest struct {
	UserPublicID string
	Provider     string // key
	Issuer       string // of the provider
	Subject      string // needed for a second admin; "" leaves it to the sign-in
	Proof        models.LinkProof
	Reason       string
}

// identityKey names a case about an identity. What is not known yet is the
// person's next identity at a provider.
func identityKey(person int64, provider, issuer, subject string) string {
	if subject == "" {
		return "i/" + strconv.FormatInt(person, 10) + "/" + provider
	}
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return "i/" + hex.EncodeToString(sum[:])
}

func taken(name string) error {
	return errs.New(errs.Conflict, "This identity already belongs to %s. One identity belongs to one person. Merge the two people, or unlink it there first. Nothing was linked.", name)
}

// AskIdentity asks for an identity to be linked: the person signs in with it, or
// a second admin approves a subject that was typed.
func (e *Engine) AskIdentity(ctx context.Context, actor models.Actor, in IdentityRequest) (models.Link, error) {
	if err := permit(actor); err != nil {
		return models.Link{}, err
	}
	in.Subject = strings.TrimSpace(in.Subject)
	if err := in.check(); err != nil {
		return models.Link{}, err
	}
	reason, err := checkReason(in.Reason)
	if err != nil {
		return models.Link{}, err
	}
	var row models.Link
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		user, err := e.people.Lock(ctx, tx, in.UserPublicID)
		if err != nil {
			return err
		}
		if err := e.linkable(ctx, tx, user, in); err != nil {
			return err
		}
		var there bool
		if row, there, err = e.caseOf(ctx, tx, identityKey(user.ID, in.Provider, in.Issuer, in.Subject)); err != nil {
			return err
		}
		if there && row.State == models.LinkProofAsked {
			return errs.New(errs.Conflict, "%s already asked for this on %s. Nothing was saved.", row.RequestedBy, day(row.RequestedAt))
		}
		row.Kind, row.UserA, row.Provider, row.Issuer, row.Subject = models.LinkIdentity, user.ID, in.Provider, in.Issuer, in.Subject
		row.CheckedAt = models.Forever // no pass over people finds it again
		row.PlanHash = hash([]any{row.UserA, row.Provider, row.Issuer, row.Subject, tx.Now})
		ask(&row, tx, in.Proof, reason)
		if err := keepCase(ctx, tx, &row, there); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.LinkAsk, Target: directory.Ref(user), Object: e.identityRef(row), Reason: reason,
			After: map[string]any{"proof": proofWord(in.Proof)},
		})
	})
	return row, err
}

func (in IdentityRequest) check() error {
	switch {
	case in.Provider == "" || in.Issuer == "":
		return errs.Input(errs.Field{Name: "provider", Message: "Choose a provider people sign in with."})
	case in.Proof != models.ProofSignIn && in.Proof != models.ProofSecondAdmin:
		return errs.Input(errs.Field{Name: "proof", Message: "Choose how it is proved that the identity is this person's."})
	case in.Proof == models.ProofSecondAdmin && in.Subject == "":
		return errs.Input(errs.Field{Name: "subject", Message: "Enter the subject: a second admin approves exactly this one."})
	case len(in.Subject) > 255 || strings.ContainsFunc(in.Subject, func(r rune) bool { return r < ' ' || r > '~' }):
		return errs.Input(errs.Field{Name: "subject", Message: "A subject is 1 to 255 characters of plain text, without spaces around it."})
	}
	return nil
}

// linkable refuses people and identities that cannot be linked.
func (e *Engine) linkable(ctx context.Context, tx *store.Tx, user models.User, in IdentityRequest) error {
	if err := notOneself(tx.Actor, user.ID); err != nil {
		return err
	}
	if !living(user.Status) || user.Status == models.Suspended {
		return errs.New(errs.Conflict, "%s is %s, and an identity would be a way in. Nothing was saved.", user.DisplayName, strings.ToLower(user.Status.Word()))
	}
	if in.Subject == "" {
		return nil
	}
	holder, _, err := e.people.IdentityIn(ctx, tx, in.Issuer, in.Subject)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return taken(holder.DisplayName)
}

func (e *Engine) identityRef(row models.Link) store.Ref {
	name := e.people.SourceName(row.Provider)
	if row.Subject != "" {
		name += ": " + row.Subject
	}
	return store.Ref{Kind: models.KindIdentity, Name: name}
}

// bind links the identity of a case that was proved.
func (e *Engine) bind(ctx context.Context, tx *store.Tx, row *models.Link) error {
	how := "approved by a second admin"
	if row.Proof == models.ProofSignIn {
		how = "proved by signing in with both"
	}
	return e.bindAs(ctx, tx, row, directory.NewIdentity{
		UserID: row.UserA, Provider: row.Provider, Issuer: row.Issuer, Subject: row.Subject, How: how, By: row.RequestedBy,
	})
}

func (e *Engine) bindAs(ctx context.Context, tx *store.Tx, row *models.Link, n directory.NewIdentity) error {
	holder, _, err := e.people.IdentityIn(ctx, tx, n.Issuer, n.Subject)
	if err == nil {
		return taken(holder.DisplayName)
	}
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	identity, err := e.people.LinkIdentity(ctx, tx, n)
	if err != nil {
		return err
	}
	e.linked(row, tx, 0)
	if err := saveLink(ctx, tx, row, caseColumns...); err != nil {
		return err
	}
	names, err := namesOf(ctx, tx, []int64{row.UserA})
	if err != nil {
		return err
	}
	object := e.identityRef(*row)
	object.ID = identity.ID
	return tx.Record(ctx, store.Event{
		Action: models.IdentityLink, Target: store.Ref{Kind: models.KindUser, ID: row.UserA, Name: names[row.UserA]}, Object: object,
		Reason: row.RequestReason, Detail: "asked for by " + row.RequestedBy + "; proof: " + proofWord(row.Proof),
	})
}

// UnlinkRequest takes an identity away from a person.
type UnlinkRequest struct {
	UserPublicID string
	IdentityID   int64
	Locked       bool // the person may be left without any way in
	Reason       string
}

// UnlinkDone says what taking an identity away did.
type UnlinkDone struct {
	Unlinked directory.Unlinked
	Roles    []access.RoleRef // gone with the provider's claims
	Sessions int
}

// Unlink takes an identity away. A person who should be able to sign in keeps a
// way in unless it is said otherwise; the last admin always does.
func (e *Engine) Unlink(ctx context.Context, actor models.Actor, in UnlinkRequest) (UnlinkDone, error) {
	if err := permit(actor); err != nil {
		return UnlinkDone{}, err
	}
	reason, err := checkReason(in.Reason)
	if err != nil {
		return UnlinkDone{}, err
	}
	var done UnlinkDone
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		return e.access.Guarded(ctx, tx, func() error {
			var err error
			done, err = e.unlink(ctx, tx, in, reason)
			return err
		})
	})
	return done, err
}

func (e *Engine) unlink(ctx context.Context, tx *store.Tx, in UnlinkRequest, reason string) (UnlinkDone, error) {
	var done UnlinkDone
	user, err := e.people.Lock(ctx, tx, in.UserPublicID)
	if err != nil {
		return done, err
	}
	if err := notOneself(tx.Actor, user.ID); err != nil {
		return done, err
	}
	if done.Unlinked, err = e.people.UnlinkIdentity(ctx, tx, user.ID, in.IdentityID); err != nil {
		return done, err
	}
	if done.Unlinked.Left == 0 && user.Status.MaySignIn() && !in.Locked {
		return done, errs.Input(errs.Field{Name: "locked", Message: "This is the only identity of " + user.DisplayName + ", who could not sign in any more. Tick this if it is meant, or link another one first."})
	}
	identity := done.Unlinked.Identity
	if done.Sessions, err = e.sessions.EndIdentities(ctx, tx, user.ID, []int64{identity.ID}); err != nil {
		return done, err
	}
	if err := e.dropClaims(ctx, tx, user.ID, identity.Provider, &done); err != nil {
		return done, err
	}
	if err := e.unlinkCase(ctx, tx, identity, reason); err != nil {
		return done, err
	}
	return done, tx.Record(ctx, store.Event{
		Action: models.IdentityUnlink, Target: directory.Ref(user), Reason: reason,
		Object: store.Ref{Kind: models.KindIdentity, ID: identity.ID, Name: e.people.SourceName(identity.Provider) + ": " + identity.Subject},
		Before: map[string]any{"email": identity.Email, "linked_how": identity.LinkedHow},
		After:  map[string]any{"identities": done.Unlinked.Left, "fields": done.Unlinked.Freed},
		Detail: strconv.Itoa(done.Sessions) + " sessions ended",
	})
}

// dropClaims takes the roles away that only the provider's claims gave, when the
// person has no other identity there: nobody would ever take them away.
func (e *Engine) dropClaims(ctx context.Context, tx *store.Tx, userID int64, provider string, done *UnlinkDone) error {
	p, err := e.people.PersonIn(ctx, tx.Reader, userID)
	if err != nil {
		return err
	}
	for _, i := range p.Identities {
		if i.Provider == provider {
			return nil
		}
	}
	gone, err := e.access.AssignFromClaims(ctx, tx, access.ClaimInput{UserID: userID, Provider: provider})
	done.Roles = gone.Removed
	return err
}

// unlinkCase closes the case by which the identity was linked, if there is one.
func (e *Engine) unlinkCase(ctx context.Context, tx *store.Tx, identity models.Identity, reason string) error {
	linked, err := openLinks(ctx, tx.Reader, models.LinkLinked, identity.UserID)
	if err != nil {
		return err
	}
	for _, row := range linked {
		if row.Kind != models.LinkIdentity || row.Issuer != identity.Issuer || row.Subject != identity.Subject {
			continue
		}
		row.State, row.Reason = models.LinkUnlinked, reason
		row.DecidedByID, row.DecidedBy, row.DecidedAt = tx.Actor.UserID, tx.Actor.Name, tx.Now
		return saveLink(ctx, tx, &row, "state", "reason", "decided_by_id", "decided_by", "decided_at")
	}
	return nil
}

package link

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Request asks for a merge that was prepared in a draft.
type Request struct {
	Draft  string // public id
	Facts  string // digest of the comparison the form showed
	Proof  models.LinkProof
	Reason string
}

// Ask freezes a draft and waits for the proof: the person signs in with both, or
// a second admin approves. Nothing about the two changes yet.
func (e *Engine) Ask(ctx context.Context, actor models.Actor, in Request) (models.Link, error) {
	d, row, err := e.open(ctx, actor, in.Draft)
	if err != nil {
		return models.Link{}, err
	}
	if d.Plan.Facts != in.Facts {
		return models.Link{}, moved(d.Changed)
	}
	reason, err := checkReason(in.Reason)
	if err != nil {
		return models.Link{}, err
	}
	if left := d.Plan.Unsettled(); len(left) > 0 {
		return models.Link{}, errs.New(errs.Conflict, "%s is not decided yet. Go back to the comparison. Nothing was saved.", left[0].Label)
	}
	if wrong := e.rolesWrong(d.Plan); len(wrong) > 0 {
		return models.Link{}, errs.Input(wrong...)
	}
	if err := provable(d.Plan, in.Proof); err != nil {
		return models.Link{}, err
	}
	var asked models.Link
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if asked, err = e.freeze(ctx, tx, d.Plan, in.Proof, reason); err != nil {
			return err
		}
		return deleteDraft(ctx, tx, row.ID)
	})
	return asked, err
}

// provable refuses a way of proof that cannot be walked.
func provable(p Plan, proof models.LinkProof) error {
	var has, moves bool
	for _, i := range p.Identities {
		has, moves = has || !i.Moves, moves || i.Moves
	}
	switch {
	case proof == models.ProofSecondAdmin:
		return nil
	case proof != models.ProofSignIn:
		return errs.Input(errs.Field{Name: "proof", Message: "Choose how it is proved that both are one person."})
	case !has || !moves:
		return errs.Input(errs.Field{Name: "proof", Message: "One of the two has no identity, so nobody can sign in with both. Ask a second admin."})
	}
	return nil
}

// freeze writes the case. A pair has one case: a suggestion becomes the request.
func (e *Engine) freeze(ctx context.Context, tx *store.Tx, p Plan, proof models.LinkProof, reason string) (models.Link, error) {
	if err := tx.LockTenant(ctx); err != nil {
		return models.Link{}, err
	}
	if err := e.still(ctx, tx, p, tx.Actor.Can); err != nil {
		return models.Link{}, err
	}
	waiting, err := openLinks(ctx, tx.Reader, models.LinkProofAsked, p.Stay.ID, p.Go.ID)
	if err != nil {
		return models.Link{}, err
	}
	for _, other := range waiting {
		if other.Kind == models.LinkPeople {
			return models.Link{}, errs.New(errs.Conflict, "One of the two already waits for a proof, asked for by %s. Decide about that first. Nothing was saved.", other.RequestedBy)
		}
	}
	text, err := p.text()
	if err != nil {
		return models.Link{}, fmt.Errorf("write a plan: %w", err)
	}
	pair := pairOf(p.Stay.ID, p.Go.ID)
	row, there, err := e.caseOf(ctx, tx, pair.key())
	if err != nil {
		return row, err
	}
	row.Kind, row.UserA, row.UserB = models.LinkPeople, pair.a, pair.b
	row.SurvivorID, row.AbsorbedID, row.Plan, row.PlanHash = p.Stay.ID, p.Go.ID, text, p.Hash()
	ask(&row, tx, proof, reason)
	if err := keepCase(ctx, tx, &row, there); err != nil {
		return row, err
	}
	return row, tx.Record(ctx, store.Event{
		Action: models.LinkAsk, Target: personRef(p.Stay), Object: personRef(p.Go), Reason: reason,
		After: map[string]any{"proof": proofWord(proof), "plan": short(row.PlanHash)},
	})
}

// ask makes a case wait for a proof.
func ask(row *models.Link, tx *store.Tx, proof models.LinkProof, reason string) {
	row.State, row.Proof, row.ExpiresAt = models.LinkProofAsked, proof, tx.Now.Add(ProofTime)
	row.RequestedByID, row.RequestedBy, row.RequestedAt, row.RequestReason = tx.Actor.UserID, tx.Actor.Name, tx.Now, reason
	row.DecidedByID, row.DecidedBy, row.DecidedAt, row.Reason = 0, "", 0, ""
}

// caseOf gives the case of a pair, or a new one.
func (e *Engine) caseOf(ctx context.Context, tx *store.Tx, key string) (row models.Link, there bool, err error) {
	stored, err := linksByKey(ctx, tx, []string{key})
	if err != nil {
		return row, false, err
	}
	if row, there = stored[key]; there {
		return row, true, nil
	}
	id, err := newID()
	return models.Link{
		PublicID: id, PairKey: key, Strength: models.LinkAsked, StrengthRank: models.LinkAsked.Rank(),
		FoundAt: tx.Now, CheckedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}, false, err
}

// caseColumns are what a request or a decision may change.
var caseColumns = []string{
	"state", "proof", "provider", "issuer", "subject", "survivor_id", "absorbed_id", "plan", "plan_hash",
	"requested_by_id", "requested_by", "requested_at", "request_reason",
	"decided_by_id", "decided_by", "decided_at", "reason", "expires_at",
}

func keepCase(ctx context.Context, tx *store.Tx, row *models.Link, there bool) error {
	if there {
		return saveLink(ctx, tx, row, caseColumns...)
	}
	return insertLink(ctx, tx, row)
}

// still refuses when the two are not as they were when the plan was made.
func (e *Engine) still(ctx context.Context, tx *store.Tx, p Plan, can models.Permission) error {
	fresh, err := e.survey(ctx, tx.Reader, can, p.Stay.ID, p.Go.ID)
	if err != nil {
		return err
	}
	if err := standing(fresh.Stay, fresh.Go); err != nil {
		return err
	}
	if fresh.Facts == p.Facts {
		return nil
	}
	return moved(fresh.carryOver(p))
}

func personRef(s Side) store.Ref { return store.Ref{Kind: models.KindUser, ID: s.ID, Name: s.Name} }

// short is the part of a hash people read to each other.
func short(hash string) string { return hash[:min(len(hash), 8)] }

func proofWord(p models.LinkProof) string {
	if p == models.ProofSignIn {
		return "the person signs in with both"
	}
	return "a second admin approves"
}

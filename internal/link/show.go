package link

import (
	"context"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Detail is everything about one case, for one reader.
type Detail struct {
	Case
	Plan       *Plan    // as it was frozen; nil when there is none, or it was thrown away
	Changed    []string // what is not as it was frozen, while a proof is waited for
	Stopped    string   // why the two cannot become one as they are now
	CannotSay  string   // why this reader cannot approve or reject a request
	Splittable bool     // a merge that can still be taken apart
}

// Get gives a case. errs.NotFound when this tenant has none with this id.
func (e *Engine) Get(ctx context.Context, actor models.Actor, publicID string) (Detail, error) {
	r := e.db.Read(actor.Tenant)
	row, err := findLink(ctx, r, publicID)
	if err != nil {
		return Detail{}, err
	}
	named, err := e.named(ctx, r, []models.Link{row})
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Case: named[0]}
	if row.Plan != "" {
		p, err := readPlan(row.Plan)
		if err != nil {
			return d, fmt.Errorf("read a plan: %w", err)
		}
		d.Plan = &p
	}
	switch row.State {
	case models.LinkProofAsked:
		err = e.detailAsked(ctx, r, actor, &d)
	case models.LinkLinked:
		_, found, readErr := readSnapshot(ctx, r, row.ID)
		d.Splittable, err = found && row.ExpiresAt > e.db.Now(), readErr
	case models.LinkSuggested, models.LinkRejected, models.LinkUnlinked:
	}
	return d, err
}

// detailAsked compares the frozen plan with how the two are now, and says
// whether the reader may decide.
func (e *Engine) detailAsked(ctx context.Context, r store.Reader, actor models.Actor, d *Detail) error {
	if why := e.mayNotApprove(ctx, r, actor, d.Link, e.db.Now()); why != nil {
		known, ok := errs.As(why)
		if !ok {
			return why
		}
		d.CannotSay = known.Safe
	}
	if d.Plan == nil {
		return nil
	}
	fresh, err := e.survey(ctx, r, actor.Can, d.Plan.Stay.ID, d.Plan.Go.ID)
	if err != nil {
		return err
	}
	if why, stopped := errs.As(standing(fresh.Stay, fresh.Go)); stopped {
		d.Stopped = why.Safe
	}
	if fresh.Facts != d.Plan.Facts {
		d.Changed = e.changedWords(*d.Plan, fresh)
	}
	return nil
}

// changedWords says what is other than it was frozen, one sentence each.
func (e *Engine) changedWords(old, fresh Plan) []string {
	var all []string
	for _, f := range fresh.Fields {
		was, there := old.field(f.Name)
		for _, one := range []struct {
			who      string
			was, now Value
		}{{fresh.Stay.Name, was.Stay, f.Stay}, {fresh.Go.Name, was.Go, f.Go}} {
			if there && one.was.same(one.now) {
				continue
			}
			sentence := f.Label + " of " + one.who + " changed"
			if !f.Masked && one.was.Text != one.now.Text {
				sentence += ": was " + orNone(one.was.Text) + ", is " + orNone(one.now.Text)
			}
			all = append(all, sentence+".")
		}
	}
	copied := fresh
	for _, name := range copied.carryOver(old) {
		if key, isRole := cutRole(name); isRole {
			all = append(all, "A role of "+fresh.Go.Name+" changed: "+key+".")
		}
	}
	if len(all) == 0 {
		all = append(all, "Identities, accounts or roles of one of the two changed.")
	}
	return all
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// Ties are a person's cases, as their page shows them.
type Ties struct {
	Into *Case  // the merge by which this record was taken in
	From []Case // merges by which it took others in
	Open []Case // suggested, or waiting for a proof
}

// Of gives the cases of a person.
func (e *Engine) Of(ctx context.Context, tenant, userID int64) (Ties, error) {
	r := e.db.Read(tenant)
	var t Ties
	into, err := mergeOf(ctx, r, userID)
	if err != nil {
		return t, err
	}
	if into.ID != 0 {
		named, err := e.named(ctx, r, []models.Link{into})
		if err != nil {
			return t, err
		}
		t.Into = &named[0]
	}
	from, err := mergesInto(ctx, r, userID, 10)
	if err != nil {
		return t, err
	}
	if t.From, err = e.named(ctx, r, from); err != nil {
		return t, err
	}
	var open []models.Link
	for _, state := range []models.LinkState{models.LinkProofAsked, models.LinkSuggested} {
		rows, err := openLinks(ctx, r, state, userID)
		if err != nil {
			return t, err
		}
		open = append(open, rows...)
	}
	t.Open, err = e.named(ctx, r, open)
	return t, err
}

// AskedOf gives the proofs a person is asked for: sign in with both.
func (e *Engine) AskedOf(ctx context.Context, tenant, userID int64) ([]Case, error) {
	r := e.db.Read(tenant)
	rows, err := openLinks(ctx, r, models.LinkProofAsked, userID)
	if err != nil {
		return nil, err
	}
	var mine []models.Link
	for _, row := range rows {
		if row.Proof == models.ProofSignIn && row.ExpiresAt > e.db.Now() {
			mine = append(mine, row)
		}
	}
	return e.named(ctx, r, mine)
}

// Mine gives a case to a person it is about, for their own page: whatever they
// hold. errs.NotFound for everybody else.
func (e *Engine) Mine(ctx context.Context, actor models.Actor, publicID string) (Case, error) {
	r := e.db.Read(actor.Tenant)
	row, err := findLink(ctx, r, publicID)
	if err != nil {
		return Case{}, err
	}
	mine := row.UserA == actor.UserID || row.Kind == models.LinkPeople && row.UserB == actor.UserID
	if actor.Kind != models.ActorUser || !mine || row.Proof != models.ProofSignIn {
		return Case{}, noCase()
	}
	named, err := e.named(ctx, r, []models.Link{row})
	if err != nil {
		return Case{}, err
	}
	return named[0], nil
}

// ProofProviders gives the keys of the providers at which a person can prove a
// case: the one it names, or those of the other record's identities.
func (e *Engine) ProofProviders(ctx context.Context, actor models.Actor, c Case) ([]string, error) {
	if c.Kind == models.LinkIdentity {
		return []string{c.Link.Provider}, nil
	}
	other, err := e.people.GetByID(ctx, actor.Tenant, c.UserA+c.UserB-actor.UserID)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, i := range other.Identities {
		if !slices.Contains(keys, i.Provider) {
			keys = append(keys, i.Provider)
		}
	}
	return keys, nil
}

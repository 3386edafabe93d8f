package link

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// Draft is a merge somebody prepares.
type Draft struct {
	PublicID string
	Plan     Plan
	Changed  []string // fields and roles that are not as they were when they were chosen
}

// Moved is the cause of the errs.Conflict that a step answers when one of the
// two records changed since it was compared. Reach it with errors.As.
type Moved struct{ Changed []string }

// Error says so for the log.
func (m *Moved) Error() string { return fmt.Sprintf("changed since the comparison: %v", m.Changed) }

func noDraft() error {
	return errs.New(errs.NotFound, "There is no such draft of yours. A draft is kept for a day. Choose the two people again.")
}

func movedDraft() error {
	return errs.New(errs.Conflict, "You went on with this draft in another window. Nothing was saved. Open it again.")
}

func moved(changed []string) error {
	return errs.Wrap(&Moved{changed}, errs.Conflict, "One of the two changed since you compared them. Nothing was saved. Look at the marked lines again.")
}

// Begin compares two people and keeps the comparison as a draft: who stays, and
// who is taken in. Both are named by public id.
func (e *Engine) Begin(ctx context.Context, actor models.Actor, stay, gone string) (Draft, error) {
	if err := permit(actor); err != nil {
		return Draft{}, err
	}
	r := e.db.Read(actor.Tenant)
	a, err := e.people.Get(ctx, actor.Tenant, stay)
	if err != nil {
		return Draft{}, err
	}
	b, err := e.people.Get(ctx, actor.Tenant, gone)
	if err != nil {
		return Draft{}, err
	}
	if a.ID == b.ID {
		return Draft{}, errs.Input(errs.Field{Name: "b", Message: "These are one and the same record. Choose another one."})
	}
	if err := notOneself(actor, a.ID, b.ID); err != nil {
		return Draft{}, err
	}
	if err := standing(side(a), side(b)); err != nil {
		return Draft{}, err
	}
	p, err := e.survey(ctx, r, actor.Can, a.ID, b.ID)
	if err != nil {
		return Draft{}, err
	}
	text, err := p.text()
	if err != nil {
		return Draft{}, fmt.Errorf("write a plan: %w", err)
	}
	id, err := newID()
	if err != nil {
		return Draft{}, err
	}
	now := e.db.Now()
	row := models.LinkDraft{
		PublicID: id, OwnerID: actor.UserID, StayID: a.ID, GoID: b.ID, Plan: text,
		CreatedAt: now, ExpiresAt: now.Add(DraftTime), Version: 1,
	}
	return Draft{PublicID: id, Plan: p}, e.keepDraft(ctx, actor.Tenant, &row)
}

// Draft gives a draft of the actor's, compared anew: what was chosen is kept
// where the two are as they were.
func (e *Engine) Draft(ctx context.Context, actor models.Actor, publicID string) (Draft, error) {
	d, _, err := e.open(ctx, actor, publicID)
	return d, err
}

func (e *Engine) open(ctx context.Context, actor models.Actor, publicID string) (Draft, models.LinkDraft, error) {
	if err := permit(actor); err != nil {
		return Draft{}, models.LinkDraft{}, err
	}
	r := e.db.Read(actor.Tenant)
	row, err := findDraft(ctx, r, publicID, actor.UserID)
	if err != nil {
		return Draft{}, row, err
	}
	if row.ExpiresAt <= e.db.Now() {
		return Draft{}, row, noDraft()
	}
	old, err := readPlan(row.Plan)
	if err != nil {
		return Draft{}, row, fmt.Errorf("read a plan: %w", err)
	}
	p, err := e.survey(ctx, r, actor.Can, row.StayID, row.GoID)
	if err != nil {
		return Draft{}, row, err
	}
	if err := errors.Join(notOneself(actor, row.StayID, row.GoID), standing(p.Stay, p.Go)); err != nil {
		return Draft{}, row, err
	}
	return Draft{PublicID: row.PublicID, Plan: p, Changed: p.carryOver(old)}, row, nil
}

// Choose keeps which record gives each field. facts is the digest of the
// comparison the form showed; when the two are others now, nothing is kept and
// errs.Conflict is answered with a *Moved inside.
func (e *Engine) Choose(ctx context.Context, actor models.Actor, publicID, facts string, picks map[string]Pick) (Draft, error) {
	d, row, err := e.open(ctx, actor, publicID)
	if err != nil {
		return d, err
	}
	if d.Plan.Facts != facts {
		return d, moved(d.Changed)
	}
	var wrong []errs.Field
	for i := range d.Plan.Fields {
		f := &d.Plan.Fields[i]
		pick, given := picks[f.Name]
		switch {
		case given && (pick == PickStay && f.Stay.No == "" || pick == PickGo && f.Go.No == ""):
			f.Pick = pick
		case given && f.Stay.No == "" && f.Go.No == "":
			wrong = append(wrong, errs.Field{Name: f.Name, Message: f.Label + ": choose one of the two."})
		case f.Pick == PickNone:
			wrong = append(wrong, errs.Field{Name: f.Name, Message: f.Label + ": the two differ. Choose one."})
		}
	}
	if len(wrong) > 0 {
		return d, errs.Input(wrong...)
	}
	return d, e.write(ctx, actor, row, d.Plan)
}

// ChooseRoles keeps which roles of the record that goes the person who stays
// gets. A role a claim gives comes back at the next sign-in with the identity
// that moves, so it cannot be left out in silence.
func (e *Engine) ChooseRoles(ctx context.Context, actor models.Actor, publicID, facts string, keep []int64) (Draft, error) {
	d, row, err := e.open(ctx, actor, publicID)
	if err != nil {
		return d, err
	}
	if d.Plan.Facts != facts {
		return d, moved(d.Changed)
	}
	for i := range d.Plan.Roles {
		d.Plan.Roles[i].Keep = slices.Contains(keep, d.Plan.Roles[i].AssignmentID)
	}
	if wrong := e.rolesWrong(d.Plan); len(wrong) > 0 {
		return d, errs.Input(wrong...)
	}
	return d, e.write(ctx, actor, row, d.Plan)
}

func (e *Engine) rolesWrong(p Plan) []errs.Field {
	var wrong []errs.Field
	for _, r := range p.Roles {
		switch {
		case r.Keep && r.Widens && r.Refusal != "":
			wrong = append(wrong, errs.Field{Name: "keep", Message: r.Name + ": " + r.Refusal})
		case !r.Keep && r.Claim != "" && slices.ContainsFunc(p.Identities, func(i Identity) bool { return i.Moves && i.Provider == r.Claim }):
			wrong = append(wrong, errs.Field{Name: "keep", Message: r.Name + " comes with the identity: " + e.people.SourceName(r.Claim) + " gives it at the next sign-in. Tick it, or take it away there first."})
		}
	}
	return wrong
}

func (e *Engine) write(ctx context.Context, actor models.Actor, row models.LinkDraft, p Plan) error {
	text, err := p.text()
	if err != nil {
		return fmt.Errorf("write a plan: %w", err)
	}
	row.Plan = text
	return e.keepDraft(ctx, actor.Tenant, &row)
}

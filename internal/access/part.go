package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// PartInput says whose roles are taken apart, and who decided it.
type PartInput struct {
	Stay, Gone UserRef
	Can        models.Permission
	Reason     string
}

// Parted says what Part did.
type Parted struct {
	Back   []RoleRef // went back to the record they came from
	Ended  []RoleRef // were taken away or ran out since: they do not come back
	Kept   []RoleRef // changed since, and stay as they are
	Change Joined    // what was written
}

// Part undoes Join inside the transaction of the verb. What was given, taken
// away or changed since stays as it is now.
func (e *Engine) Part(ctx context.Context, tx *store.Tx, in PartInput, j Joined) (Parted, error) {
	own, err := selectAssignments(ctx, tx.Reader, in.Stay.ID)
	if err != nil {
		return Parted{}, err
	}
	p := parting{in: in}
	all := slices.Concat(j.Moved, j.Removed)
	for _, q := range j.Prolonged {
		all = append(all, q.After)
	}
	if p.facts, p.graph, err = factsOfAll(ctx, tx.Reader, rolesIn(all)); err != nil {
		return Parted{}, err
	}
	if err := p.choose(own, j, tx.Now); err != nil {
		return p.Parted, err
	}
	return p.Parted, p.write(ctx, tx)
}

// choose decides what goes back: of what moved, what is still there, as it is
// now; of what was taken away, what has not run out meanwhile.
func (p *parting) choose(own []models.Assignment, j Joined, now models.Instant) error {
	for _, a := range j.Moved {
		i := slices.IndexFunc(own, func(x models.Assignment) bool { return x.ID == a.ID })
		if i < 0 {
			p.Ended = append(p.Ended, p.ref(a.RoleID))
			continue
		}
		p.Change.Moved = append(p.Change.Moved, own[i])
		if err := p.back(own[i]); err != nil {
			return err
		}
	}
	for _, a := range j.Removed {
		if _, there := p.graph.nodes[a.RoleID]; !there || a.UntilAt <= now {
			p.Ended = append(p.Ended, p.ref(a.RoleID))
			continue
		}
		p.Change.Removed = append(p.Change.Removed, a)
		if err := p.back(a); err != nil {
			return err
		}
	}
	for _, q := range j.Prolonged {
		i := slices.IndexFunc(own, func(x models.Assignment) bool { return x.ID == q.After.ID })
		if i < 0 || !sameAssignment(own[i], q.After) {
			p.Kept = append(p.Kept, p.ref(q.After.RoleID))
			continue
		}
		p.Change.Prolonged = append(p.Change.Prolonged, q)
	}
	return nil
}

// ref names a role, also one that was deleted since.
func (p *parting) ref(id int64) RoleRef {
	if node, there := p.graph.nodes[id]; there {
		return node.ref()
	}
	return RoleRef{ID: id, Name: "a role that no longer exists"}
}

// parting is Part at work.
type parting struct {
	Parted
	in    PartInput
	facts map[int64]roleFacts
	graph graph
}

// back notes a role that goes back, when the actor may give it.
func (p *parting) back(a models.Assignment) error {
	role := p.graph.nodes[a.RoleID].ref()
	if refusal, refused := errs.As(p.facts[a.RoleID].refuse(p.in.Can)); refused {
		return deny(errs.Denied(refusal.Permission, "%s Nothing was changed.", refusal.Safe), userTarget(p.in.Gone), refTarget(role), p.in.Reason)
	}
	p.Back = append(p.Back, role)
	return nil
}

func (p *parting) write(ctx context.Context, tx *store.Tx) error {
	c := p.Change
	if err := moveAssignments(ctx, tx, p.in.Stay.ID, p.in.Gone.ID, ids(c.Moved)); err != nil {
		return err
	}
	for _, a := range c.Removed {
		if err := insertRow(ctx, tx, &a); err != nil {
			return err
		}
	}
	for _, q := range c.Prolonged {
		if err := updateAssignment(ctx, tx, q.Before); err != nil {
			return err
		}
	}
	if err := raiseEpoch(ctx, tx, p.in.Stay.ID, p.in.Gone.ID); err != nil {
		return err
	}
	return p.tell(ctx, tx)
}

// tell records every role that went back.
func (p *parting) tell(ctx context.Context, tx *store.Tx) error {
	type line struct {
		action        models.Action
		target        UserRef
		before, after map[string]any
		role          int64
	}
	var all []line
	for _, a := range p.Change.Moved {
		all = append(all, line{models.RoleUnassign, p.in.Stay, span(a), nil, a.RoleID}, line{models.RoleAssign, p.in.Gone, nil, span(a), a.RoleID})
	}
	for _, a := range p.Change.Removed {
		all = append(all, line{models.RoleAssign, p.in.Gone, nil, span(a), a.RoleID})
	}
	for _, q := range p.Change.Prolonged {
		all = append(all, line{models.RoleUntil, p.in.Stay, span(q.After), span(q.Before), q.After.RoleID})
	}
	for _, l := range all {
		err := tx.Record(ctx, store.Event{
			Action: l.action, Target: userTarget(l.target), Object: refTarget(p.ref(l.role)), Reason: p.in.Reason,
			Before: l.before, After: l.after, Detail: "a merge of two records was taken apart",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sameAssignment compares everything people can change about an assignment.
func sameAssignment(a, b models.Assignment) bool {
	return a.UserID == b.UserID && a.RoleID == b.RoleID && a.FromAt == b.FromAt && a.UntilAt == b.UntilAt && a.Reason == b.Reason
}

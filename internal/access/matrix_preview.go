package access

import (
	"context"
	"maps"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// countChunk is how many counts one statement answers.
const countChunk = 25

// PreviewMatrix says what changes of a matrix would do, and changes nothing. What
// the actor may not do is said, and asked again when it is carried out.
func (e *Engine) PreviewMatrix(ctx context.Context, actor models.Actor, in MatrixInput) (MatrixPreview, error) {
	r := e.db.Read(actor.Tenant)
	c, err := resolve(ctx, r, in)
	if err != nil {
		return MatrixPreview{}, err
	}
	for _, role := range c.roles {
		if err := notBuiltIn(role.Role); err != nil {
			return MatrixPreview{}, err
		}
	}
	p := MatrixPreview{Same: c.same}
	if p.Stale, err = c.stale(ctx, r, in); err != nil {
		return p, err
	}
	if p.Roles, err = e.roleChanges(ctx, r, c); err != nil {
		return p, err
	}
	if p.Effects, err = e.effects(ctx, r, c); err != nil {
		return p, err
	}
	p.Refused, err = c.refusal(ctx, asker{Reader: r, actor: actor, now: e.db.Now()})
	return p, err
}

// refusal says what of the changes the actor may not do; "" when all is theirs.
func (c cellEdits) refusal(ctx context.Context, a asker) (string, error) {
	for _, ed := range c.edits() {
		err := mayEdit(ctx, a, ed.was, ed.is, ed.contents)
		if refused, is := errs.As(err); is && refused.Kind == errs.Forbidden {
			return refused.Safe, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

// after gives which roles hold a permission themselves once the changes are made.
func (c cellEdits) after(p PermissionRef) map[int64]bool {
	holding := maps.Clone(c.holding[p.ID])
	is := func(q PermissionRef) bool { return q.ID == p.ID }
	for _, role := range c.roles {
		if slices.ContainsFunc(c.given[role.ID], is) {
			holding[role.ID] = true
		}
		if slices.ContainsFunc(c.taken[role.ID], is) {
			delete(holding, role.ID)
		}
	}
	return holding
}

// roleChanges says of each role what it gains and loses itself, and what it gives
// through another role in any case.
func (e *Engine) roleChanges(ctx context.Context, r store.Reader, c cellEdits) ([]RoleChange, error) {
	privileged, err := selectPrivileged(ctx, r)
	if err != nil {
		return nil, err
	}
	rows, err := e.fill(ctx, r, c.roles, privileged, true)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	g, err := loadGraph(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	var out []RoleChange
	for _, row := range rows {
		given, taken := c.given[row.ID], c.taken[row.ID]
		if len(given)+len(taken) == 0 {
			continue
		}
		out = append(out, RoleChange{RoleRow: row, Given: c.ways(g, row.ID, given), Taken: c.ways(g, row.ID, taken)})
	}
	return out, nil
}

// ways says by which contained roles each permission comes after the changes.
func (c cellEdits) ways(g graph, role int64, permissions []PermissionRef) []RolePermission {
	came, order := g.tree(role)
	out := make([]RolePermission, len(permissions))
	for i, p := range permissions {
		out[i].PermissionRef = p
		holding := c.after(p)
		at := slices.IndexFunc(order[1:], func(id int64) bool { return holding[id] })
		if at >= 0 {
			out[i].Via = g.way(came, order[1:][at])[1:]
		}
	}
	return out
}

// effects counts for each permission who comes to have it and who does not have
// it any more.
func (e *Engine) effects(ctx context.Context, r store.Reader, c cellEdits) ([]PermissionEffect, error) {
	var effects []PermissionEffect
	roots := make(map[int64]bool)
	for _, p := range c.permissions {
		after := c.after(p)
		if maps.Equal(after, c.holding[p.ID]) {
			continue
		}
		effects = append(effects, PermissionEffect{PermissionRef: p})
		maps.Copy(roots, c.holding[p.ID])
		maps.Copy(roots, after)
	}
	if len(effects) == 0 {
		return nil, nil
	}
	over, err := selectRootsAbove(ctx, r, keys(roots))
	if err != nil {
		return nil, err
	}
	counts := make([]movedCount, 0, 2*len(effects))
	for _, effect := range effects {
		before, after := reached(over, c.holding[effect.ID]), reached(over, c.after(effect.PermissionRef))
		counts = append(counts,
			movedCount{roles: beyond(after, before), others: keys(before)},
			movedCount{roles: beyond(before, after), others: keys(after)})
	}
	now, answers := e.db.Now(), make([]PeopleCount, 0, len(counts))
	for chunk := range slices.Chunk(counts, countChunk) {
		some, err := countMoved(ctx, r, chunk, now)
		if err != nil {
			return nil, err
		}
		answers = append(answers, some...)
	}
	for i := range effects {
		effects[i].Gain, effects[i].Lose = answers[2*i], answers[2*i+1]
	}
	return effects, nil
}

// reached gives the roles that are or contain one of some.
func reached(over map[int64][]int64, some map[int64]bool) map[int64]bool {
	out := make(map[int64]bool)
	for id := range some {
		for _, up := range over[id] {
			out[up] = true
		}
	}
	return out
}

// beyond gives what is in a and not in b, in order.
func beyond(a, b map[int64]bool) []int64 {
	var out []int64
	for id := range a {
		if !b[id] {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

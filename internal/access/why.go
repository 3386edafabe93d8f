package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// maxListed is how many permissions one answer lists.
const maxListed = 2_000

// Held gives every role of a person with every path to it: those that count
// now first, then what begins later, then what ended and is not yet swept.
func (e *Engine) Held(ctx context.Context, tenant, userID int64) ([]HeldRole, error) {
	return e.HeldIn(ctx, e.db.Read(tenant), userID)
}

// HeldIn is Held inside a transaction or outside.
func (e *Engine) HeldIn(ctx context.Context, r store.Reader, userID int64) ([]HeldRole, error) {
	given, err := selectAssignments(ctx, r, userID)
	if err != nil {
		return nil, err
	}
	g, err := loadGraph(ctx, r, rolesIn(given))
	if err != nil {
		return nil, err
	}
	paths := g.paths(given, e.db.Now())
	held := make([]HeldRole, 0, len(paths))
	for id, list := range paths {
		node := g.nodes[id]
		held = append(held, HeldRole{
			Role: node.ref(), Sentence: node.Sentence, Application: node.Application,
			State: list.state(), Paths: list.paths, MorePaths: list.more,
		})
	}
	slices.SortFunc(held, func(a, b HeldRole) int {
		if c := a.State.rank() - b.State.rank(); c != 0 {
			return c
		}
		return byPrivilege(a.Role, b.Role)
	})
	return held, nil
}

// Effective gives every permission a person has now, of every application,
// with every path to it.
func (e *Engine) Effective(ctx context.Context, tenant, userID int64) ([]EffectivePermission, error) {
	r := e.db.Read(tenant)
	given, err := selectAssignments(ctx, r, userID)
	if err != nil {
		return nil, err
	}
	now := e.db.Now()
	given = slices.DeleteFunc(given, func(a models.Assignment) bool { return StateAt(a, now) != Now })
	g, err := loadGraph(ctx, r, rolesIn(given))
	if err != nil || len(g.nodes) == 0 {
		return nil, err
	}
	rows, err := selectHeldPermissions(ctx, r, g.ids(), maxEdges)
	if err != nil {
		return nil, err
	}
	if len(rows) == maxEdges {
		return nil, tooMany("permissions")
	}
	return g.effective(rows, g.paths(given, now)), nil
}

// effective puts the paths to the roles that hold a permission together. The
// rows are sorted, so that those of one permission follow each other.
func (g graph) effective(rows []permissionRow, paths map[int64]*pathList) []EffectivePermission {
	var out []EffectivePermission
	var lists []*pathList
	for _, row := range rows {
		if len(out) == 0 || out[len(out)-1].ID != row.ID {
			out, lists = append(out, EffectivePermission{PermissionRef: row.ref()}), append(lists, new(pathList))
		}
		if list := paths[row.RoleID]; list != nil {
			lists[len(lists)-1].through(g.nodes[row.RoleID].ref(), list)
		}
	}
	for i, list := range lists {
		list.order()
		out[i].Paths, out[i].MorePaths = list.paths, list.more
	}
	return out
}

// AfterRemoval says what a person would keep and lose without one assignment.
func (e *Engine) AfterRemoval(ctx context.Context, tenant, assignmentID int64) (Remains, error) {
	r, now := e.db.Read(tenant), e.db.Now()
	view, err := selectView(ctx, r, assignmentID, now)
	if err != nil {
		return Remains{}, err
	}
	return remains(ctx, r, view, now)
}

func remains(ctx context.Context, r store.Reader, view AssignmentView, now models.Instant) (Remains, error) {
	out := Remains{User: view.User, Role: view.Role, Assignment: view.Assignment}
	given, err := selectAssignments(ctx, r, view.UserID)
	if err != nil {
		return out, err
	}
	g, err := loadGraph(ctx, r, rolesIn(given))
	if err != nil {
		return out, err
	}
	rest := slices.DeleteFunc(given, func(a models.Assignment) bool {
		return a.ID == view.ID || StateAt(a, now) == Expired
	})
	if list := g.paths(rest, now)[view.RoleID]; list != nil {
		out.Paths = list.paths
	}
	active := slices.DeleteFunc(rest, func(a models.Assignment) bool { return StateAt(a, now) != Now })
	kept := g.reach(rolesIn(active)...)
	for id := range g.reach(view.RoleID) {
		if !kept[id] {
			out.LostRoles = append(out.LostRoles, g.nodes[id].ref())
		}
	}
	slices.SortFunc(out.LostRoles, byPrivilege)
	return out, out.lose(ctx, r, kept)
}

// lose lists the permissions of the lost roles that no kept role gives.
func (r *Remains) lose(ctx context.Context, reader store.Reader, kept map[int64]bool) error {
	if len(r.LostRoles) == 0 {
		return nil
	}
	lost, err := selectHeldPermissions(ctx, reader, roleIDs(r.LostRoles), maxEdges)
	if err != nil {
		return err
	}
	have := make(map[int64]bool)
	if len(kept) > 0 {
		rows, err := selectHeldPermissions(ctx, reader, keys(kept), maxEdges)
		if err != nil {
			return err
		}
		for _, row := range rows {
			have[row.ID] = true
		}
	}
	for _, row := range lost {
		switch {
		case have[row.ID]:
		case len(r.Lost) == maxListed:
			r.LostMore++
		default:
			r.Lost = append(r.Lost, row.ref())
		}
		have[row.ID] = true
	}
	return nil
}

// Assignment gives one assignment with its names.
func (e *Engine) Assignment(ctx context.Context, tenant, id int64) (AssignmentView, error) {
	return selectView(ctx, e.db.Read(tenant), id, e.db.Now())
}

// RolesOf gives the roles that were given to each person and count now, for a
// page of people, with two queries.
func (e *Engine) RolesOf(ctx context.Context, tenant int64, userIDs []int64) (map[int64][]RoleRef, error) {
	out := make(map[int64][]RoleRef, len(userIDs))
	if len(userIDs) == 0 {
		return out, nil
	}
	rows, err := selectHeld(ctx, e.db.Read(tenant), userIDs, e.db.Now())
	if err != nil || len(rows) == 0 {
		return out, err
	}
	refs, err := selectRefs(ctx, e.db.Read(tenant), distinctRoles(rows))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if ref, there := refs[row.RoleID]; there { // it may have been removed between the two
			out[row.UserID] = append(out[row.UserID], ref)
		}
	}
	for id, roles := range out {
		out[id] = tidy(roles)
	}
	return out, nil
}

func distinctRoles(rows []heldRow) []int64 {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.RoleID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// PrivilegedRoleIDs gives the roles that are privileged or contain one that is:
// who holds one of them holds something privileged.
func (e *Engine) PrivilegedRoleIDs(ctx context.Context, tenant int64) ([]int64, error) {
	return selectPrivileged(ctx, e.db.Read(tenant))
}

// ContainingRoles gives a role and all roles that contain it: who was given one
// of them holds the role.
func (e *Engine) ContainingRoles(ctx context.Context, tenant, roleID int64) ([]int64, error) {
	return selectAbove(ctx, e.db.Read(tenant), []int64{roleID})
}

// EndingSoon gives the assignments that end within a time, the next first.
func (e *Engine) EndingSoon(ctx context.Context, tenant int64, within time.Duration) (EndingPage, error) {
	rows, err := selectEnding(ctx, e.db.Read(tenant), e.db.Now(), within)
	if err != nil {
		return EndingPage{}, err
	}
	if len(rows) > PageSize {
		return EndingPage{Rows: rows[:PageSize], More: true}, nil
	}
	return EndingPage{Rows: rows}, nil
}

// Why gives the path in one line, from the nearest role back to its origin.
func (p Path) Why() string {
	var parts []string
	for _, role := range slices.Backward(p.Via) {
		parts = append(parts, role.Name)
	}
	claim, mapped := p.Claim()
	switch {
	case mapped:
		parts = append(parts, claim.Claim+" "+claim.Value+" at "+claim.Provider)
	case p.Source == models.SourceBootstrap:
		parts = append(parts, "first admin of this installation")
	default:
		parts = append(parts, p.GrantedBy)
	}
	return strings.Join(parts, " ← ")
}

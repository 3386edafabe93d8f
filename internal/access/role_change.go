package access

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// maxDays is the longest limit a role can set: ten years.
const maxDays = 3_650

// contents is how what a role holds and contains changes.
type contents struct {
	permissionsAdded, permissionsRemoved []PermissionRef
	childrenAdded, childrenRemoved       []RoleRef
}

func (c contents) empty() bool {
	return len(c.permissionsAdded)+len(c.permissionsRemoved)+len(c.childrenAdded)+len(c.childrenRemoved) == 0
}

// wanted is a role's form after it was checked.
type wanted struct {
	name, sentence string
	privileged     bool
	maxDays        int64
	permissions    []PermissionRef
	children       []RoleRef
}

// checkRole checks the fields of the form that both creating and editing have.
func checkRole(ctx context.Context, r store.Reader, f *form, in RoleInput) (wanted, error) {
	w := wanted{
		name: f.text("name", in.Name, 200), sentence: f.text("sentence", in.Sentence, 500),
		privileged: in.Privileged, maxDays: in.MaxDays,
	}
	if in.MaxDays < 0 || in.MaxDays > maxDays {
		f.refuse("max_days", "Give a number of days from 1 to %s, or 0 for no limit.", "3,650")
	}
	var err error
	if w.permissions, err = findPermissions(ctx, r, f, in.Permissions); err != nil {
		return w, err
	}
	w.children, err = findChildren(ctx, r, f, in.Children)
	return w, err
}

func findPermissions(ctx context.Context, r store.Reader, f *form, codes []string) ([]PermissionRef, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	all, err := selectPermissions(ctx, r, "")
	if err != nil {
		return nil, err
	}
	byCode := make(map[string]PermissionRef, len(all))
	for _, p := range all {
		byCode[p.Code()] = p
	}
	var found []PermissionRef
	for _, code := range unique(codes) {
		p, ok := byCode[code]
		if !ok {
			f.refuse("permissions", "There is no permission %q.", clip(code, 80))
			continue
		}
		found = append(found, p)
	}
	return found, nil
}

func findChildren(ctx context.Context, r store.Reader, f *form, roleKeys []string) ([]RoleRef, error) {
	if len(roleKeys) == 0 {
		return nil, nil
	}
	roleKeys = unique(roleKeys)
	byKey, err := selectRolesByKey(ctx, r, roleKeys)
	if err != nil {
		return nil, err
	}
	var found []RoleRef
	for _, key := range roleKeys {
		role, ok := byKey[key]
		if !ok {
			f.refuse("children", "There is no role %q.", clip(key, 80))
			continue
		}
		found = append(found, roleRef(role))
	}
	return found, nil
}

func unique(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return slices.Compact(texts)
}

// compare gives the difference between what a role has and what is wanted.
func compare(w wanted, permissions []PermissionRef, children []RoleRef) contents {
	var c contents
	c.permissionsAdded, c.permissionsRemoved = apart(w.permissions, permissions, func(p PermissionRef) int64 { return p.ID })
	c.childrenAdded, c.childrenRemoved = apart(w.children, children, func(r RoleRef) int64 { return r.ID })
	return c
}

// apart gives what is only in a and what is only in b.
func apart[T any](a, b []T, id func(T) int64) (onlyA, onlyB []T) {
	in := func(list []T, one T) bool {
		return slices.ContainsFunc(list, func(x T) bool { return id(x) == id(one) })
	}
	for _, x := range a {
		if !in(b, x) {
			onlyA = append(onlyA, x)
		}
	}
	for _, x := range b {
		if !in(a, x) {
			onlyB = append(onlyB, x)
		}
	}
	return onlyA, onlyB
}

// asker is who asks what they may, and the rows and the moment it is asked of.
type asker struct {
	store.Reader

	actor models.Actor
	now   models.Instant
}

func askedIn(tx *store.Tx) asker { return asker{Reader: tx.Reader, actor: tx.Actor, now: tx.Now} }

// mayCompose checks that the actor may put together or take apart a role like
// this: nothing beyond what they hold, and privileged roles only by right.
func mayCompose(ctx context.Context, a asker, c contents, privileged bool) error {
	can := a.actor.Can
	if !can.Has(models.RolesEdit) {
		return errs.Denied(models.RolesEdit.Key(), "You may not create or change roles.")
	}
	mask := consoleMask(c.permissionsAdded) | consoleMask(c.permissionsRemoved)
	if moved := roleIDs(slices.Concat(c.childrenAdded, c.childrenRemoved)); len(moved) > 0 {
		inner, reaches, err := selectFacts(ctx, a.Reader, moved)
		if err != nil {
			return err
		}
		mask |= inner
		privileged = privileged || reaches
	}
	if lacking := mask &^ can; lacking != 0 {
		info := firstOf(lacking)
		return errs.Denied(info.Key, "You may not do this yourself, so you cannot give or take it by a role: %s.", lowerFirst(info.Sentence))
	}
	if privileged && !can.Has(models.RolesAssignPrivileged) {
		return errs.Denied(models.RolesAssignPrivileged.Key(), "This concerns a privileged role. You may not assign or remove privileged roles, so you cannot change one.")
	}
	return nil
}

func consoleMask(permissions []PermissionRef) models.Permission {
	var mask models.Permission
	for _, p := range permissions {
		if p.Application == models.ConsoleApplication {
			bit, _ := models.PermissionByKey(p.Key)
			mask |= bit
		}
	}
	return mask
}

// mayWiden refuses an edit by which the actor would get something themselves:
// they hold the role, and it would give what they do not have now (WEB-18).
func mayWiden(ctx context.Context, a asker, role models.Role, c contents) error {
	if a.actor.Kind != models.ActorUser || len(c.permissionsAdded)+len(c.childrenAdded) == 0 {
		return nil
	}
	given, err := selectAssignments(ctx, a.Reader, a.actor.UserID)
	if err != nil {
		return err
	}
	given = slices.DeleteFunc(given, func(x models.Assignment) bool { return StateAt(x, a.now) == Expired })
	g, err := loadGraph(ctx, a.Reader, append(rolesIn(given), roleIDs(c.childrenAdded)...))
	if err != nil {
		return err
	}
	if !g.reach(rolesIn(given)...)[role.ID] {
		return nil
	}
	active := slices.DeleteFunc(given, func(x models.Assignment) bool { return StateAt(x, a.now) != Now })
	have := g.reach(rolesIn(active)...)
	for id := range g.reach(roleIDs(c.childrenAdded)...) {
		if !have[id] {
			return errs.Denied("", "You hold %s yourself, and %s would come to you by this change. Somebody else has to make it.", role.Name, g.nodes[id].Name)
		}
	}
	return widens(ctx, a, role, c, keys(have))
}

// widens refuses added permissions that none of the roles in have gives.
func widens(ctx context.Context, a asker, role models.Role, c contents, have []int64) error {
	held := make(map[int64]bool)
	if len(have) > 0 {
		rows, err := selectHeldPermissions(ctx, a.Reader, have, maxEdges)
		if err != nil {
			return err
		}
		for _, row := range rows {
			held[row.ID] = true
		}
	}
	for _, p := range c.permissionsAdded {
		if !held[p.ID] {
			return errs.Denied("", "You hold %s yourself, and this would come to you by the change: %s. Somebody else has to make it.", role.Name, lowerFirst(p.Sentence))
		}
	}
	return nil
}

// checkCircle refuses children that contain the role, and names the way.
func checkCircle(ctx context.Context, tx *store.Tx, role models.Role, added []RoleRef) error {
	if len(added) == 0 {
		return nil
	}
	g, err := loadGraph(ctx, tx.Reader, roleIDs(added))
	if err != nil {
		return err
	}
	for _, child := range added {
		chain := g.chain(child.ID, role.ID)
		if chain == nil {
			continue
		}
		names := []string{role.Name}
		for _, r := range chain {
			names = append(names, r.Name)
		}
		return errs.New(errs.Conflict, "%s cannot contain %s, because that would be a circle: %s. Nothing was saved.",
			role.Name, child.Name, strings.Join(names, " → "))
	}
	return nil
}

// describe gives the changed fields of a role as the log keeps them: of
// permissions and contained roles only those that were added or removed.
func describe(was, is models.Role, c contents) (before, after map[string]any) {
	before, after = map[string]any{}, map[string]any{}
	note := func(name string, old, now any) {
		if fmt.Sprint(old) != fmt.Sprint(now) {
			before[name], after[name] = old, now
		}
	}
	note("name", was.Name, is.Name)
	note("sentence", was.Sentence, is.Sentence)
	note("privileged", was.Privileged, is.Privileged)
	note("max_days", was.MaxDays, is.MaxDays)
	list := func(m map[string]any, name string, items []string) {
		if len(items) > 0 {
			m[name] = items
		}
	}
	list(before, "permissions", codesOf(c.permissionsRemoved))
	list(after, "permissions", codesOf(c.permissionsAdded))
	list(before, "children", namesOf(c.childrenRemoved))
	list(after, "children", namesOf(c.childrenAdded))
	return before, after
}

func codesOf(permissions []PermissionRef) []string {
	out := make([]string, len(permissions))
	for i, p := range permissions {
		out[i] = p.Code()
	}
	return out
}

func namesOf(roles []RoleRef) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = r.Name
	}
	return out
}

func permissionIDs(permissions []PermissionRef) []int64 {
	out := make([]int64, len(permissions))
	for i, p := range permissions {
		out[i] = p.ID
	}
	return out
}

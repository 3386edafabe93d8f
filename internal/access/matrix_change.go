package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// cellEdits is changes of a matrix held against what is stored.
type cellEdits struct {
	roles       []listRow // the changed ones, by name
	permissions []PermissionRef
	holding     map[int64]map[int64]bool // before: permission, then role
	given       map[int64][]PermissionRef
	taken       map[int64][]PermissionRef
	same        int
}

// EditMatrix gives permissions to roles and takes them, all or nothing, with one
// event for each role. When a role changed since it was read, the Conflict's
// cause is a *StaleMatrix. It gives the number of roles it changed; changes that
// are so already are none.
func (e *Engine) EditMatrix(ctx context.Context, actor models.Actor, in MatrixInput) (int, error) {
	changed := 0
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		changed = 0
		var f form
		reason := f.reason(in.Reason)
		if err := f.err(); err != nil {
			return err
		}
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		roles, _ := in.ids()
		if len(roles) > 0 {
			if err := lockRoles(ctx, tx, roles); err != nil {
				return err
			}
		}
		c, err := resolve(ctx, tx.Reader, in)
		if err != nil {
			return err
		}
		if err := c.refuse(ctx, tx.Reader, in); err != nil {
			return err
		}
		edits := c.edits()
		if changed = len(edits); changed == 0 {
			return errUnchanged
		}
		return writeEdits(ctx, tx, edits, reason)
	})
	if unlessUnchanged(err) != nil {
		return 0, err
	}
	return changed, nil
}

// ids gives the roles and permissions that are spoken of, each once and in order.
func (in MatrixInput) ids() (roles, permissions []int64) {
	for _, c := range in.Changes {
		roles, permissions = append(roles, c.RoleID), append(permissions, c.PermissionID)
	}
	slices.Sort(roles)
	slices.Sort(permissions)
	return slices.Compact(roles), slices.Compact(permissions)
}

// check refuses input that says nothing, too much, or both things of one cell.
func (in MatrixInput) check() error {
	var f form
	switch {
	case len(in.Changes) == 0:
		f.refuse("changes", "Nothing is changed yet. Tick or untick a cell first.")
	case len(in.Changes) > MatrixChanges:
		f.refuse("changes", "These are %d changes. At most %d are made at once, so that somebody can read them before.", len(in.Changes), MatrixChanges)
	}
	seen := make(map[[2]int64]bool, len(in.Changes))
	for _, c := range in.Changes {
		cell := [2]int64{c.RoleID, c.PermissionID}
		if seen[cell] && len(f.fields) == 0 {
			f.refuse("changes", "One cell is changed twice. Go back to the matrix and tick what you mean.")
		}
		seen[cell] = true
	}
	return f.err()
}

// resolve holds changes against what is stored.
func resolve(ctx context.Context, r store.Reader, in MatrixInput) (cellEdits, error) {
	c := cellEdits{given: map[int64][]PermissionRef{}, taken: map[int64][]PermissionRef{}}
	if err := in.check(); err != nil {
		return c, err
	}
	roles, permissions := in.ids()
	var err error
	if c.roles, err = selectRolesByID(ctx, r, roles); err != nil {
		return c, err
	}
	if c.permissions, err = selectPermissionsByID(ctx, r, permissions); err != nil {
		return c, err
	}
	if len(c.roles) < len(roles) || len(c.permissions) < len(permissions) {
		return c, errs.New(errs.Conflict, "A role or permission of these changes does not exist any more. Nothing was saved. Open the matrix again and look what is left.")
	}
	if c.holding, err = selectHolding(ctx, r, permissions); err != nil {
		return c, err
	}
	wanted := make(map[[2]int64]bool, len(in.Changes))
	for _, change := range in.Changes {
		wanted[[2]int64{change.RoleID, change.PermissionID}] = change.Give
	}
	for _, role := range c.roles {
		for _, p := range c.permissions {
			give, asked := wanted[[2]int64{role.ID, p.ID}]
			switch {
			case !asked:
			case give == c.holding[p.ID][role.ID]:
				c.same++
			case give:
				c.given[role.ID] = append(c.given[role.ID], p)
			default:
				c.taken[role.ID] = append(c.taken[role.ID], p)
			}
		}
	}
	return c, nil
}

// refuse says no to roles that come with the product, and to roles that changed
// since they were read.
func (c cellEdits) refuse(ctx context.Context, r store.Reader, in MatrixInput) error {
	for _, role := range c.roles {
		if err := notBuiltIn(role.Role); err != nil {
			return err
		}
	}
	stale, err := c.stale(ctx, r, in)
	if err != nil || len(stale) == 0 {
		return err
	}
	return errs.Wrap(&StaleMatrix{Roles: stale}, errs.Conflict,
		"%s was changed while you edited it. Nothing was saved. Look at what changed and send it again.", stale[0].Role.Name)
}

// edits gives the roles that really change.
func (c cellEdits) edits() []roleEdit {
	var edits []roleEdit
	for _, role := range c.roles {
		moved := contents{permissionsAdded: c.given[role.ID], permissionsRemoved: c.taken[role.ID]}
		if !moved.empty() {
			edits = append(edits, roleEdit{was: role.Role, is: role.Role, contents: moved})
		}
	}
	return edits
}

// stale names the roles that changed since they were read, and how.
func (c cellEdits) stale(ctx context.Context, r store.Reader, in MatrixInput) ([]StaleNote, error) {
	var notes []StaleNote
	for _, role := range c.roles {
		behind := role.Version - in.Versions[role.ID]
		if behind == 0 {
			continue
		}
		note := StaleNote{Role: roleRef(role.Role), Version: role.Version}
		events, err := selectEdits(ctx, r, role.ID, int(min(max(behind, 1), staleEvents)))
		if err != nil {
			return nil, err
		}
		for i, event := range events {
			if i == 0 {
				note.ChangedBy, note.ChangedAt = event.ActorName, event.At
			}
			note.add(codesIn(event.After), codesIn(event.Before))
		}
		notes = append(notes, note)
	}
	return notes, nil
}

// add takes in what an earlier edit gave and took: what a later one undid is no
// difference any more.
func (n *StaleNote) add(given, taken []string) {
	for _, code := range given {
		if i := slices.Index(n.Taken, code); i >= 0 {
			n.Taken = slices.Delete(n.Taken, i, i+1)
		} else {
			n.Given = append(n.Given, code)
		}
	}
	for _, code := range taken {
		if i := slices.Index(n.Given, code); i >= 0 {
			n.Given = slices.Delete(n.Given, i, i+1)
		} else {
			n.Taken = append(n.Taken, code)
		}
	}
}

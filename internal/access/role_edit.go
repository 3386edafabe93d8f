package access

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// EditRole changes a role that the actor read as in.Version. When it changed
// since, the Conflict's cause is a *StaleRole with both versions.
func (e *Engine) EditRole(ctx context.Context, actor models.Actor, key string, in RoleInput) (RoleDetail, error) {
	var out RoleDetail
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		was, err := lockOwnRole(ctx, tx, key)
		if err != nil {
			return err
		}
		if in.Version != was.Version {
			return e.stale(ctx, tx, was, in)
		}
		var f form
		w, err := checkRole(ctx, tx.Reader, &f, in)
		if err != nil {
			return err
		}
		in.Reason = f.reason(in.Reason)
		if err := f.err(); err != nil {
			return err
		}
		if err := editRole(ctx, tx, was, w, in.Reason); err != nil {
			return err
		}
		out, err = e.detail(ctx, tx.Reader, key)
		return err
	})
	if unlessUnchanged(err) == nil && err != nil {
		return e.Role(ctx, actor.Tenant, key)
	}
	return out, err
}

// lockOwnRole takes a role that does not come with the product.
func lockOwnRole(ctx context.Context, tx *store.Tx, key string) (models.Role, error) {
	role, err := lockRole(ctx, tx, key)
	if err != nil {
		return role, err
	}
	return role, notBuiltIn(role)
}

// notBuiltIn refuses a role that comes with the product.
func notBuiltIn(role models.Role) error {
	if role.BuiltIn {
		return errs.New(errs.Conflict, "%s comes with Rollcall and stays as it is. Create a role of your own instead; it may contain this one.", role.Name)
	}
	return nil
}

// roleEdit is one role before and after an edit.
type roleEdit struct {
	was, is  models.Role
	contents contents
}

// editRole writes the difference, if there is one and the actor may.
func editRole(ctx context.Context, tx *store.Tx, was models.Role, w wanted, reason string) error {
	c, err := compareStored(ctx, tx, was, w)
	if err != nil {
		return err
	}
	is := was
	is.Name, is.Sentence, is.Privileged, is.MaxDays = w.name, w.sentence, w.privileged, w.maxDays
	if c.empty() && is == was {
		return errUnchanged
	}
	return writeEdits(ctx, tx, []roleEdit{{was: was, is: is, contents: c}}, reason)
}

// writeEdits writes edits of different roles together, with an event for each.
// What the actor may is asked of all before the first is written, and the last
// admin is looked for after the last.
func writeEdits(ctx context.Context, tx *store.Tx, edits []roleEdit, reason string) error {
	for _, ed := range edits {
		if err := mayEdit(ctx, askedIn(tx), ed.was, ed.is, ed.contents); err != nil {
			return denyEdit(err, ed.was, reason)
		}
		if err := checkCircle(ctx, tx, ed.is, ed.contents.childrenAdded); err != nil {
			return err
		}
	}
	before, err := adminsLeft(ctx, tx, without{})
	if err != nil {
		return err
	}
	for i := range edits {
		if err := updateRole(ctx, tx, &edits[i].is); err != nil {
			return err
		}
		if err := writeContents(ctx, tx, edits[i].is.ID, edits[i].contents); err != nil {
			return err
		}
	}
	if err := guardEdit(ctx, tx, before); err != nil {
		return err
	}
	if err := raiseVersion(ctx, tx); err != nil {
		return err
	}
	for _, ed := range edits {
		old, now := describe(ed.was, ed.is, ed.contents)
		err := tx.Record(ctx, store.Event{Action: models.RoleEdit, Target: roleTarget(ed.is), Reason: reason, Before: old, After: now})
		if err != nil {
			return err
		}
	}
	return nil
}

func compareStored(ctx context.Context, tx *store.Tx, role models.Role, w wanted) (contents, error) {
	permissions, err := selectOwnPermissions(ctx, tx.Reader, role.ID)
	if err != nil {
		return contents{}, err
	}
	children, err := selectNear(ctx, tx.Reader, role.ID, true)
	return compare(w, permissions, children), err
}

// mayEdit checks the rights for an edit. Name and sentence need no more than
// roles.edit; what the role gives, how long and how it is guarded needs the rest.
func mayEdit(ctx context.Context, a asker, was, is models.Role, c contents) error {
	deep := !c.empty() || was.Privileged != is.Privileged || was.MaxDays != is.MaxDays
	privileged := false
	if deep {
		_, reaches, err := selectFacts(ctx, a.Reader, []int64{was.ID})
		if err != nil {
			return err
		}
		privileged = reaches || is.Privileged
	}
	if err := mayCompose(ctx, a, c, privileged); err != nil {
		return err
	}
	return mayWiden(ctx, a, was, c)
}

// stale says that somebody was faster, with both versions.
func (e *Engine) stale(ctx context.Context, tx *store.Tx, was models.Role, in RoleInput) error {
	theirs, err := e.detail(ctx, tx.Reader, was.Key)
	if err != nil {
		return err
	}
	s := &StaleRole{Yours: in, Theirs: theirs}
	if s.ChangedBy, s.ChangedAt, err = selectChanger(ctx, tx.Reader, was.ID); err != nil {
		return err
	}
	return errs.Wrap(s, errs.Conflict, "%s was changed while you edited it. Nothing was saved. Compare both versions and save again.", was.Name)
}

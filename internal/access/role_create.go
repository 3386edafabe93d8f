package access

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// CreateRole adds a role. Nobody holds it yet, but it can only be made of what
// the actor holds.
func (e *Engine) CreateRole(ctx context.Context, actor models.Actor, in RoleInput) (RoleDetail, error) {
	var out RoleDetail
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil { // its version rises; and keys are looked up
			return err
		}
		role, w, err := newRole(ctx, tx, in)
		if err != nil {
			return err
		}
		c := compare(w, nil, nil)
		if err := mayCompose(ctx, askedIn(tx), c, w.privileged); err != nil {
			return denyEdit(err, role, in.Reason)
		}
		if err := insertRow(ctx, tx, &role); err != nil {
			return err
		}
		if err := writeContents(ctx, tx, role.ID, c); err != nil {
			return err
		}
		if err := raiseVersion(ctx, tx); err != nil {
			return err
		}
		_, after := describe(models.Role{}, role, c)
		err = tx.Record(ctx, store.Event{Action: models.RoleCreate, Target: roleTarget(role), Reason: in.Reason, After: after})
		if err != nil {
			return err
		}
		out, err = e.detail(ctx, tx.Reader, role.Key)
		return err
	})
	return out, err
}

// denyEdit records the refusal of an edit; other errors pass.
func denyEdit(err error, role models.Role, reason string) error {
	if !errs.Is(err, errs.Forbidden) {
		return err
	}
	return deny(err, roleTarget(role), store.Ref{}, reason)
}

// newRole checks the form of a new role and makes the row.
func newRole(ctx context.Context, tx *store.Tx, in RoleInput) (models.Role, wanted, error) {
	var f form
	w, err := checkRole(ctx, tx.Reader, &f, in)
	if err != nil {
		return models.Role{}, w, err
	}
	app, err := selectApplicationByKey(ctx, tx.Reader, in.Application)
	if errs.Is(err, errs.NotFound) {
		f.refuse("application", "Choose an application from the list.")
	} else if err != nil {
		return models.Role{}, w, err
	}
	key := in.Key
	if key != "" {
		key = f.key("key", key, roleKeyForm)
	}
	if in.Reason != "" {
		in.Reason = f.reason(in.Reason)
	}
	if err := f.err(); err != nil {
		return models.Role{}, w, err
	}
	if key, err = freeKey(ctx, tx, key, app.Key, w.name); err != nil {
		return models.Role{}, w, err
	}
	return models.Role{
		ApplicationID: app.ID, Key: key, Name: w.name, Sentence: w.sentence, Privileged: w.privileged,
		MaxDays: w.maxDays, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}, w, nil
}

// freeKey gives the key of a new role: the one asked for, or the first free one
// made from the names.
func freeKey(ctx context.Context, tx *store.Tx, asked, application, name string) (string, error) {
	base := slug(name)
	if base == "" { // a name without a Latin letter
		base = "role"
	}
	base = clip(application+"."+base, 120)
	candidates := []string{asked}
	if asked == "" {
		candidates = []string{base}
		for i := 2; i < 100; i++ {
			candidates = append(candidates, fmt.Sprintf("%s-%d", base, i))
		}
	}
	taken, err := selectRolesByKey(ctx, tx.Reader, candidates)
	if err != nil {
		return "", err
	}
	for _, key := range candidates {
		if _, used := taken[key]; !used {
			return key, nil
		}
	}
	return "", errs.Input(errs.Field{Name: "key", Message: "Another role has this key: " + taken[candidates[0]].Name + ". Choose a different one."})
}

package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// findConsole gives the console's application, or one without an id to insert.
func findConsole(ctx context.Context, r store.Reader) (models.Application, error) {
	app, err := selectApplicationByKey(ctx, r, models.ConsoleApplication)
	if errs.Is(err, errs.NotFound) {
		return models.Application{Key: models.ConsoleApplication, Name: "Rollcall", BuiltIn: true}, nil
	}
	return app, err
}

// write makes the database what the program says, with one event.
func (c builtInChange) write(ctx context.Context, tx *store.Tx) error {
	if c.application.ID == 0 {
		if err := insertRow(ctx, tx, &c.application); err != nil {
			return err
		}
	}
	for _, info := range c.permissions {
		row := models.AppPermission{ApplicationID: c.application.ID, Key: info.Key, Sentence: info.Sentence}
		if err := insertRow(ctx, tx, &row); err != nil {
			return err
		}
	}
	for _, info := range c.sentences {
		if err := updateSentence(ctx, tx, c.application.ID, info); err != nil {
			return err
		}
	}
	changed := c.wrong()
	for _, b := range c.roles {
		role := models.Role{
			ApplicationID: c.application.ID, Key: b.key, Name: b.name, Sentence: b.sentence,
			Privileged: b.privileged, BuiltIn: true, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if err := insertRow(ctx, tx, &role); err != nil {
			return err
		}
		c.storedRoles[b.key] = role
		changed = append(changed, b)
	}
	for i := range c.texts {
		if err := updateRole(ctx, tx, &c.texts[i]); err != nil {
			return err
		}
	}
	if err := c.fill(ctx, tx, changed); err != nil {
		return err
	}
	return c.record(ctx, tx)
}

// fill makes the roles hold exactly what they should.
func (c builtInChange) fill(ctx context.Context, tx *store.Tx, roles []builtIn) error {
	all, err := selectPermissions(ctx, tx.Reader, models.ConsoleApplication)
	if err != nil {
		return err
	}
	for _, b := range roles {
		id := c.storedRoles[b.key].ID
		held, err := selectOwnPermissions(ctx, tx.Reader, id)
		if err != nil {
			return err
		}
		var w wanted
		for _, p := range all {
			if bit, known := models.PermissionByKey(p.Key); known && b.mask.Has(bit) {
				w.permissions = append(w.permissions, p)
			}
		}
		held = slices.DeleteFunc(held, func(p PermissionRef) bool { // a newer version's permission stays
			_, known := models.PermissionByKey(p.Key)
			return p.Application == models.ConsoleApplication && !known
		})
		if err := writeContents(ctx, tx, id, compare(w, held, nil)); err != nil {
			return err
		}
	}
	return raiseVersion(ctx, tx)
}

func (c builtInChange) record(ctx context.Context, tx *store.Tx) error {
	var roles, permissions []string
	for _, b := range c.roles {
		roles = append(roles, b.name)
	}
	for _, info := range c.permissions {
		permissions = append(permissions, info.Key)
	}
	name, err := selectTenantName(ctx, tx.Reader)
	if err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.RoleBuiltIn, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant(), Name: name},
		After: map[string]any{"roles": roles, "permissions": permissions},
	})
}

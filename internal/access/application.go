package access

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Applications lists the applications by name.
func (e *Engine) Applications(ctx context.Context, tenant int64) ([]ApplicationRow, error) {
	return selectApplications(ctx, e.db.Read(tenant))
}

// Permissions lists the permissions of an application, or of all for "".
func (e *Engine) Permissions(ctx context.Context, tenant int64, application string) ([]PermissionRef, error) {
	return selectPermissions(ctx, e.db.Read(tenant), application)
}

// CreateApplication adds an application that roles can belong to.
func (e *Engine) CreateApplication(ctx context.Context, actor models.Actor, in ApplicationInput) (models.Application, error) {
	var row models.Application
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var f form
		row = models.Application{Name: f.text("name", in.Name, 200), Key: in.Key}
		if row.Key == "" {
			row.Key = clip(slug(row.Name), 63)
		}
		row.Key = f.key("key", row.Key, applicationKeyForm)
		if err := mayDescribe(tx, in.Name); err != nil {
			return err
		}
		if err := f.err(); err != nil {
			return err
		}
		_, err := selectApplicationByKey(ctx, tx.Reader, row.Key)
		if err == nil {
			return errs.Input(errs.Field{Name: "key", Message: "Another application has this key. Choose a different one."})
		}
		if !errs.Is(err, errs.NotFound) {
			return err
		}
		if err := insertRow(ctx, tx, &row); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.ApplicationCreate, Target: applicationTarget(row),
			After: map[string]any{"key": row.Key, "name": row.Name},
		})
	})
	if store.IsUniqueViolation(err) { // somebody created it at the same moment
		err = errs.Input(errs.Field{Name: "key", Message: "Another application has this key. Choose a different one."})
	}
	return row, err
}

// AddPermission adds something an application lets a person do. The console's
// own permissions come with the program.
func (e *Engine) AddPermission(ctx context.Context, actor models.Actor, in PermissionInput) (PermissionRef, error) {
	var out PermissionRef
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var f form
		app, err := selectApplicationByKey(ctx, tx.Reader, in.Application)
		switch {
		case errs.Is(err, errs.NotFound):
			f.refuse("application", "Choose an application from the list.")
		case err != nil:
			return err
		case app.BuiltIn:
			f.refuse("application", "The permissions of %s come with the program.", app.Name)
		}
		row := models.AppPermission{
			ApplicationID: app.ID, Key: f.key("key", in.Key, permissionKeyForm), Sentence: f.text("sentence", in.Sentence, 500),
		}
		if err := mayDescribe(tx, app.Name); err != nil {
			return err
		}
		if err := f.err(); err != nil {
			return err
		}
		if err := insertRow(ctx, tx, &row); err != nil {
			return err
		}
		out = PermissionRef{ID: row.ID, Application: app.Key, Key: row.Key, Sentence: row.Sentence}
		return tx.Record(ctx, store.Event{
			Action: models.PermissionAdd, Target: applicationTarget(app),
			After: map[string]any{"permission": row.Key, "sentence": row.Sentence},
		})
	})
	if store.IsUniqueViolation(err) {
		err = errs.Input(errs.Field{Name: "key", Message: "The application has this permission already. Choose a different key."})
	}
	return out, err
}

func applicationTarget(a models.Application) store.Ref {
	return store.Ref{Kind: models.KindApplication, ID: a.ID, Name: a.Name}
}

func mayDescribe(tx *store.Tx, application string) error {
	if tx.Actor.Can.Has(models.RolesEdit) {
		return nil
	}
	refusal := errs.Denied(models.RolesEdit.Key(), "You may not create or change applications and roles.")
	return deny(refusal, store.Ref{Kind: models.KindApplication, Name: application}, store.Ref{}, "")
}

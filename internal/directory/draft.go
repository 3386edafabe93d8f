package directory

import (
	"context"
	"maps"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// draft is a person being changed: what was refused, which columns changed, and
// what the audit log says about it.
type draft struct {
	form
	engine  *Engine
	tx      *store.Tx
	user    models.User // as it will be
	sources Sources
	isNew   bool

	columns    []string
	attributes []models.UserAttribute // to write; an empty value removes
	before     map[string]any
	after      map[string]any
}

func (e *Engine) draft(tx *store.Tx, user models.User) *draft {
	return &draft{
		engine: e, tx: tx, user: user, sources: ParseSources(user.FieldSources), isNew: user.ID == 0,
		before: map[string]any{}, after: map[string]any{},
	}
}

// changed reports whether anything is to be written.
func (d *draft) changed() bool { return len(d.columns) > 0 || len(d.attributes) > 0 }

// note keeps one changed field for the audit log, which hides masked fields
// from readers who may not see them.
func (d *draft) note(field string, before, after any) {
	if !d.isNew {
		d.before[field] = before
	}
	d.after[field] = after
}

// owned refuses a change to a field that a provider owns.
func (d *draft) owned(field string) bool {
	owner := d.sources.Owner(field)
	if owner == "" {
		return false
	}
	d.refuse(field, "Managed in %s. Change it there.", d.engine.SourceName(owner))
	return true
}

// field describes one line of text of a person.
type field struct {
	name    string
	label   string
	limit   int
	columns []string
	value   func(*models.User) *string
}

// lines are the fields that are one line of text.
var lines = []field{
	{FieldDisplayName, "The name", maxName, []string{"display_name", "sort_name"}, func(u *models.User) *string { return &u.DisplayName }},
	{FieldGivenName, "The given name", maxName, []string{"given_name"}, func(u *models.User) *string { return &u.GivenName }},
	{FieldFamilyName, "The family name", maxName, []string{"family_name"}, func(u *models.User) *string { return &u.FamilyName }},
	{FieldUsername, "The username", maxName, []string{"username", "username_norm"}, func(u *models.User) *string { return &u.Username }},
	{FieldEmail, "The e-mail address", maxEmail, []string{"email", "email_norm"}, func(u *models.User) *string { return &u.Email }},
	{FieldPhone, "The phone number", maxPhone, []string{"phone"}, func(u *models.User) *string { return &u.Phone }},
	{FieldExternalID, "The external ID", maxExternalID, []string{"external_id"}, func(u *models.User) *string { return &u.ExternalID }},
	{FieldTitle, "The title", maxName, []string{"title"}, func(u *models.User) *string { return &u.Title }},
}

// set writes a cleaned value into the draft.
func (d *draft) set(f field, value string) {
	current := f.value(&d.user)
	d.note(f.name, *current, value)
	*current = value
	d.columns = append(d.columns, f.columns...)
}

// derive computes what hangs on other fields.
func (d *draft) derive() {
	d.user.SortName = sortName(d.user.DisplayName)
	d.user.UsernameNorm = normUsername(d.user.Username)
	d.user.EmailNorm = cut(NormEmail(d.user.Email), maxEmail)
	d.user.FieldSources = d.sources.Text()
}

// renamed reports whether the words a person is found by have changed.
func (d *draft) renamed() bool {
	return renames(d.columns)
}

// save writes a changed person with words and attributes.
func (d *draft) save(ctx context.Context) error {
	d.derive()
	if d.isNew {
		if err := insertUser(ctx, d.tx, &d.user); err != nil {
			return err
		}
		return saveAttributes(ctx, d.tx, d.user.ID, d.attributes)
	}
	if err := saveUser(ctx, d.tx, &d.user, d.columns...); err != nil {
		return err
	}
	if d.renamed() {
		if err := replaceTokens(ctx, d.tx, &d.user); err != nil {
			return err
		}
	}
	return saveAttributes(ctx, d.tx, d.user.ID, d.attributes)
}

// record writes the audit event of the draft.
func (d *draft) record(ctx context.Context, action models.Action, reason string) error {
	return d.tx.Record(ctx, store.Event{
		Action: action, Target: Ref(d.user), Reason: reason,
		Before: maps.Clone(d.before), After: maps.Clone(d.after),
	})
}

package directory

import (
	"context"
	"errors"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errUnchanged ends the transaction of an edit that changes nothing: there is
// nothing to write and nothing to record.
var errUnchanged = errors.New("directory: nothing changed")

// Edit changes the fields of a person that the input holds, when the person is
// still at the version the form was made from (WEB-16). Otherwise it answers
// errs.Conflict with a *Stale inside, and saves nothing.
func (e *Engine) Edit(ctx context.Context, actor models.Actor, publicID string, version int64, in EditInput) (Person, error) {
	if err := permit(actor, models.UsersEdit, "edit people"); err != nil {
		return Person{}, err
	}
	var person Person
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		user, err := e.Lock(ctx, tx, publicID)
		if err != nil {
			return err
		}
		if err := editable(ctx, tx, user, version); err != nil {
			return err
		}
		d := e.draft(tx, user)
		reason := d.reason(in.Reason, false)
		if err := d.apply(ctx, in); err != nil {
			return err
		}
		if !d.changed() {
			if person, err = complete(ctx, tx.Reader, user); err != nil {
				return err
			}
			return errUnchanged
		}
		if err := d.save(ctx); err != nil {
			return err
		}
		if err := d.record(ctx, models.UserEdit, reason); err != nil {
			return err
		}
		if err := e.tell(ctx, tx, d.changedBy("")); err != nil {
			return err
		}
		person, err = complete(ctx, tx.Reader, d.user)
		return err
	})
	if errors.Is(err, errUnchanged) {
		return person, nil
	}
	if err != nil {
		return Person{}, err
	}
	return person, nil
}

// editable refuses a person who moved on since the form was made, or is gone.
func editable(ctx context.Context, tx *store.Tx, user models.User, version int64) error {
	if user.Version != version {
		theirs, err := complete(ctx, tx.Reader, user)
		if err != nil {
			return err
		}
		by := user.UpdatedBy
		if by == "" {
			by = "somebody"
		}
		stale := &Stale{Theirs: theirs, By: by, At: user.UpdatedAt}
		return errs.Wrap(stale, errs.Conflict, "Changed by %s since you opened this form. Nothing was saved.", by)
	}
	if user.Status == models.Removed {
		return errs.New(errs.Conflict, "%s was removed and can no longer be changed. Nothing was saved.", user.DisplayName)
	}
	return nil
}

// apply checks the input against the person and keeps what differs.
func (d *draft) apply(ctx context.Context, in EditInput) error {
	given := map[string]*string{
		FieldDisplayName: in.DisplayName, FieldGivenName: in.GivenName, FieldFamilyName: in.FamilyName,
		FieldUsername: in.Username, FieldEmail: in.Email, FieldPhone: in.Phone,
		FieldExternalID: in.ExternalID, FieldTitle: in.Title,
	}
	for _, f := range lines {
		if err := d.line(ctx, f, given[f.name]); err != nil {
			return err
		}
	}
	if err := d.department(ctx, in.Department); err != nil {
		return err
	}
	if err := d.manager(ctx, in.Manager); err != nil {
		return err
	}
	if in.External != nil && *in.External != d.user.External && !d.owned(FieldExternal) {
		d.note(FieldExternal, d.user.External, *in.External)
		d.user.External = *in.External
		d.columns = append(d.columns, "external")
	}
	if err := d.attributeValues(ctx, in.Attributes); err != nil {
		return err
	}
	return d.err()
}

// line checks one line of text.
func (d *draft) line(ctx context.Context, f field, given *string) error {
	if given == nil {
		return nil
	}
	refused := len(d.fields)
	value := d.text(f.name, f.label, *given, f.limit)
	if len(d.fields) > refused || value == *f.value(&d.user) || d.owned(f.name) {
		return nil
	}
	if value == "" && f.name == FieldDisplayName {
		d.refuse(f.name, "Enter a name.")
		return nil
	}
	if taken, err := d.taken(ctx, f.name, value); err != nil || taken {
		return err
	}
	d.set(f, value)
	return nil
}

// taken refuses an e-mail address of the wrong shape, and an e-mail address or
// username that somebody else has. Providers may still say the same of two
// people: this only keeps a person at the form from a mistake.
func (d *draft) taken(ctx context.Context, name, value string) (bool, error) {
	column, norm := "", ""
	switch {
	case value == "":
		return false, nil
	case name == FieldUsername:
		column, norm = "username_norm", normUsername(value)
	case name == FieldEmail && !isEmail(value):
		d.refuse(name, "This is not an e-mail address. It looks like amara@northwind.example.")
		return true, nil
	case name == FieldEmail:
		column, norm = "email_norm", NormEmail(value)
	default:
		return false, nil
	}
	holder, err := holderOf(ctx, d.tx.Reader, column, norm, d.user.ID)
	switch {
	case err != nil || holder.DisplayName == "":
		return false, err
	case holder.Status == models.Deactivated: // NIST SP 800-53 IA-4 (d): what named a leaver is not given to somebody else
		d.refuse(name, "%s, who is deactivated, has this one. It stays with that record: whoever got it could be taken for them.", holder.DisplayName)
	default:
		d.refuse(name, "%s already has this one.", holder.DisplayName)
	}
	return true, nil
}

// department checks the name of a department, and makes it when it is new.
func (d *draft) department(ctx context.Context, given *string) error {
	if given == nil {
		return nil
	}
	refused := len(d.fields)
	name := d.text(FieldDepartment, "The department", *given, maxDepartment)
	if len(d.fields) > refused {
		return nil
	}
	names, err := departmentNames(ctx, d.tx.Reader, presentIDs(d.user.DepartmentID))
	if err != nil {
		return err
	}
	current := names[d.user.DepartmentID]
	if fold(name) == fold(current) || d.owned(FieldDepartment) {
		return nil
	}
	id := int64(0)
	if name != "" {
		if id, err = d.engine.EnsureDepartment(ctx, d.tx, name); err != nil {
			return err
		}
	}
	d.note(FieldDepartment, current, name)
	d.user.DepartmentID = id
	d.columns = append(d.columns, "department_id")
	return nil
}

// manager checks the public id of a manager: somebody of this tenant who is
// here, not the person, and not somebody below the person.
func (d *draft) manager(ctx context.Context, given *string) error {
	if given == nil {
		return nil
	}
	var next models.User
	if *given != "" {
		found, err := findUser(ctx, d.tx.Reader, "public_id", *given)
		if errs.Is(err, errs.NotFound) {
			d.refuse(FieldManager, "Nobody in this directory has this ID. Choose somebody from the list.")
			return nil
		}
		if err != nil {
			return err
		}
		next = found
	}
	if next.ID == d.user.ManagerID || d.owned(FieldManager) {
		return nil
	}
	if ok, err := d.mayManage(ctx, next); err != nil || !ok {
		return err
	}
	names, err := namesIn(ctx, d.tx.Reader, presentIDs(d.user.ManagerID))
	if err != nil {
		return err
	}
	d.note(FieldManager, names[d.user.ManagerID].Name, next.DisplayName)
	d.user.ManagerID = next.ID
	d.columns = append(d.columns, "manager_id")
	return nil
}

// mayManage refuses managers who cannot be one. The tenant's row is held, so
// that two changes at once cannot close a circle.
func (d *draft) mayManage(ctx context.Context, next models.User) (bool, error) {
	if next.ID == 0 {
		return true, nil
	}
	if next.Status == models.Deactivated || next.Status == models.Removed {
		d.refuse(FieldManager, "%s is %s and cannot be a manager.", next.DisplayName, lowerWord(next.Status))
		return false, nil
	}
	if d.isNew {
		return true, nil
	}
	if next.ID == d.user.ID {
		d.refuse(FieldManager, "Nobody can be their own manager.")
		return false, nil
	}
	if err := d.tx.LockTenant(ctx); err != nil {
		return false, err
	}
	below, err := isAbove(ctx, d.tx.Reader, d.user.ID, next.ID)
	if err != nil {
		return false, err
	}
	if below {
		d.refuse(FieldManager, "%s reports to %s, directly or through others.", next.DisplayName, d.user.DisplayName)
	}
	return !below, nil
}

package link

import (
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// fieldLabels are what the fields are called, as the person's page calls them.
var fieldLabels = map[string]string{
	directory.FieldDisplayName: "Name", directory.FieldGivenName: "Given name", directory.FieldFamilyName: "Family name",
	directory.FieldUsername: "Username", directory.FieldEmail: "Email", directory.FieldPhone: "Phone",
	directory.FieldExternalID: "External ID", directory.FieldTitle: "Title", directory.FieldDepartment: "Department",
	directory.FieldManager: "Manager", directory.FieldExternal: "External", directory.FieldLeavingAt: "Leaving date",
}

// survey compares two records as they are now.
func (e *Engine) survey(ctx context.Context, r store.Reader, can models.Permission, stayID, goID int64) (Plan, error) {
	stay, err := e.people.PersonIn(ctx, r, stayID)
	if err != nil {
		return Plan{}, err
	}
	gone, err := e.people.PersonIn(ctx, r, goID)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Stay: side(stay), Go: side(gone), At: e.db.Now()}
	if p.Fields, err = e.fields(ctx, r, stay, gone); err != nil {
		return p, err
	}
	offers, err := e.access.Offers(ctx, r, can, stayID, goID)
	if err != nil {
		return p, err
	}
	for _, o := range offers {
		p.Roles = append(p.Roles, roleOf(o, e.people))
	}
	held, err := e.access.HeldIn(ctx, r, stayID)
	if err != nil {
		return p, err
	}
	for _, h := range held {
		if h.State != access.Expired {
			p.Held = append(p.Held, h.Role.Name)
		}
	}
	p.Identities = identitiesOf(stay, gone)
	accounts, systems, err := accountsOf(ctx, r, stayID, goID)
	if err != nil {
		return p, err
	}
	for _, a := range accounts {
		p.Accounts = append(p.Accounts, Account{ID: a.ID, System: systems[a.ConnectorID], Name: a.Username, Enabled: a.Enabled, Moves: a.UserID == goID})
	}
	p.seal()
	return p, nil
}

func side(p directory.Person) Side {
	return Side{ID: p.ID, PublicID: p.PublicID, Name: p.DisplayName, Email: p.Email, Status: p.Status, Version: p.Version, Reports: p.Reports}
}

func identitiesOf(stay, gone directory.Person) []Identity {
	var all []Identity
	for _, p := range []directory.Person{stay, gone} {
		for _, i := range p.Identities {
			all = append(all, Identity{
				ID: i.ID, Provider: i.Provider, Subject: i.Subject, Email: i.Email, Verified: i.EmailVerified,
				Last: i.LastSignInAt, Moves: p.ID == gone.ID,
			})
		}
	}
	return all
}

// roleOf makes a line of an offer. What widens nothing is kept; what does is
// chosen by a person or not at all.
func roleOf(o access.Offer, people *directory.Engine) Role {
	a := o.Assignment
	r := Role{
		AssignmentID: a.ID, RoleID: o.Role.ID, Name: o.Role.Name, Key: o.Role.Key, Application: o.Application, Sentence: o.Sentence,
		Privileged: o.Privileged, Why: a.GrantedBy, Reason: a.Reason, From: a.FromAt, Until: a.UntilAt,
		Same: o.SameID != 0, Widens: o.Widens, HeldBy: o.HeldBy, Keep: !o.Widens, Refusal: o.Refusal,
	}
	if claim, mapped := o.Claim(); mapped {
		r.Claim = claim.Provider
		r.Why = claim.Claim + " " + claim.Value + " at " + people.SourceName(claim.Provider)
	}
	return r
}

// fields compares everything the records carry.
func (e *Engine) fields(ctx context.Context, r store.Reader, stay, gone directory.Person) ([]Field, error) {
	since, err := fieldDates(ctx, r, stay.ID, gone.ID)
	if err != nil {
		return nil, err
	}
	var all []Field
	add := func(f Field, a, b string) {
		f.Stay = Value{Text: a, Source: stay.Sources.Owner(f.Name), At: since.of(stay.ID, f.Name, stay.CreatedAt)}
		f.Go = Value{Text: b, Source: gone.Sources.Owner(f.Name), At: since.of(gone.ID, f.Name, gone.CreatedAt)}
		if f.Name == directory.FieldManager {
			if f.Stay.No, f.Go.No, err = e.managers(ctx, r, stay, gone); err != nil {
				return
			}
		}
		f.settle()
		if f.Name == directory.FieldLeavingAt && f.Differs() {
			f.Pick = PickNone // whether somebody leaves is decided by a person, also where only one record knows
		}
		all = append(all, f)
	}
	left, right := texts(stay), texts(gone)
	if stay.Manager.ID != gone.Manager.ID && left[directory.FieldManager] == right[directory.FieldManager] { // namesakes
		left[directory.FieldManager] += " (" + stay.Manager.PublicID + ")"
		right[directory.FieldManager] += " (" + gone.Manager.PublicID + ")"
	}
	for _, name := range directory.CarriedFields() {
		masked := name == directory.FieldPhone || name == directory.FieldExternalID
		add(Field{Name: name, Label: fieldLabels[name], Masked: masked}, left[name], right[name])
	}
	if err != nil {
		return nil, err
	}
	for i, a := range stay.Attributes {
		b := directory.AttributeValue{}
		if i < len(gone.Attributes) && gone.Attributes[i].Definition.Key == a.Definition.Key {
			b = gone.Attributes[i]
		}
		f := Field{Name: directory.FieldAttribute(a.Definition.Key), Label: a.Definition.Label, Masked: a.Definition.Masked}
		f.Stay = Value{Text: a.Value.Own(), Source: a.Source, At: a.UpdatedAt}
		f.Go = Value{Text: b.Value.Own(), Source: b.Source, At: b.UpdatedAt}
		f.settle()
		all = append(all, f)
	}
	return slices.DeleteFunc(all, func(f Field) bool { return f.Stay.Text == "" && f.Go.Text == "" }), nil
}

// managers says why neither or one of the managers cannot be kept.
func (e *Engine) managers(ctx context.Context, r store.Reader, stay, gone directory.Person) (no, goNo string, err error) {
	if no, err = e.people.MayManage(ctx, r, stay.Manager.ID, stay.ID, gone.ID); err != nil {
		return "", "", err
	}
	goNo, err = e.people.MayManage(ctx, r, gone.Manager.ID, stay.ID, gone.ID)
	return no, goNo, err
}

// texts gives the fields of a person as people read them.
func texts(p directory.Person) map[string]string {
	leaves := ""
	if p.Status == models.Leaving && p.LeavingAt > 0 {
		leaves = p.LeavingAt.Time().Format(time.DateOnly)
	}
	external := "No"
	if p.External {
		external = "Yes"
	}
	return map[string]string{
		directory.FieldDisplayName: p.DisplayName, directory.FieldGivenName: p.GivenName, directory.FieldFamilyName: p.FamilyName,
		directory.FieldUsername: p.Username, directory.FieldEmail: p.Email, directory.FieldPhone: p.Phone.Own(),
		directory.FieldExternalID: p.ExternalID.Own(), directory.FieldTitle: p.Title, directory.FieldDepartment: p.Department,
		directory.FieldManager: p.Manager.Name, directory.FieldExternal: external, directory.FieldLeavingAt: leaves,
	}
}

// standing says why two records cannot become one as they are, nil when they
// can. Who stays must be somebody who can be in; nobody is let in by a merge who
// was kept out.
func standing(stay, gone Side) error {
	for _, s := range []Side{stay, gone} {
		switch s.Status {
		case models.Deactivated:
			return errs.New(errs.Conflict, "%s is deactivated. A merge would bring this identity back in. Reactivate the record first, or leave it as it is.", s.Name)
		case models.Suspended:
			return errs.New(errs.Conflict, "%s is suspended. A merge would lift that without saying so. Lift the suspension first, or deactivate the record.", s.Name)
		case models.Removed:
			return errs.New(errs.Conflict, "%s was removed and cannot be merged.", s.Name)
		case models.Active, models.Leaving, models.Invited:
		}
	}
	if stay.Status == models.Invited {
		return errs.New(errs.Conflict, "%s is Invited and was never let in. Choose the other record to stay, or let this person in first.", stay.Name)
	}
	return nil
}

package directory

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// CreateFromClaims creates a person a provider vouches for, with their first
// identity, inside the transaction of the verb, which decided that they may
// come in and records the event. The provider owns every field it said.
func (e *Engine) CreateFromClaims(ctx context.Context, tx *store.Tx, n NewFromClaims) (models.User, models.Identity, error) {
	user, err := newUser(tx, n.Status)
	if err != nil {
		return models.User{}, models.Identity{}, err
	}
	user.StatusReason = accept(n.Reason, maxReason)
	if n.Pending {
		user.PendingSince = tx.Now
	}
	user.Provider = n.Identity.Provider
	d := e.draft(tx, user)
	if err := d.claim(ctx, n.Claims, n.Identity.Provider); err != nil {
		return models.User{}, models.Identity{}, err
	}
	d.share(n.Shared)
	if d.user.DisplayName == "" {
		d.user.DisplayName = anyName(&d.user)
	}
	if err := d.save(ctx); err != nil {
		return models.User{}, models.Identity{}, err
	}
	identity := identityOf(tx, n.Identity, d.user.ID)
	identity.IsPrimary = true
	return d.user, identity, insertIdentity(ctx, tx, &identity)
}

// share leaves fields that were just filled to whoever changes them here.
func (d *draft) share(names []string) {
	for _, name := range names {
		delete(d.sources, name)
		for i := range d.attributes {
			if FieldAttribute(d.attributes[i].Attribute) == name {
				d.attributes[i].Source = ""
			}
		}
	}
}

// anyName gives what may stand in the place of a name nobody said.
func anyName(u *models.User) string {
	if name := strings.TrimSpace(u.GivenName + " " + u.FamilyName); name != "" {
		return cut(name, maxName)
	}
	if u.Username != "" {
		return u.Username
	}
	if local, _, _ := strings.Cut(u.Email, "@"); local != "" {
		return local
	}
	return nameless
}

// ApplyClaims writes what a provider says about a person into the fields that
// this provider owns, and into those that are empty and owned by nobody. What a
// person typed here, or another provider owns, stays. Before and after hold the
// fields that changed; when they are empty nothing was written and there is
// nothing to record.
func (e *Engine) ApplyClaims(ctx context.Context, tx *store.Tx, userID int64, c Claims, source string) (user models.User, before, after map[string]any, err error) {
	user, err = e.LockByID(ctx, tx, userID)
	if err != nil {
		return user, nil, nil, err
	}
	d := e.draft(tx, user)
	if err := d.claim(ctx, c, source); err != nil {
		return user, nil, nil, err
	}
	if !d.changed() {
		return user, d.before, d.after, nil
	}
	d.columns = append(d.columns, "field_sources")
	if err := d.save(ctx); err != nil {
		return user, nil, nil, err
	}
	return d.user, d.before, d.after, e.tell(ctx, tx, d.changedBy(source))
}

// claim keeps what a provider may and does change.
func (d *draft) claim(ctx context.Context, c Claims, source string) error {
	said := map[string]*string{
		FieldDisplayName: c.DisplayName, FieldGivenName: c.GivenName, FieldFamilyName: c.FamilyName,
		FieldUsername: c.Username, FieldEmail: c.Email, FieldPhone: c.Phone,
		FieldExternalID: c.ExternalID, FieldTitle: c.Title,
	}
	for _, f := range lines {
		if said[f.name] == nil {
			continue
		}
		value := accept(*said[f.name], f.limit)
		current := *f.value(&d.user)
		if f.name == FieldDisplayName && value == "" || f.name == FieldEmail && value != "" && !isEmail(value) {
			continue // a person without a name, or an address nobody can write to, is worse than the old one
		}
		if value != current && d.yields(f.name, current, source) {
			d.set(f, value)
			d.sources[f.name] = source
		}
	}
	if err := d.claimDepartment(ctx, c.Department, source); err != nil {
		return err
	}
	return d.claimAttributes(ctx, c.Attributes, source)
}

// yields reports whether a field gives way to a provider.
func (d *draft) yields(field, current, source string) bool {
	owner := d.sources.Owner(field)
	return owner == source || owner == "" && current == ""
}

func (d *draft) claimDepartment(ctx context.Context, said *string, source string) error {
	if said == nil {
		return nil
	}
	name := accept(*said, maxDepartment)
	names, err := departmentNames(ctx, d.tx.Reader, presentIDs(d.user.DepartmentID))
	if err != nil {
		return err
	}
	current := names[d.user.DepartmentID]
	if name == current || !d.yields(FieldDepartment, current, source) {
		return nil
	}
	id := int64(0)
	if name != "" {
		if id, err = d.engine.EnsureDepartment(ctx, d.tx, name); err != nil {
			return err
		}
	}
	if id == d.user.DepartmentID {
		return nil
	}
	d.note(FieldDepartment, current, name)
	d.user.DepartmentID = id
	d.columns = append(d.columns, "department_id")
	d.sources[FieldDepartment] = source
	return nil
}

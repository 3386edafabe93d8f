package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func nobody() error {
	return errs.New(errs.NotFound, "Nobody in this directory has this ID.")
}

// Get gives the person of a public id; errs.NotFound when this tenant has none.
func (e *Engine) Get(ctx context.Context, tenant int64, publicID string) (Person, error) {
	r := e.db.Read(tenant)
	user, err := findUser(ctx, r, "public_id", publicID)
	if err != nil {
		return Person{}, err
	}
	return complete(ctx, r, user)
}

// GetByID gives the person of an internal id.
func (e *Engine) GetByID(ctx context.Context, tenant, id int64) (Person, error) {
	r := e.db.Read(tenant)
	user, err := findUser(ctx, r, "id", id)
	if err != nil {
		return Person{}, err
	}
	return complete(ctx, r, user)
}

// complete adds to a record everything else the directory knows.
func complete(ctx context.Context, r store.Reader, user models.User) (Person, error) {
	p := personOf(user)
	names, err := departmentNames(ctx, r, presentIDs(user.DepartmentID))
	if err != nil {
		return Person{}, err
	}
	p.Department = names[user.DepartmentID]
	managers, err := namesIn(ctx, r, presentIDs(user.ManagerID))
	if err != nil {
		return Person{}, err
	}
	p.Manager = managers[user.ManagerID]
	if p.Identities, err = identitiesOf(ctx, r, user.ID); err != nil {
		return Person{}, err
	}
	if p.Attributes, err = attributesOf(ctx, r, user.ID); err != nil {
		return Person{}, err
	}
	p.Reports, p.ReportsCapped, err = countReports(ctx, r, user.ID)
	return p, err
}

func presentIDs(ids ...int64) []int64 {
	var present []int64
	for _, id := range ids {
		if id != 0 {
			present = append(present, id)
		}
	}
	return present
}

func personOf(u models.User) Person {
	return Person{
		ID: u.ID, PublicID: u.PublicID, Username: u.Username, DisplayName: u.DisplayName, GivenName: u.GivenName,
		FamilyName: u.FamilyName, Email: u.Email, Phone: Hide(u.Phone), ExternalID: Hide(u.ExternalID), Title: u.Title,
		DepartmentID: u.DepartmentID, External: u.External, Provider: u.Provider, Status: u.Status,
		StatusReason: u.StatusReason, StatusBy: u.StatusBy, StatusSince: u.StatusSince, LeavingAt: u.LeavingAt,
		PendingSince: u.PendingSince, LastSignInAt: u.LastSignInAt, AccessEpoch: u.AccessEpoch, Version: u.Version,
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt, UpdatedBy: u.UpdatedBy, Sources: ParseSources(u.FieldSources),
	}
}

// FindIdentity gives the person an (issuer, subject) belongs to; errs.NotFound
// when it belongs to nobody here. Both are compared byte by byte.
func (e *Engine) FindIdentity(ctx context.Context, tenant int64, issuer, subject string) (models.User, models.Identity, error) {
	return identityHolder(ctx, e.db.Read(tenant), issuer, subject)
}

// IdentityIn is FindIdentity inside a transaction.
func (e *Engine) IdentityIn(ctx context.Context, tx *store.Tx, issuer, subject string) (models.User, models.Identity, error) {
	return identityHolder(ctx, tx.Reader, issuer, subject)
}

func identityHolder(ctx context.Context, r store.Reader, issuer, subject string) (models.User, models.Identity, error) {
	identity, err := findIdentity(ctx, r, issuer, subject)
	if err != nil {
		return models.User{}, models.Identity{}, err
	}
	user, err := findUser(ctx, r, "id", identity.UserID)
	return user, identity, err
}

// Lock reads a person inside a transaction and holds their row until its end.
func (e *Engine) Lock(ctx context.Context, tx *store.Tx, publicID string) (models.User, error) {
	return lockUser(ctx, tx, "public_id", publicID)
}

// LockByID is Lock by internal id.
func (e *Engine) LockByID(ctx context.Context, tx *store.Tx, id int64) (models.User, error) {
	return lockUser(ctx, tx, "id", id)
}

// Ref names a user for the audit log.
func Ref(u models.User) store.Ref {
	return store.Ref{Kind: models.KindUser, ID: u.ID, Name: u.DisplayName}
}

package directory

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Create adds a person who is Active from now on. They can sign in as soon as
// an identity is linked.
func (e *Engine) Create(ctx context.Context, actor models.Actor, in NewPerson) (Person, error) {
	return e.add(ctx, actor, in, models.Active)
}

// Invite adds a person who is Invited until they first sign in with an identity
// whose verified e-mail is this one. Rollcall sends nothing.
func (e *Engine) Invite(ctx context.Context, actor models.Actor, in NewPerson) (Person, error) {
	return e.add(ctx, actor, in, models.Invited)
}

func (e *Engine) add(ctx context.Context, actor models.Actor, in NewPerson, status models.Status) (Person, error) {
	if err := permit(actor, models.UsersCreate, "create people"); err != nil {
		return Person{}, err
	}
	action := models.UserCreate
	if status == models.Invited {
		action = models.UserInvite
	}
	var person Person
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil { // two people must not get one e-mail address at once
			return err
		}
		user, err := newUser(tx, status)
		if err != nil {
			return err
		}
		d := e.draft(tx, user)
		reason := d.reason(in.Reason, false)
		d.user.StatusReason = reason
		d.demand(in, status)
		if err := d.apply(ctx, in.edit()); err != nil {
			return err
		}
		if err := d.save(ctx); err != nil {
			return err
		}
		d.after[FieldStatus] = string(status)
		if err := d.record(ctx, action, reason); err != nil {
			return err
		}
		person, err = complete(ctx, tx.Reader, d.user)
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return person, nil
}

// newUser gives a record with a fresh public id, born in this transaction.
func newUser(tx *store.Tx, status models.Status) (models.User, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return models.User{}, fmt.Errorf("make a public id: %w", err)
	}
	by := cut(tx.Actor.Name, maxName)
	return models.User{
		PublicID: id.String(), Status: status, StatusBy: by, StatusSince: tx.Now, FieldSources: "{}",
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now, UpdatedBy: by,
	}, nil
}

// demand refuses a new person without what they need.
func (d *draft) demand(in NewPerson, status models.Status) {
	if tidy(in.DisplayName) == "" {
		d.refuse(FieldDisplayName, "Enter a name.")
	}
	if status == models.Invited && tidy(in.Email) == "" {
		d.refuse(FieldEmail, "Enter the e-mail address the person will sign in with.")
	}
}

// edit gives the input as the changes to an empty person.
func (in NewPerson) edit() EditInput {
	return EditInput{
		DisplayName: &in.DisplayName, GivenName: &in.GivenName, FamilyName: &in.FamilyName, Username: &in.Username,
		Email: &in.Email, Phone: &in.Phone, ExternalID: &in.ExternalID, Title: &in.Title,
		Department: &in.Department, Manager: &in.Manager, External: &in.External, Attributes: in.Attributes,
	}
}

// nameless is who stands in a list without any name.
const nameless = "Unnamed person"

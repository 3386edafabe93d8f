package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// idsOf gives the ids of public ids; who is not there is missing.
func idsOf(ctx context.Context, r store.Reader, publicIDs []string) (map[string]int64, error) {
	ids := make(map[string]int64, len(publicIDs))
	if len(publicIDs) == 0 {
		return ids, nil
	}
	found := []named{}
	err := r.Raw("SELECT id, public_id FROM users WHERE tenant_id = ?tenant AND public_id IN ("+marks(len(publicIDs))+")", toAny(publicIDs)...).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("read ids: %w", err)
	}
	for _, n := range found {
		ids[n.PublicID] = n.ID
	}
	return ids, nil
}

// tenantRef names the tenant for the audit log.
func tenantRef(ctx context.Context, r store.Reader) (store.Ref, error) {
	var name string
	if err := r.Raw("SELECT name FROM tenants WHERE id = ?tenant").Scan(ctx, &name); err != nil {
		return store.Ref{}, fmt.Errorf("read tenant: %w", err)
	}
	return store.Ref{Kind: models.KindTenant, ID: r.Tenant(), Name: name}, nil
}

// insertUsers writes a chunk and reads back which ids it got: not every
// database tells, and not all hand out ids without gaps.
func insertUsers(ctx context.Context, tx *store.Tx, users []models.User) error {
	_, err := tx.Insert(&users).Returning("NULL").Exec(ctx)
	if store.IsUniqueViolation(err) {
		return errs.Wrap(err, errs.Conflict, "Somebody with one of these public IDs is already there. Nothing of this chunk was written.")
	}
	if err != nil {
		return fmt.Errorf("insert %d users: %w", len(users), err)
	}
	publicIDs := make([]string, len(users))
	for i := range users {
		publicIDs[i] = users[i].PublicID
	}
	ids, err := idsOf(ctx, tx.Reader, publicIDs)
	if err != nil {
		return err
	}
	for i := range users {
		if users[i].ID = ids[users[i].PublicID]; users[i].ID == 0 {
			return fmt.Errorf("user %s is missing after its insert", users[i].PublicID)
		}
	}
	return nil
}

// insertBelongings writes the words, identities and attributes of a chunk.
func insertBelongings(ctx context.Context, tx *store.Tx, users []models.User, records []NewRecord) error {
	var words []models.UserToken
	var identities []models.Identity
	var values []models.UserAttribute
	for i := range users {
		u, n := &users[i], &records[i]
		for _, token := range tokens(u.DisplayName, u.Username, u.Email) {
			words = append(words, models.UserToken{Token: token, UserID: u.ID, SortName: u.SortName})
		}
		for k, identity := range n.Identities {
			row := identityOf(tx, identity, u.ID)
			row.IsPrimary, row.LinkedAt, row.LastSignInAt = k == 0, u.CreatedAt, u.LastSignInAt
			identities = append(identities, row)
		}
		for key, value := range n.Attributes {
			if value = accept(value, maxValue); value != "" {
				values = append(values, models.UserAttribute{UserID: u.ID, Attribute: key, Value: value, UpdatedAt: u.CreatedAt})
			}
		}
	}
	if err := insertAll(ctx, tx, words); err != nil {
		return err
	}
	if err := insertAll(ctx, tx, identities); err != nil {
		return err
	}
	return insertAll(ctx, tx, values)
}

func insertAll[T any](ctx context.Context, tx *store.Tx, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Insert(&rows).Returning("NULL").Exec(ctx)
	if store.IsUniqueViolation(err) {
		return errs.Wrap(err, errs.Conflict, "An identity of this chunk already belongs to somebody. Nothing of this chunk was written.")
	}
	if err != nil {
		return fmt.Errorf("insert %d %T: %w", len(rows), rows, err)
	}
	return nil
}

package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// readUsers reads many people.
func readUsers(ctx context.Context, r store.Reader, ids []int64) ([]models.User, error) {
	users := []models.User{}
	if len(ids) == 0 {
		return users, nil
	}
	if err := r.Select(&users).Where("u.id IN (?)", bun.List(ids)).Limit(int64(len(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read %d people: %w", len(ids), err)
	}
	return users, nil
}

// lockUsers reads many people and holds their rows, always in the same order.
func lockUsers(ctx context.Context, tx *store.Tx, ids []int64) ([]models.User, error) {
	users := []models.User{}
	if len(ids) == 0 {
		return users, nil
	}
	q := tx.Select(&users).Where("u.id IN (?)", bun.List(ids)).OrderExpr("u.id").Limit(int64(len(ids)))
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("lock %d people: %w", len(ids), err)
	}
	return users, nil
}

// readValuesOf reads the local attributes of many people.
func readValuesOf(ctx context.Context, r store.Reader, ids []int64) ([]models.UserAttribute, error) {
	rows := []models.UserAttribute{}
	if len(ids) == 0 {
		return rows, nil
	}
	if err := r.Select(&rows).Where("ua.user_id IN (?)", bun.List(ids)).Limit(int64(len(ids) * maxDefinitions)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read attributes of %d people: %w", len(ids), err)
	}
	return rows, nil
}

// writeChunk bounds the rows of one statement.
const writeChunk = 250

// givenColumns are what Take may change of a person, with what hangs on it.
var givenColumns = []string{
	"display_name", "sort_name", "given_name", "family_name", "username", "username_norm", "email", "email_norm",
	"phone", "external_id", "title", "department_id", "field_sources", "version", "updated_at", "updated_by",
}

// updateUsers writes what Take changed. The rows are held and were read whole.
func updateUsers(ctx context.Context, tx *store.Tx, users []models.User) error {
	for len(users) > 0 {
		part := users[:min(writeChunk, len(users))]
		if _, err := tx.Upsert(&part, []string{"id"}, givenColumns...).Exec(ctx); err != nil {
			return fmt.Errorf("save %d people: %w", len(part), err)
		}
		users = users[len(part):]
	}
	return nil
}

func tokensOf(u *models.User) []models.UserToken {
	found := tokens(u.DisplayName, u.Username, u.Email)
	rows := make([]models.UserToken, len(found))
	for i, token := range found {
		rows[i] = models.UserToken{Token: token, UserID: u.ID, SortName: u.SortName}
	}
	return rows
}

// replaceTokensOf makes the words of many people match their fields again.
func replaceTokensOf(ctx context.Context, tx *store.Tx, users []models.User) error {
	for len(users) > 0 {
		part := users[:min(writeChunk, len(users))]
		ids, words := make([]int64, len(part)), []models.UserToken{}
		for i := range part {
			ids[i] = part[i].ID
			words = append(words, tokensOf(&part[i])...)
		}
		if _, err := tx.Delete((*models.UserToken)(nil)).Where("user_id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
			return fmt.Errorf("delete words of %d people: %w", len(ids), err)
		}
		if err := insertAll(ctx, tx, words); err != nil {
			return err
		}
		users = users[len(part):]
	}
	return nil
}

// saveValues writes local attributes of many people; an empty value removes the row.
func saveValues(ctx context.Context, tx *store.Tx, values []models.UserAttribute) error {
	holders := map[string][]int64{}
	kept := values[:0:0]
	for _, v := range values {
		holders[v.Attribute] = append(holders[v.Attribute], v.UserID)
		if v.Value != "" {
			kept = append(kept, v)
		}
	}
	for _, attribute := range slices.Sorted(maps.Keys(holders)) {
		ids := holders[attribute]
		_, err := tx.Delete((*models.UserAttribute)(nil)).Where("attribute = ?", attribute).Where("user_id IN (?)", bun.List(ids)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("delete an attribute of %d people: %w", len(ids), err)
		}
	}
	return insertAll(ctx, tx, kept)
}

package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func readDefinitions(ctx context.Context, r store.Reader) ([]models.AttributeDefinition, error) {
	rows := []models.AttributeDefinition{}
	err := r.Select(&rows).OrderExpr("ad.position, ad.label, ad.id").Limit(maxDefinitions).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read attribute definitions: %w", err)
	}
	return rows, nil
}

func saveDefinition(ctx context.Context, tx *store.Tx, row *models.AttributeDefinition) error {
	var err error
	if row.ID == 0 {
		_, err = tx.Insert(row).Exec(ctx)
	} else {
		_, err = tx.Update(row).Column("label", "kind", "choices", "masked", "position").Where("id = ?", row.ID).Exec(ctx)
	}
	if store.IsUniqueViolation(err) {
		return errs.Wrap(err, errs.Conflict, "Somebody else made an attribute with this key at the same moment. Nothing was saved.")
	}
	if err != nil {
		return fmt.Errorf("save attribute definition: %w", err)
	}
	return nil
}

// deleteDefinition removes a definition and its values, and counts those.
func deleteDefinition(ctx context.Context, tx *store.Tx, row *models.AttributeDefinition) (int64, error) {
	result, err := tx.Delete((*models.UserAttribute)(nil)).Where("attribute = ?", row.Key).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("delete attribute values: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("delete attribute values: %w", err)
	}
	if _, err := tx.Delete((*models.AttributeDefinition)(nil)).Where("id = ?", row.ID).Exec(ctx); err != nil {
		return 0, fmt.Errorf("delete attribute definition: %w", err)
	}
	return n, nil
}

// countValues tells whether anybody has a value of an attribute, or one
// particular value: 0 or 1.
func countValues(ctx context.Context, r store.Reader, key string, value *string) (int, error) {
	var s statement
	s.add("SELECT COUNT(*) FROM (SELECT 1 AS one FROM user_attributes WHERE tenant_id = ?tenant AND attribute = ?", key)
	if value != nil {
		s.add(" AND value = ?", *value)
	}
	s.add(" LIMIT 1) c")
	var n int
	if err := s.scan(ctx, r, &n); err != nil {
		return 0, fmt.Errorf("count attribute values: %w", err)
	}
	return n, nil
}

func readValues(ctx context.Context, r store.Reader, userID int64) (map[string]models.UserAttribute, error) {
	rows := []models.UserAttribute{}
	if err := r.Select(&rows).Where("ua.user_id = ?", userID).Limit(maxDefinitions).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read attributes of user %d: %w", userID, err)
	}
	values := make(map[string]models.UserAttribute, len(rows))
	for _, row := range rows {
		values[row.Attribute] = row
	}
	return values, nil
}

// saveAttributes writes values; an empty one removes the row.
func saveAttributes(ctx context.Context, tx *store.Tx, userID int64, values []models.UserAttribute) error {
	var kept []models.UserAttribute
	for _, v := range values {
		_, err := tx.Delete((*models.UserAttribute)(nil)).Where("user_id = ?", userID).Where("attribute = ?", v.Attribute).Exec(ctx)
		if err != nil {
			return fmt.Errorf("delete attribute of user %d: %w", userID, err)
		}
		if v.Value != "" {
			v.UserID, v.UpdatedAt = userID, tx.Now
			kept = append(kept, v)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	if _, err := tx.Insert(&kept).Exec(ctx); err != nil {
		return fmt.Errorf("save attributes of user %d: %w", userID, err)
	}
	return nil
}

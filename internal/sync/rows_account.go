package sync

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// maxAccounts is how many accounts of one person are looked at.
const maxAccounts = 100

// selectAccountsOf reads the accounts of a person.
func selectAccountsOf(ctx context.Context, r store.Reader, userID int64) ([]models.Account, error) {
	rows := []models.Account{}
	if userID == 0 {
		return rows, nil
	}
	err := r.Select(&rows).Where("ac.user_id = ?", userID).OrderExpr("ac.connector_id, ac.id").Limit(maxAccounts).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the accounts of user %d: %w", userID, err)
	}
	return rows, nil
}

// selectAccounts reads accounts by id.
func selectAccounts(ctx context.Context, r store.Reader, ids []int64) (map[int64]models.Account, error) {
	found := make(map[int64]models.Account, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []models.Account
	if err := r.Select(&rows).Where("ac.id IN (?)", bun.In(ids)).Limit(int64(len(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}

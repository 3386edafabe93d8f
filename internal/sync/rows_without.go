package sync

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// withoutFilter names people of an issuer without an account at a connector.
type withoutFilter struct {
	connector int64
	issuer    string
	after     string
}

// withoutRow is one of them.
type withoutRow struct {
	UserID  int64
	Subject string
	Status  models.Status
}

const withoutAccount = `NOT EXISTS (SELECT 1 FROM accounts ac WHERE ac.tenant_id = ?tenant AND ac.connector_id = ? AND ac.account_key = i.subject)`

// selectWithoutAccount reads people who may be in and have no account, in the
// order of their subjects.
func selectWithoutAccount(ctx context.Context, r store.Reader, f withoutFilter, limit int) ([]withoutRow, error) {
	rows := []withoutRow{}
	err := r.Raw(`SELECT i.user_id, i.subject, u.status FROM identities i
		JOIN users u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
		WHERE i.tenant_id = ?tenant AND i.issuer = ? AND i.subject > ? AND u.status IN (?, ?) AND `+withoutAccount+`
		ORDER BY i.subject LIMIT ?`, f.issuer, f.after, models.Active, models.Leaving, f.connector, limit).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look for people without an account: %w", err)
	}
	return rows, nil
}

// deleteNoAccounts removes the differences of people who have an account now, or
// are out.
func deleteNoAccounts(ctx context.Context, tx *store.Tx, connector int64, issuer string) error {
	_, err := tx.Raw(`DELETE FROM drifts WHERE tenant_id = ?tenant AND connector_id = ? AND account_id = 0 AND kind = ? AND user_id NOT IN (
		SELECT i.user_id FROM identities i JOIN users u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
		WHERE i.tenant_id = ?tenant AND i.issuer = ? AND u.status IN (?, ?) AND `+withoutAccount+`)`,
		connector, models.DriftNoAccount, issuer, models.Active, models.Leaving, connector).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove differences of people who have an account: %w", err)
	}
	return nil
}

// selectNoAccounts says of which people it is stored that they have no account.
func selectNoAccounts(ctx context.Context, r store.Reader, connector int64, users []int64) (map[int64]bool, error) {
	var ids []int64
	err := r.Select((*models.Drift)(nil)).Column("user_id").Where("dr.connector_id = ?", connector).Where("dr.account_id = 0").
		Where("dr.user_id IN (?)", bun.List(users)).Limit(int64(len(users))).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read who has no account: %w", err)
	}
	there := make(map[int64]bool, len(ids))
	for _, id := range ids {
		there[id] = true
	}
	return there, nil
}

// deleteNoAccountsOf removes the differences of people of whom an account was read.
func deleteNoAccountsOf(ctx context.Context, tx *store.Tx, connector int64, users []int64) error {
	if len(users) == 0 {
		return nil
	}
	_, err := tx.Delete((*models.Drift)(nil)).Where("connector_id = ?", connector).Where("account_id = 0").
		Where("user_id IN (?)", bun.List(users)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove differences of people who have an account: %w", err)
	}
	return nil
}

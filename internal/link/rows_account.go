package link

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func normEmail(email string) string { return directory.NormEmail(email) }

var accountColumns = []string{
	"id", "tenant_id", "connector_id", "account_key", "user_id", "username", "display_name", "sort_name",
	"email", "email_norm", "email_verified", "enabled", "last_read_at", "missing_since",
}

// orphans reads accounts nobody belongs to, system by system.
func orphans(ctx context.Context, r store.Reader, connector, after int64, limit int) ([]models.Account, error) {
	rows := []models.Account{}
	q := r.Select(&rows).Column(accountColumns...).Where("ac.user_id = 0").
		Where("ac.connector_id >= ?", connector).Where("(ac.connector_id > ? OR ac.id > ?)", connector, after).
		OrderExpr("ac.connector_id, ac.id").Limit(int64(limit))
	if err := r.WalkIndex(q, "accounts_by_user").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read orphan accounts: %w", err)
	}
	return rows, nil
}

// systemsOf tells in which systems some people have an account.
func systemsOf(ctx context.Context, r store.Reader, people []int64) (map[int64]map[int64]bool, error) {
	rows := []models.Account{}
	err := r.Select(&rows).Column("user_id", "connector_id").Where("ac.user_id IN (?)", bun.List(people)).Where("ac.missing_since = 0").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read accounts of people: %w", err)
	}
	all := map[int64]map[int64]bool{}
	for _, a := range rows {
		if all[a.UserID] == nil {
			all[a.UserID] = map[int64]bool{}
		}
		all[a.UserID][a.ConnectorID] = true
	}
	return all, nil
}

// maxAccounts bounds the accounts of one person that are looked at.
const maxAccounts = 500

// accountsOf reads the accounts of some people with the names of their systems.
func accountsOf(ctx context.Context, r store.Reader, people ...int64) ([]models.Account, map[int64]string, error) {
	rows := []models.Account{}
	err := r.Select(&rows).Column(accountColumns...).Where("ac.user_id IN (?)", bun.List(people)).
		OrderExpr("ac.user_id, ac.connector_id, ac.id").Limit(maxAccounts).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read accounts: %w", err)
	}
	names, err := systemNames(ctx, r, rows)
	return rows, names, err
}

func accountsByID(ctx context.Context, r store.Reader, ids []int64) (map[int64]models.Account, map[int64]string, error) {
	all := map[int64]models.Account{}
	if len(ids) == 0 {
		return all, nil, nil
	}
	rows := []models.Account{}
	err := r.Select(&rows).Column(accountColumns...).Where("ac.id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read accounts: %w", err)
	}
	for _, a := range rows {
		all[a.ID] = a
	}
	names, err := systemNames(ctx, r, rows)
	return all, names, err
}

func systemNames(ctx context.Context, r store.Reader, accounts []models.Account) (map[int64]string, error) {
	names := map[int64]string{}
	if len(accounts) == 0 {
		return names, nil
	}
	var ids []int64
	for _, a := range accounts {
		ids = append(ids, a.ConnectorID)
	}
	rows := []models.Connector{}
	if err := r.Select(&rows).Column("id", "name").Where("cn.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read names of systems: %w", err)
	}
	for _, c := range rows {
		names[c.ID] = c.Name
	}
	return names, nil
}

// moveAccounts gives accounts to another person, if the first one still has them.
func moveAccounts(ctx context.Context, tx *store.Tx, from, to int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Update((*models.Account)(nil)).Set("user_id = ?", to).
		Where("user_id = ?", from).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move accounts of user %d: %w", from, err)
	}
	return nil
}

// accountIDs reads which accounts a person has, of some or of all.
func accountIDs(ctx context.Context, r store.Reader, person int64, among []int64) ([]int64, error) {
	ids := []int64{}
	q := r.Select((*models.Account)(nil)).Column("id").Where("ac.user_id = ?", person).OrderExpr("ac.id").Limit(maxAccounts)
	if among != nil {
		q = q.Where("ac.id IN (?)", bun.List(append([]int64{0}, among...)))
	}
	if err := q.Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("read accounts of user %d: %w", person, err)
	}
	return ids, nil
}

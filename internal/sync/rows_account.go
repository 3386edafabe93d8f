package sync

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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

// selectPresent reads the accounts of many people that are not missing.
func selectPresent(ctx context.Context, r store.Reader, users []int64) ([]models.Account, error) {
	rows := []models.Account{}
	if len(users) == 0 {
		return rows, nil
	}
	q := r.Select(&rows).Column("id", "connector_id", "account_key", "user_id").Where("ac.user_id IN (?)", bun.List(users)).Where("ac.missing_since = 0").
		OrderExpr("ac.id").Limit(int64(maxAccounts * len(users)))
	if err := r.WalkIndex(q, "accounts_by_user").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the accounts of %d people: %w", len(users), err)
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
	if err := r.Select(&rows).Where("ac.id IN (?)", bun.List(ids)).Limit(int64(len(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}

// selectByKeys reads accounts of a connector by the system's ids, in the order of
// ours. The order is made here: asked for it, SQLite walks every account there is
// instead of looking for these. MariaDB may take texts for equal that are not, so
// who asks compares once more.
func selectByKeys(ctx context.Context, r store.Reader, connector int64, keys []string) ([]models.Account, error) {
	rows := []models.Account{}
	if len(keys) == 0 {
		return rows, nil
	}
	err := r.Select(&rows).Where("ac.connector_id = ?", connector).Where("ac.account_key IN (?)", bun.List(keys)).Limit(int64(len(keys))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %d accounts: %w", len(keys), err)
	}
	slices.SortFunc(rows, func(a, b models.Account) int { return cmp.Compare(a.ID, b.ID) })
	return rows, nil
}

// selectIDs gives the ids of accounts by the system's ids.
func selectIDs(ctx context.Context, r store.Reader, connector int64, keys []string) (map[string]int64, error) {
	var rows []models.Account
	err := r.Select(&rows).Column("id", "account_key").Where("ac.connector_id = ?", connector).
		Where("ac.account_key IN (?)", bun.List(keys)).Limit(int64(len(keys))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the ids of %d accounts: %w", len(keys), err)
	}
	ids := make(map[string]int64, len(rows))
	for _, row := range rows {
		ids[row.Key] = row.ID
	}
	return ids, nil
}

// selectHolders gives the people of identities by subject, to the byte (OIDC-35).
func selectHolders(ctx context.Context, r store.Reader, issuer string, subjects []string) (map[string]int64, error) {
	holders := make(map[string]int64, len(subjects))
	if len(subjects) == 0 {
		return holders, nil
	}
	var rows []models.Identity
	q := r.Select(&rows).Column("user_id", "issuer", "subject").Where("i.issuer = ?", issuer).
		Where("i.subject IN (?)", bun.List(subjects)).Limit(int64(len(subjects)))
	if err := r.WalkIndex(q, "identities_by_subject").Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for %d identities: %w", len(subjects), err)
	}
	for _, row := range rows {
		if row.Issuer == issuer {
			holders[row.Subject] = row.UserID
		}
	}
	return holders, nil
}

// maxAlike is how many people with one e-mail are looked at.
const maxAlike = 10

// selectEmailHolders gives the people, not removed, of e-mail addresses.
func selectEmailHolders(ctx context.Context, r store.Reader, norms []string) (map[string][]int64, error) {
	holders := map[string][]int64{}
	if len(norms) == 0 {
		return holders, nil
	}
	var rows []models.User
	q := r.Select(&rows).Column("id", "email_norm").Where("u.email_norm IN (?)", bun.List(norms)).
		Where("u.status <> ?", models.Removed).OrderExpr("u.id").Limit(int64(maxAlike * len(norms)))
	if err := r.WalkIndex(q, "users_by_email").Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for people by %d addresses: %w", len(norms), err)
	}
	for _, row := range rows {
		holders[row.EmailNorm] = append(holders[row.EmailNorm], row.ID)
	}
	return holders, nil
}

// accountChunk bounds the rows of one statement.
const accountChunk = 250

func insertAccounts(ctx context.Context, tx *store.Tx, rows []models.Account) error {
	for len(rows) > 0 {
		part := rows[:min(accountChunk, len(rows))]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("store %d new accounts: %w", len(part), err)
		}
		rows = rows[len(part):]
	}
	return nil
}

// readColumns are what a read may change of an account.
var readColumns = []string{
	"user_id", "username", "display_name", "sort_name", "email", "email_norm", "email_verified", "enabled", "said", "digest",
	"last_read_at", "changed_at", "missing_since", "seen_run",
}

func updateAccounts(ctx context.Context, tx *store.Tx, rows []models.Account) error {
	for len(rows) > 0 {
		part := rows[:min(accountChunk, len(rows))]
		if _, err := tx.Upsert(&part, []string{"id"}, readColumns...).Exec(ctx); err != nil {
			return fmt.Errorf("store %d changed accounts: %w", len(part), err)
		}
		rows = rows[len(part):]
	}
	return nil
}

// touchAccounts notes that accounts were read and are as they were.
func touchAccounts(ctx context.Context, tx *store.Tx, ids []int64, at models.Instant, run int64) error {
	q := tx.Update((*models.Account)(nil)).Set("last_read_at = ?", at).Where("id IN (?)", bun.List(ids))
	if run != 0 {
		q = q.Set("seen_run = ?", run)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("note that %d accounts were read: %w", len(ids), err)
	}
	return nil
}

// touchAbsent notes that accounts were asked for and are not there. Without a
// digest the next read compares them whatever it shows.
func touchAbsent(ctx context.Context, tx *store.Tx, ids []int64, at models.Instant) error {
	_, err := tx.Update((*models.Account)(nil)).Set("last_read_at = ?", at).Set("digest = ''").Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note that %d accounts are absent: %w", len(ids), err)
	}
	return nil
}

func markMissing(ctx context.Context, tx *store.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Update((*models.Account)(nil)).Set("missing_since = ?", tx.Now).Where("id IN (?)", bun.List(ids)).
		Where("missing_since = 0").Exec(ctx)
	if err != nil {
		return fmt.Errorf("mark %d accounts as missing: %w", len(ids), err)
	}
	return nil
}

func markDisabled(ctx context.Context, tx *store.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Update((*models.Account)(nil)).Set("enabled = ?", false).Set("changed_at = ?", tx.Now).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("mark %d accounts as disabled: %w", len(ids), err)
	}
	return nil
}

// countKnown counts the accounts of a connector that are not missing.
func countKnown(ctx context.Context, r store.Reader, connector int64) (int64, error) {
	var n int64
	err := r.Raw("SELECT COUNT(*) FROM accounts WHERE tenant_id = ?tenant AND connector_id = ? AND missing_since = 0", connector).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count the accounts of connector %d: %w", connector, err)
	}
	return n, nil
}

// unseenFilter names accounts that a run did not see and nobody read since.
type unseenFilter struct {
	connector, run int64
	since          models.Instant
	after          int64
}

// selectUnseen reads them, in the order of their ids.
func selectUnseen(ctx context.Context, r store.Reader, f unseenFilter, limit int) ([]models.Account, error) {
	rows := []models.Account{}
	q := r.Select(&rows).Column("id", "account_key", "user_id").Where("ac.connector_id = ?", f.connector).Where("ac.missing_since = 0").
		Where("ac.seen_run < ?", f.run).Where("ac.last_read_at < ?", f.since).Where("ac.id > ?", f.after).
		OrderExpr("ac.id").Limit(int64(limit))
	if err := r.ForceIndex(q, "accounts_by_missing").Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for accounts nobody showed: %w", err)
	}
	return rows, nil
}

package sync

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectDriftsOf reads the differences of accounts.
func selectDriftsOf(ctx context.Context, r store.Reader, connector int64, accounts []int64) ([]models.Drift, error) {
	rows := []models.Drift{}
	if len(accounts) == 0 {
		return rows, nil
	}
	err := r.Select(&rows).Where("dr.connector_id = ?", connector).Where("dr.account_id IN (?)", bun.List(accounts)).
		Limit(int64(maxFields * len(accounts))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read differences of %d accounts: %w", len(accounts), err)
	}
	return rows, nil
}

// maxFields is how many differences one account may have.
const maxFields = 250

// driftChunk bounds the rows of one statement.
const driftChunk = 250

// insertDrifts writes new differences. Two who find the same at the same moment
// write one.
func insertDrifts(ctx context.Context, tx *store.Tx, rows []models.Drift) error {
	for len(rows) > 0 {
		part := rows[:min(driftChunk, len(rows))]
		if _, err := tx.Insert(&part).Ignore().Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("write %d differences: %w", len(part), err)
		}
		rows = rows[len(part):]
	}
	return nil
}

func updateDrifts(ctx context.Context, tx *store.Tx, rows []models.Drift) error {
	for len(rows) > 0 {
		part := rows[:min(driftChunk, len(rows))]
		_, err := tx.Upsert(&part, []string{"id"}, "kind", "ours", "theirs", "group_hash", "severity", "privileged", "suggestion", "state",
			"cause", "cause_by", "cause_at", "ignore_until", "decided_by", "decided_at", "reason", "written_hash", "replaced_hash", "written_at", "sentence").Exec(ctx)
		if err != nil {
			return fmt.Errorf("change %d differences: %w", len(part), err)
		}
		rows = rows[len(part):]
	}
	return nil
}

func deleteDrifts(ctx context.Context, tx *store.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := store.ByIDs(tx.Reader, tx.Delete((*models.Drift)(nil)), ids).Exec(ctx); err != nil {
		return fmt.Errorf("remove %d differences: %w", len(ids), err)
	}
	return nil
}

// selectLatest gives the newest event of each account that may have changed it.
func selectLatest(ctx context.Context, r store.Reader, connector int64, keys []string) (map[string]models.SyncEvent, error) {
	latest := make(map[string]models.SyncEvent, len(keys))
	if len(keys) == 0 {
		return latest, nil
	}
	var rows []models.SyncEvent
	err := r.Raw(`SELECT e.account_key, e.actor_key, e.at FROM sync_events e
		JOIN (SELECT account_key, MAX(at) AS newest FROM sync_events
			WHERE tenant_id = ?tenant AND connector_id = ? AND account_key IN (?) AND kind IN (?) AND actor_key <> ''
			GROUP BY account_key) n ON n.account_key = e.account_key AND n.newest = e.at
		WHERE e.tenant_id = ?tenant AND e.connector_id = ? AND e.account_key IN (?) AND e.kind IN (?) AND e.actor_key <> ''`,
		connector, bun.List(keys), bun.List(causing), connector, bun.List(keys), bun.List(causing)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look for who changed %d accounts: %w", len(keys), err)
	}
	for _, row := range rows {
		latest[row.AccountKey] = row
	}
	return latest, nil
}

// reopenDrifts opens differences whose time of being ignored is over, and removes
// those that were written and only waited for old reads to pass.
func reopenDrifts(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Update((*models.Drift)(nil)).Set("state = ?", models.DriftOpen).
		Where("state = ?", models.DriftIgnored).Where("ignore_until <= ?", tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("open ignored differences: %w", err)
	}
	_, err = tx.Delete((*models.Drift)(nil)).Where("state = ?", models.DriftWritten).Where("written_at <= ?", tx.Now.Add(-ownWrite)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget own writes: %w", err)
	}
	return nil
}

// pushEnd is what became of writing our value.
type pushEnd struct {
	state    models.DriftState
	sentence string
}

// endPush ends that differences of an account are on their way.
func endPush(ctx context.Context, tx *store.Tx, row models.Account, fields []string, end pushEnd) error {
	if len(fields) == 0 {
		return nil
	}
	_, err := tx.Update((*models.Drift)(nil)).Set("state = ?", end.state).Set("sentence = ?", clean(end.sentence, 1_000)).Set("written_at = ?", tx.Now).
		Where("connector_id = ?", row.ConnectorID).Where("account_id = ?", row.ID).Where("field IN (?)", bun.List(fields)).
		Where("state = ?", models.DriftPushing).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end writing of account %d: %w", row.ID, err)
	}
	return nil
}

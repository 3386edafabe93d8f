package connector

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var trialColumns = []string{
	"id", "tenant_id", "public_id", "connector_id", "version", "only_check", "state", "checks", "started_at", "started_by", "seen_at", "finished_at",
}

// selectTrials gives the newest runs of a connector.
func selectTrials(ctx context.Context, r store.Reader, connector int64, limit int) ([]models.TestRun, error) {
	var rows []models.TestRun
	err := r.Select(&rows).Column(trialColumns...).Where("connector_id = ?", connector).Order("id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read runs of a connection test: %w", err)
	}
	return rows, nil
}

func selectTrial(ctx context.Context, r store.Reader, connector int64, publicID string) (*models.TestRun, error) {
	row := new(models.TestRun)
	err := r.Select(row).Column(trialColumns...).Where("connector_id = ?", connector).Where("public_id = ?", publicID).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoTrial
	}
	if err != nil {
		return nil, fmt.Errorf("read a run of a connection test: %w", err)
	}
	return row, nil
}

// insertTrial writes a run and drops the oldest that are too many.
func insertTrial(ctx context.Context, tx *store.Tx, row *models.TestRun) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("write a run of a connection test: %w", err)
	}
	var old []int64
	err := tx.Select((*models.TestRun)(nil)).Column("id").Where("connector_id = ?", row.ConnectorID).Order("id DESC").Limit(2*trialsKept).Scan(ctx, &old)
	if err != nil {
		return fmt.Errorf("read old runs of a connection test: %w", err)
	}
	if len(old) <= trialsKept {
		return nil
	}
	if _, err := tx.Delete((*models.TestRun)(nil)).Where("id IN (?)", bun.List(old[trialsKept:])).Exec(ctx); err != nil {
		return fmt.Errorf("drop old runs of a connection test: %w", err)
	}
	return nil
}

// updateTrial writes results of a run that goes on; one that ended stays as it is.
func updateTrial(ctx context.Context, tx *store.Tx, id int64, state models.TestState, checks string) error {
	q := tx.Update((*models.TestRun)(nil)).Set("checks = ?", checks).Set("seen_at = ?", tx.Now).Set("state = ?", state)
	if state == models.TestDone {
		q = q.Set("finished_at = ?", tx.Now)
	}
	if _, err := q.Where("id = ?", id).Where("state = ?", models.TestRunning).Exec(ctx); err != nil {
		return fmt.Errorf("write results of a connection test: %w", err)
	}
	return nil
}

func removeTrials(ctx context.Context, tx *store.Tx, connector int64) error {
	if _, err := tx.Delete((*models.TestRun)(nil)).Where("connector_id = ?", connector).Exec(ctx); err != nil {
		return fmt.Errorf("delete runs of a connection test: %w", err)
	}
	return nil
}

// signedInLook is how many identities of an issuer are looked at for samples.
const signedInLook = 200

// selectSignedIn gives a few people who signed in through a connector, as their
// identities have them: the latest of the first that are found.
func selectSignedIn(ctx context.Context, r store.Reader, c Connector) ([]Account, error) {
	var rows []models.Identity
	err := r.Raw(`SELECT i.subject, i.email, i.email_verified, i.username, i.last_sign_in_at FROM identities i
		WHERE i.tenant_id = ?tenant AND i.issuer = ? ORDER BY i.subject LIMIT ?`, c.Settings.EffectiveIssuer(), signedInLook).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read who signed in through a connector: %w", err)
	}
	slices.SortStableFunc(rows, func(a, b models.Identity) int { return cmp.Compare(b.LastSignInAt, a.LastSignInAt) })
	var out []Account
	for _, i := range rows[:min(sampleCount, len(rows))] {
		out = append(out, Account{ID: i.Subject, Username: i.Username, Email: i.Email, EmailVerified: i.EmailVerified, Enabled: true})
	}
	return out, nil
}

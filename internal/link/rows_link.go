package link

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// listColumns are those of a list: everything but the frozen comparison.
var listColumns = []string{
	"id", "tenant_id", "public_id", "pair_key", "kind", "user_a", "user_b", "account_id", "state", "strength", "strength_rank",
	"evidence", "digest", "proof", "provider", "issuer", "subject", "survivor_id", "absorbed_id", "plan_hash",
	"requested_by_id", "requested_by", "requested_at", "request_reason", "decided_by_id", "decided_by", "decided_at", "reason",
	"expires_at", "found_at", "checked_at", "updated_at", "version",
}

func noCase() error { return errs.New(errs.NotFound, "There is no such case here.") }

// isPublicID reports whether a text from an address may be a public id at all.
func isPublicID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return id != "" && len(id) <= 36
}

func findLink(ctx context.Context, r store.Reader, publicID string) (models.Link, error) {
	return oneLink(ctx, r.Select((*models.Link)(nil)), publicID)
}

// lockLink reads a case and holds its row until the transaction ends.
func lockLink(ctx context.Context, tx *store.Tx, publicID string) (models.Link, error) {
	return oneLink(ctx, tx.Lock(tx.Select((*models.Link)(nil))), publicID)
}

func oneLink(ctx context.Context, q *bun.SelectQuery, publicID string) (models.Link, error) {
	if !isPublicID(publicID) {
		return models.Link{}, noCase()
	}
	rows := []models.Link{}
	if err := q.Model(&rows).Where("l.public_id = ?", publicID).Limit(1).Scan(ctx); err != nil {
		return models.Link{}, fmt.Errorf("read a case: %w", err)
	}
	if len(rows) == 0 {
		return models.Link{}, noCase()
	}
	return rows[0], nil
}

// linksByKey reads and holds the cases of some pairs.
func linksByKey(ctx context.Context, tx *store.Tx, keys []string) (map[string]models.Link, error) {
	rows := []models.Link{}
	q := tx.Select(&rows).Column(listColumns...).Where("l.pair_key IN (?)", bun.List(keys)).OrderExpr("l.id")
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read cases of pairs: %w", err)
	}
	all := make(map[string]models.Link, len(rows))
	for _, row := range rows {
		all[row.PairKey] = row
	}
	return all, nil
}

func insertLinks(ctx context.Context, tx *store.Tx, rows []models.Link) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Insert(&rows).Returning("NULL").Exec(ctx)
	if store.IsUniqueViolation(err) {
		return errs.Wrap(err, errs.Conflict, "Somebody else asked about the same two at the same moment. Nothing was saved. Try again.")
	}
	if err != nil {
		return fmt.Errorf("insert %d cases: %w", len(rows), err)
	}
	return nil
}

// insertLink writes one new case and learns its id.
func insertLink(ctx context.Context, tx *store.Tx, row *models.Link) error {
	if err := insertLinks(ctx, tx, []models.Link{*row}); err != nil {
		return err
	}
	stored, err := linksByKey(ctx, tx, []string{row.PairKey})
	if err == nil && stored[row.PairKey].ID == 0 {
		err = fmt.Errorf("case %s is missing after its insert", row.PublicID)
	}
	row.ID = stored[row.PairKey].ID
	return err
}

// saveLink writes columns of a case that was read as before.
func saveLink(ctx context.Context, tx *store.Tx, row *models.Link, columns ...string) error {
	was := row.Version
	row.Version++
	row.UpdatedAt = tx.Now
	res, err := tx.Update(row).Column(append(columns, "version", "updated_at")...).Where("l.id = ?", row.ID).Where("l.version = ?", was).Exec(ctx)
	if err != nil {
		return fmt.Errorf("save case %d: %w", row.ID, err)
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		return errs.New(errs.Conflict, "Somebody else decided about this at the same moment. Nothing was saved. Open it again.")
	}
	return err
}

// touchLinks notes that the evidence of cases was found again.
func touchLinks(ctx context.Context, tx *store.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Update((*models.Link)(nil)).Set("checked_at = ?", tx.Now).Where("id IN (?)", bun.List(ids)).
		Where("checked_at < ?", tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note a check: %w", err)
	}
	return nil
}

// staleLinks reads suggestions that were not found again since a moment.
func staleLinks(ctx context.Context, tx *store.Tx, before models.Instant, limit int) ([]models.Link, error) {
	rows := []models.Link{}
	q := tx.Select(&rows).Column(listColumns...).Where("l.state = ?", models.LinkSuggested).Where("l.checked_at < ?", before).
		OrderExpr("l.checked_at, l.id").Limit(int64(limit))
	if err := tx.Lock(tx.WalkIndex(q, "links_by_check")).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read stale suggestions: %w", err)
	}
	return rows, nil
}

func deleteLinks(ctx context.Context, tx *store.Tx, ids []int64) error {
	_, err := tx.Delete((*models.Link)(nil)).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("withdraw suggestions: %w", err)
	}
	return nil
}

// namesOf reads the names of people for events.
func namesOf(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]string, error) {
	rows := []models.User{}
	err := tx.Select(&rows).Column("id", "display_name").Where("u.id IN (?)", bun.List(append([]int64{0}, ids...))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read names of people: %w", err)
	}
	names := make(map[int64]string, len(rows))
	for _, u := range rows {
		names[u.ID] = u.DisplayName
	}
	return names, nil
}

// openLinks reads the cases of a state in which one of some people is.
func openLinks(ctx context.Context, r store.Reader, state models.LinkState, people ...int64) ([]models.Link, error) {
	var all []models.Link
	seen := map[int64]bool{}
	for _, side := range []struct{ column, index string }{{"user_a", "links_by_a"}, {"user_b", "links_by_b"}} {
		rows := []models.Link{}
		q := r.Select(&rows).Column(listColumns...).Where("l.? IN (?)", bun.Ident(side.column), bun.List(people)).
			Where("l.state = ?", state).OrderExpr("l.id").Limit(100)
		if err := r.WalkIndex(q, side.index).Scan(ctx); err != nil {
			return nil, fmt.Errorf("read open cases: %w", err)
		}
		for _, row := range rows {
			if !seen[row.ID] {
				seen[row.ID] = true
				all = append(all, row)
			}
		}
	}
	return all, nil
}

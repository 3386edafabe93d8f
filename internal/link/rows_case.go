package link

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func keepSnapshot(ctx context.Context, tx *store.Tx, linkID int64, s snapshot) error {
	text, err := s.text()
	if err != nil {
		return fmt.Errorf("write a snapshot: %w", err)
	}
	row := models.LinkSnapshot{LinkID: linkID, Data: text, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(SplitTime)}
	if _, err := tx.Insert(&row).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("keep a snapshot: %w", err)
	}
	return nil
}

func readSnapshot(ctx context.Context, r store.Reader, linkID int64) (text string, found bool, err error) {
	rows := []models.LinkSnapshot{}
	if err := r.Select(&rows).Column("data").Where("ls.link_id = ?", linkID).Limit(1).Scan(ctx); err != nil {
		return "", false, fmt.Errorf("read a snapshot: %w", err)
	}
	if len(rows) == 0 {
		return "", false, nil
	}
	return rows[0].Data, true, nil
}

func dropSnapshot(ctx context.Context, tx *store.Tx, linkID int64) error {
	if _, err := tx.Delete((*models.LinkSnapshot)(nil)).Where("link_id = ?", linkID).Exec(ctx); err != nil {
		return fmt.Errorf("throw a snapshot away: %w", err)
	}
	return nil
}

// mergeOf finds the merge by which a record was taken in, if it was.
func mergeOf(ctx context.Context, r store.Reader, absorbed int64) (models.Link, error) {
	rows := []models.Link{}
	q := r.Select(&rows).Column(listColumns...).Where("l.absorbed_id = ?", absorbed).Where("l.state = ?", models.LinkLinked).
		OrderExpr("l.id DESC").Limit(1)
	if err := r.WalkIndex(q, "links_by_absorbed").Scan(ctx); err != nil {
		return models.Link{}, fmt.Errorf("look for a merge: %w", err)
	}
	if len(rows) == 0 {
		return models.Link{}, nil
	}
	return rows[0], nil
}

// mergesInto reads the merges by which a record took others in, the newest first.
func mergesInto(ctx context.Context, r store.Reader, survivor int64, limit int) ([]models.Link, error) {
	rows := []models.Link{}
	q := r.Select(&rows).Column(listColumns...).Where("l.survivor_id = ?", survivor).Where("l.state = ?", models.LinkLinked).
		OrderExpr("l.id DESC").Limit(int64(limit))
	if err := r.WalkIndex(q, "links_by_survivor").Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for merges: %w", err)
	}
	return rows, nil
}

// lateRequests reads requests that ran out.
func lateRequests(ctx context.Context, r store.Reader, now models.Instant) ([]models.Link, error) {
	rows := []models.Link{}
	q := r.Select(&rows).Column("id", "public_id").Where("l.state = ?", models.LinkProofAsked).Where("l.expires_at <= ?", now).
		OrderExpr("l.updated_at, l.id").Limit(100)
	if err := r.WalkIndex(q, "links_by_time").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read late requests: %w", err)
	}
	return rows, nil
}

// attributeLabel gives what a local attribute is called; its key when it is gone.
func attributeLabel(ctx context.Context, r store.Reader, key string) (string, error) {
	rows := []models.AttributeDefinition{}
	if err := r.Select(&rows).Column("label").Where("ad.attribute_key = ?", key).Limit(1).Scan(ctx); err != nil {
		return "", fmt.Errorf("read an attribute: %w", err)
	}
	if len(rows) == 0 {
		return key, nil
	}
	return rows[0].Label, nil
}

// sweepBatch is how many old rows one transaction throws away.
const sweepBatch = 200

// sweepOld throws drafts away whose time is over, and snapshots with the
// comparison they came from: nobody can use them any more, and they hold
// personal data.
func (e *Engine) sweepOld(ctx context.Context, tenant int64) (int, error) {
	total := 0
	err := e.db.Maintain(ctx, tenant, store.LinkDraft, func(ctx context.Context, tx *store.Tx) error {
		drafts := []models.LinkDraft{}
		err := tx.Select(&drafts).Column("id").Where("ld.expires_at <= ?", tx.Now).OrderExpr("ld.expires_at, ld.id").Limit(sweepBatch).Scan(ctx)
		if err != nil {
			return fmt.Errorf("find old drafts: %w", err)
		}
		snapshots := []models.LinkSnapshot{}
		err = tx.Select(&snapshots).Column("id", "link_id").Where("ls.expires_at <= ?", tx.Now).OrderExpr("ls.expires_at, ls.id").Limit(sweepBatch).Scan(ctx)
		if err != nil {
			return fmt.Errorf("find old snapshots: %w", err)
		}
		total = len(drafts) + len(snapshots)
		return forget(ctx, tx, drafts, snapshots)
	})
	return total, err
}

func forget(ctx context.Context, tx *store.Tx, drafts []models.LinkDraft, snapshots []models.LinkSnapshot) error {
	old, gone, cases := []int64{0}, []int64{0}, []int64{0}
	for _, d := range drafts {
		old = append(old, d.ID)
	}
	for _, s := range snapshots {
		gone, cases = append(gone, s.ID), append(cases, s.LinkID)
	}
	if _, err := tx.Delete((*models.LinkDraft)(nil)).Where("id IN (?)", bun.List(old)).Exec(ctx); err != nil {
		return fmt.Errorf("throw old drafts away: %w", err)
	}
	if _, err := tx.Delete((*models.LinkSnapshot)(nil)).Where("id IN (?)", bun.List(gone)).Exec(ctx); err != nil {
		return fmt.Errorf("throw old snapshots away: %w", err)
	}
	if _, err := tx.Update((*models.Link)(nil)).Set("plan = ''").Where("id IN (?)", bun.List(cases)).Exec(ctx); err != nil {
		return fmt.Errorf("throw old comparisons away: %w", err)
	}
	return nil
}

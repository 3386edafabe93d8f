package link

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// pageOf reads cases of one state from a place on.
func pageOf(ctx context.Context, r store.Reader, state models.LinkState, at *place, limit int) ([]models.Link, error) {
	rows := []models.Link{}
	q := r.Select(&rows).Column(listColumns...).Where("l.state = ?", state).Limit(int64(limit))
	index := "links_by_time"
	if state == models.LinkSuggested {
		index = "links_by_strength"
		q = q.OrderExpr("l.strength_rank, l.id")
		if at != nil {
			q = q.Where("l.strength_rank >= ? AND (l.strength_rank > ? OR l.id > ?)", at.key, at.key, at.id)
		}
	} else {
		q = q.OrderExpr("l.updated_at DESC, l.id DESC")
		if at != nil {
			q = q.Where("l.updated_at <= ? AND (l.updated_at < ? OR l.id < ?)", at.key, at.key, at.id)
		}
	}
	if err := r.WalkIndex(q, index).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	return rows, nil
}

func countState(ctx context.Context, r store.Reader, state models.LinkState, limit int) (int, error) {
	var n int
	err := r.Raw("SELECT COUNT(*) FROM (SELECT 1 AS one FROM links WHERE tenant_id = ?tenant AND state = ? LIMIT ?) c", state, limit).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count cases: %w", err)
	}
	return n, nil
}

func countStrong(ctx context.Context, r store.Reader, limit int) (int, error) {
	var n int
	err := r.Raw("SELECT COUNT(*) FROM (SELECT 1 AS one FROM links WHERE tenant_id = ?tenant AND state = ? AND strength_rank = ? LIMIT ?) c",
		models.LinkSuggested, models.LinkStrong.Rank(), limit).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count strong suggestions: %w", err)
	}
	return n, nil
}

// approvals reads requests that wait for a second admin and are neither of a
// person nor about them.
func approvals(ctx context.Context, r store.Reader, person int64, now models.Instant) ([]models.Link, error) {
	rows := []models.Link{}
	q := r.Select(&rows).Column(listColumns...).Where("l.state = ?", models.LinkProofAsked).Where("l.proof = ?", models.ProofSecondAdmin).
		Where("l.expires_at > ?", now).Where("l.requested_by_id <> ?", person).Where("l.user_a <> ?", person).Where("l.user_b <> ?", person).
		OrderExpr("l.updated_at, l.id").Limit(pageSize)
	if err := r.WalkIndex(q, "links_by_time").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read waiting requests: %w", err)
	}
	return rows, nil
}

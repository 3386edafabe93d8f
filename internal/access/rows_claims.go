package access

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectUsers reads who many people are.
func selectUsers(ctx context.Context, r store.Reader, ids []int64) ([]models.User, error) {
	var rows []models.User
	err := r.Select(&rows).Column("id", "public_id", "display_name", "status").Where("id IN (?)", bun.List(ids)).Limit(int64(len(ids))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return rows, nil
}

// lockUsers takes the rows of many people, always in the same order.
func lockUsers(ctx context.Context, tx *store.Tx, ids []int64) error {
	var held []int64
	q := tx.Select((*models.User)(nil)).Column("id").Where("id IN (?)", bun.List(ids)).Order("id").Limit(int64(len(ids)))
	if err := tx.Lock(q).Scan(ctx, &held); err != nil {
		return fmt.Errorf("lock people: %w", err)
	}
	return nil
}

// selectClaimed reads what claims gave to many people.
func selectClaimed(ctx context.Context, r store.Reader, users []int64) ([]models.Assignment, error) {
	var rows []models.Assignment
	err := r.Select(&rows).Column(assignmentColumns...).Where("user_id IN (?)", bun.List(users)).Where("source = ?", models.SourceClaim).
		Order("id").Limit(int64(len(users)) * MaxAssignments).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read assignments by claims: %w", err)
	}
	return rows, nil
}

// selectClaimedByID reads assignments by claims that are still there.
func selectClaimedByID(ctx context.Context, r store.Reader, ids []int64) ([]models.Assignment, error) {
	var rows []models.Assignment
	err := store.ByIDs(r, r.Select(&rows).Column(assignmentColumns...), ids).Where("source = ?", models.SourceClaim).
		Order("id").Limit(int64(len(ids))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read assignments by claims: %w", err)
	}
	return rows, nil
}

// insertChunk bounds the rows of one insert.
const insertChunk = 500

func insertRows(ctx context.Context, tx *store.Tx, rows []models.Assignment) error {
	for len(rows) > 0 {
		part := rows[:min(insertChunk, len(rows))]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("insert %d assignments: %w", len(part), err)
		}
		rows = rows[len(part):]
	}
	return nil
}

// updateUntils moves the ends of many assignments; few ends differ.
func updateUntils(ctx context.Context, tx *store.Tx, rows []models.Assignment) error {
	var ends []models.Instant
	ids := map[models.Instant][]int64{}
	for _, a := range rows {
		if ids[a.UntilAt] == nil {
			ends = append(ends, a.UntilAt)
		}
		ids[a.UntilAt] = append(ids[a.UntilAt], a.ID)
	}
	for _, until := range ends {
		_, err := store.ByIDs(tx.Reader, tx.Update((*models.Assignment)(nil)).Set("until_at = ?", until), ids[until]).Exec(ctx)
		if err != nil {
			return fmt.Errorf("move the ends of assignments: %w", err)
		}
	}
	return nil
}

func deleteAssignments(ctx context.Context, tx *store.Tx, ids []int64) error {
	if _, err := store.ByIDs(tx.Reader, tx.Delete((*models.Assignment)(nil)), ids).Exec(ctx); err != nil {
		return fmt.Errorf("delete %d assignments: %w", len(ids), err)
	}
	return nil
}

package operation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.New(errs.NotFound, "There is no such operation.")
	}
	return fmt.Errorf("read an operation: %w", err)
}

// selectOperation reads an operation by its id.
func selectOperation(ctx context.Context, r store.Reader, id int64) (models.Operation, error) {
	var op models.Operation
	if err := r.Select(&op).Where("op.id = ?", id).Limit(1).Scan(ctx); err != nil {
		return op, missing(err)
	}
	return op, nil
}

// findOperation reads an operation by its public id.
func findOperation(ctx context.Context, r store.Reader, publicID string) (models.Operation, error) {
	var op models.Operation
	if err := r.Select(&op).Where("op.public_id = ?", publicID).Limit(1).Scan(ctx); err != nil {
		return op, missing(err)
	}
	return op, nil
}

// lockOperation reads an operation and keeps others from changing it until the
// transaction ends. Where a transaction also takes the tenant's row, that goes first.
func lockOperation(ctx context.Context, tx *store.Tx, id int64) (models.Operation, error) {
	var op models.Operation
	if err := tx.Lock(tx.Select(&op).Where("op.id = ?", id)).Scan(ctx); err != nil {
		return op, missing(err)
	}
	return op, nil
}

// updateOperation writes the named columns.
func updateOperation(ctx context.Context, tx *store.Tx, op *models.Operation, columns ...string) error {
	if _, err := tx.Update(op).Column(columns...).Where("op.id = ?", op.ID).Exec(ctx); err != nil {
		return fmt.Errorf("write operation %d: %w", op.ID, err)
	}
	return nil
}

// selectDue lists operations the program has something to do about now and that
// nobody works on, the longest due first.
func selectDue(ctx context.Context, r store.Reader, now models.Instant, limit int64) ([]models.Operation, error) {
	var ops []models.Operation
	err := r.Select(&ops).Column("id", "phase").Where("op.due_at > 0 AND op.due_at <= ?", now).
		Where("op.lease_until <= ?", now).Order("op.due_at", "op.id").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list operations that are due: %w", err)
	}
	return ops, nil
}

// takeLease claims an operation unless somebody holds it; the guard is in the
// update itself, so that two replicas cannot both get it.
func takeLease(ctx context.Context, tx *store.Tx, l *lease, until models.Instant) (bool, error) {
	res, err := tx.Update((*models.Operation)(nil)).Set("lease_token = ?", l.token).Set("lease_until = ?", until).
		Where("id = ?", l.op).Where("due_at > 0 AND due_at <= ?", tx.Now).Where("lease_until <= ?", tx.Now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lease operation %d: %w", l.op, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("lease operation %d: %w", l.op, err)
	}
	return n == 1, nil
}

// dropLease gives a lease back; with a time, what is still due rests until then.
func dropLease(ctx context.Context, tx *store.Tx, l *lease, restUntil models.Instant) error {
	q := tx.Update((*models.Operation)(nil)).Set("lease_token = ''").Set("lease_until = 0")
	if restUntil > 0 {
		q = q.Set("due_at = CASE WHEN due_at > 0 THEN ? ELSE 0 END", restUntil)
	}
	if _, err := q.Where("id = ?", l.op).Where("lease_token = ?", l.token).Exec(ctx); err != nil {
		return fmt.Errorf("give back the lease of operation %d: %w", l.op, err)
	}
	return nil
}

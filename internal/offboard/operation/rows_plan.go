package operation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// insertAtOnce bounds the rows of one insert.
const insertAtOnce = 500

func insertOperation(ctx context.Context, tx *store.Tx, op *models.Operation) error {
	if _, err := tx.Insert(op).Exec(ctx); err != nil {
		return fmt.Errorf("write an operation: %w", err)
	}
	return nil
}

// selectOnce finds the operation of a form that was sent before.
func selectOnce(ctx context.Context, r store.Reader, once string) (op models.Operation, found bool, err error) {
	err = r.Select(&op).Where("op.once_key = ?", once).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return op, false, nil
	}
	if err != nil {
		return op, false, fmt.Errorf("find an operation by its form: %w", err)
	}
	return op, true, nil
}

// selectLastNumber gives the highest number of an operation; 0 when there is none.
func selectLastNumber(ctx context.Context, r store.Reader) (int64, error) {
	var n int64
	if err := r.Raw("SELECT COALESCE(MAX(number), 0) FROM operations WHERE tenant_id = ?tenant").Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("read the last number: %w", err)
	}
	return n, nil
}

func insertTargets(ctx context.Context, tx *store.Tx, rows []models.OperationTarget) error {
	for len(rows) > 0 {
		part := rows[:min(insertAtOnce, len(rows))]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("write the list of an operation: %w", err)
		}
		rows = rows[len(part):]
	}
	return nil
}

func deleteTargets(ctx context.Context, tx *store.Tx, op int64, users []int64) error {
	_, err := tx.Delete((*models.OperationTarget)(nil)).Where("operation_id = ?", op).Where("user_id IN (?)", bun.List(users)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take a chunk out of the list: %w", err)
	}
	return nil
}

// selectListed gives the next people of the list itself, by their id.
func selectListed(ctx context.Context, r store.Reader, op, after int64, limit int64) ([]models.OperationTarget, error) {
	var rows []models.OperationTarget
	err := r.Select(&rows).Column("position", "user_id", "left_out").Where("ot.operation_id = ?", op).Where("ot.user_id > ?", after).
		Order("ot.user_id").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the list of an operation: %w", err)
	}
	return rows, nil
}

// selectIncludedOf gives which of these people are acted upon.
func selectIncludedOf(ctx context.Context, r store.Reader, op int64, users []int64) ([]int64, error) {
	var ids []int64
	err := r.Select((*models.OperationTarget)(nil)).Column("user_id").Where("ot.operation_id = ?", op).Where("ot.included = ?", true).
		Where("ot.user_id IN (?)", bun.List(users)).Limit(int64(len(users))).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look who is acted upon: %w", err)
	}
	return ids, nil
}

// updateLeftOut leaves people out for a reason, or takes them back in with none.
func updateLeftOut(ctx context.Context, tx *store.Tx, op int64, users []int64, why models.LeftOut) error {
	_, err := tx.Update((*models.OperationTarget)(nil)).Set("left_out = ?", why).Set("included = ?", why == models.LeftOutNot).
		Where("operation_id = ?", op).Where("user_id IN (?)", bun.List(users)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("leave people out: %w", err)
	}
	return nil
}

// hashLine is one line of what the list hash is made of.
type hashLine struct {
	Position     int64
	PublicID     string
	StoodStatus  models.Status
	StoodVersion int64
}

func selectHashLines(ctx context.Context, r store.Reader, op, after int64, limit int) ([]hashLine, error) {
	var lines []hashLine
	err := r.Raw(`SELECT ot.position, u.public_id, ot.stood_status, ot.stood_version FROM operation_targets ot
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.included = ? AND ot.position > ?
		ORDER BY ot.position LIMIT ?`, op, true, after, limit).Scan(ctx, &lines)
	if err != nil {
		return nil, fmt.Errorf("read the list of an operation: %w", err)
	}
	return lines, nil
}

// selectOnlyName gives the name of the one person of a list.
func selectOnlyName(ctx context.Context, r store.Reader, op int64) (string, error) {
	var t models.OperationTarget
	err := r.Select(&t).Column("name").Where("ot.operation_id = ?", op).Order("ot.position").Limit(1).Scan(ctx)
	if err != nil {
		return "", fmt.Errorf("read the one person of the list: %w", err)
	}
	return t.Name, nil
}

package operation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// lockByPublicID is lockOperation by the id that leaves the system.
func lockByPublicID(ctx context.Context, tx *store.Tx, publicID string) (models.Operation, error) {
	var op models.Operation
	if err := tx.Lock(tx.Select(&op).Where("op.public_id = ?", publicID)).Scan(ctx); err != nil {
		return op, missing(err)
	}
	return op, nil
}

// targetRow is one person of a list, found by their public id.
type targetRow struct {
	UserID    int64
	Name      string
	LeftOut   models.LeftOut
	ManagerID int64
}

func selectTarget(ctx context.Context, r store.Reader, op int64, person string) (targetRow, error) {
	var t targetRow
	err := r.Raw(`SELECT ot.user_id, ot.name, ot.left_out, u.manager_id FROM operation_targets ot
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND u.public_id = ? LIMIT 1`, op, person).Scan(ctx, &t)
	if errors.Is(err, sql.ErrNoRows) {
		return t, errs.New(errs.NotFound, "This person is not in the plan.")
	}
	if err != nil {
		return t, fmt.Errorf("read a person of the plan: %w", err)
	}
	return t, nil
}

// selectFlagged gives those acted upon who have a flag, in order.
func selectFlagged(ctx context.Context, r store.Reader, op, flag, limit int64) ([]models.OperationTarget, error) {
	var rows []models.OperationTarget
	err := r.Select(&rows).Column("user_id", "name").Where("ot.operation_id = ?", op).Where("ot.included = ?", true).
		Where("ot.flags & ? > 0", flag).Order("ot.position").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read people of the plan: %w", err)
	}
	return rows, nil
}

// settle writes the new manager for the people of one manager, or, with 0, of all
// who leave some behind; it says for how many managers.
func settle(ctx context.Context, tx *store.Tx, op, of, to int64) (int64, error) {
	q := tx.Update((*models.OperationTarget)(nil)).Set("new_manager_id = ?", to).
		Where("operation_id = ?", op).Where("included = ?", true).Where("reports > 0")
	if of > 0 {
		q = q.Where("user_id = ?", of)
	}
	managers, err := countLosing(ctx, tx.Reader, op, of)
	if err != nil || managers == 0 {
		return 0, err
	}
	if _, err := q.Exec(ctx); err != nil {
		return 0, fmt.Errorf("write the new manager: %w", err)
	}
	return managers, nil
}

// countLosing counts managers whose people stay behind: one, or with 0 all. What
// an UPDATE says it touched differs by database when nothing changes.
func countLosing(ctx context.Context, r store.Reader, op, of int64) (int64, error) {
	q := r.Select((*models.OperationTarget)(nil)).Where("ot.operation_id = ?", op).Where("ot.included = ?", true).Where("ot.reports > 0")
	if of > 0 {
		q = q.Where("ot.user_id = ?", of)
	}
	n, err := q.Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count managers: %w", err)
	}
	return int64(n), nil
}

// unsettle takes back that somebody becomes the manager of others.
func unsettle(ctx context.Context, tx *store.Tx, op, manager int64) error {
	_, err := tx.Update((*models.OperationTarget)(nil)).Set("new_manager_id = 0").Where("operation_id = ?", op).Where("new_manager_id = ?", manager).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take back a new manager: %w", err)
	}
	return nil
}

func insertDecision(ctx context.Context, tx *store.Tx, d *models.OperationDecision) error {
	if _, err := tx.Insert(d).Exec(ctx); err != nil {
		return fmt.Errorf("write a decision: %w", err)
	}
	return nil
}

// decisionsMost bounds what is shown of what was said about one operation.
const decisionsMost = 200

func selectDecisions(ctx context.Context, r store.Reader, op int64) ([]models.OperationDecision, error) {
	var rows []models.OperationDecision
	err := r.Select(&rows).Where("od.operation_id = ?", op).Order("od.id").Limit(decisionsMost).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list decisions: %w", err)
	}
	return rows, nil
}

// countMoved counts those acted upon who do not stand as they did: removed,
// deactivated meanwhile, or changed otherwise in a way that matters to the cut.
func countMoved(ctx context.Context, r store.Reader, op int64) (c Changes, err error) {
	err = r.Raw(`SELECT COALESCE(SUM(CASE WHEN u.status = ? THEN 1 ELSE 0 END), 0) AS gone,
			COALESCE(SUM(CASE WHEN u.status = ? THEN 1 ELSE 0 END), 0) AS already,
			COALESCE(SUM(CASE WHEN u.status NOT IN (?, ?) THEN 1 ELSE 0 END), 0) AS moved
		FROM operation_targets ot JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id`+movedSince,
		models.Removed, models.Deactivated, models.Removed, models.Deactivated, op, true).Scan(ctx, &c)
	if err != nil {
		return c, fmt.Errorf("count who changed since the plan: %w", err)
	}
	return c, nil
}

// movedSince keeps who changed since the plan in a way the cut refuses. Another
// phone number is none: who may be in, until when, and what they may do is.
const movedSince = ` WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.included = ?
	AND (u.status <> ot.stood_status OR u.leaving_at <> ot.stood_leaving_at OR u.access_epoch <> ot.stood_epoch)`

func selectMoved(ctx context.Context, r store.Reader, op int64, limit int) ([]MovedPerson, error) {
	var rows []MovedPerson
	err := r.Raw(`SELECT u.public_id, ot.name, ot.stood_status, u.status FROM operation_targets ot
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id`+movedSince+` ORDER BY ot.position LIMIT ?`, op, true, limit).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list who changed since the plan: %w", err)
	}
	return rows, nil
}

// countNowPrivileged counts those acted upon who hold a privileged role now.
func countNowPrivileged(ctx context.Context, r store.Reader, op int64, now models.Instant, roles []int64) (int64, error) {
	if len(roles) == 0 {
		return 0, nil
	}
	var n int64
	err := r.Raw(`SELECT COUNT(DISTINCT a.user_id) FROM operation_targets ot JOIN assignments a ON a.tenant_id = ot.tenant_id AND a.user_id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.included = ? AND a.role_id IN (?) AND a.from_at <= ? AND a.until_at > ?`,
		op, true, bun.List(roles), now, now).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count who is privileged now: %w", err)
	}
	return n, nil
}

// countUnsettled counts managers whose people have no new manager yet.
func countUnsettled(ctx context.Context, r store.Reader, op int64) (int64, error) {
	n, err := r.Select((*models.OperationTarget)(nil)).Where("ot.operation_id = ?", op).Where("ot.included = ?", true).
		Where("ot.reports > 0").Where("ot.new_manager_id = 0").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count managers to settle: %w", err)
	}
	return int64(n), nil
}

package access

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// moveAssignments gives assignments of one person to another as they are.
func moveAssignments(ctx context.Context, tx *store.Tx, from, to int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	res, err := tx.Update((*models.Assignment)(nil)).Set("user_id = ?", to).Where("user_id = ?", from).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if store.IsUniqueViolation(err) {
		return errs.Wrap(err, errs.Conflict, "Both were given the same role at the same moment. Nothing was changed. Try again.")
	}
	if err != nil {
		return fmt.Errorf("move assignments of user %d: %w", from, err)
	}
	return met(res, len(ids))
}

// takeAssignments removes assignments of one person.
func takeAssignments(ctx context.Context, tx *store.Tx, user int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	res, err := tx.Delete((*models.Assignment)(nil)).Where("user_id = ?", user).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete assignments of user %d: %w", user, err)
	}
	return met(res, len(ids))
}

// updateAssignment writes what Join and Part may change of an assignment.
func updateAssignment(ctx context.Context, tx *store.Tx, a models.Assignment) error {
	_, err := tx.Update(&a).Column("from_at", "until_at", "reason", "granted_by_id", "granted_by", "created_at").
		Where("id = ?", a.ID).Where("user_id = ?", a.UserID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("change assignment %d: %w", a.ID, err)
	}
	return nil
}

// met checks that a statement found every row it was for.
func met(res sql.Result, want int) error {
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("count changed assignments: %w", err)
	}
	if int(n) != want {
		return errs.New(errs.Conflict, "The roles changed at the same moment. Nothing was changed. Try again.")
	}
	return nil
}

package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// undoable are the states of people whom an undo can let in.
var undoable = out

// askUndoOf marks some people as those an undo is for, and says how many.
func askUndoOf(ctx context.Context, tx *store.Tx, op *models.Operation, people []string) (int64, error) {
	var users []int64
	err := tx.Select((*models.User)(nil)).Column("id").Where("public_id IN (?)", bun.List(people)).Limit(int64(len(people))).Scan(ctx, &users)
	if err != nil || len(users) == 0 {
		return 0, err
	}
	err = written(ctx, tx.Update((*models.OperationTarget)(nil)).Set("undo_asked_at = 0").Where("operation_id = ?", op.ID).Where("undo_asked_at > 0"))
	if err != nil {
		return 0, err
	}
	res, err := ofTargets(tx, op, users).Set("undo_asked_at = ?", tx.Now).Where("state IN (?)", bun.List(undoable)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("mark people to be let in: %w", err)
	}
	return res.RowsAffected()
}

// targetsToUndo gives the next people an undo is for.
func targetsToUndo(ctx context.Context, r store.Reader, op *models.Operation, limit int) ([]models.OperationTarget, error) {
	var rows []models.OperationTarget
	q := r.Select(&rows).Column("position", "user_id", "name", "cut_at").Where("ot.operation_id = ?", op.ID).Where("ot.position > ?", op.CursorAt).
		Where("ot.state IN (?)", bun.List(undoable))
	if !op.UndoAll {
		q = q.Where("ot.undo_asked_at > 0")
	}
	if err := q.Order("ot.position").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list people to let in: %w", err)
	}
	return rows, nil
}

// restoreStatus writes the status of people as it stood. Followers are told by
// the caller, once everything about them stands.
func restoreStatus(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) error {
	stood := func(column string) any {
		return bun.SafeQuery("(SELECT ot.? FROM operation_targets ot WHERE ot.tenant_id = ? AND ot.operation_id = ? AND ot.user_id = u.id)",
			bun.Ident(column), tx.Tenant(), op.ID)
	}
	q := tx.Update((*models.User)(nil)).
		Set("status = ?", stood("stood_status")).Set("status_reason = ?", stood("stood_reason")).Set("status_by = ?", stood("stood_by")).
		Set("status_since = ?", stood("stood_since")).Set("leaving_at = ?", stood("stood_leaving_at")).Set("pending_since = ?", stood("stood_pending_since")).
		Set("access_epoch = access_epoch + 1").Set("version = version + 1").Set("updated_at = ?", tx.Now).Set("updated_by = ?", tx.Actor.Name)
	if _, err := store.ByIDs(tx.Reader, q, users).Exec(ctx); err != nil {
		return fmt.Errorf("write the status of people as it stood: %w", err)
	}
	return nil
}

// statusChanges says that the status of people changed.
func statusChanges(users []models.User) []directory.Changed {
	changes := make([]directory.Changed, len(users))
	for i := range users {
		changes[i] = directory.Changed{User: users[i], Fields: []string{directory.FieldStatus}}
	}
	return changes
}

// giveRolesBack gives people the roles that this operation took from them, word
// for word. Those whose time has run out meanwhile, and those that somebody else
// took away, do not come back: that was decided by others.
func giveRolesBack(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) error {
	_, err := tx.Raw(`INSERT INTO assignments (tenant_id, user_id, role_id, source, source_ref, reason, from_at, until_at, granted_by_id, granted_by, created_at)
		SELECT oa.tenant_id, oa.user_id, oa.role_id, oa.source, oa.source_ref, oa.reason, oa.from_at, oa.until_at, oa.granted_by_id, oa.granted_by, oa.created_at
		FROM operation_assignments oa
		WHERE oa.tenant_id = ?tenant AND oa.operation_id = ? AND oa.user_id IN (?) AND oa.removed_at > 0 AND oa.until_at > ?
		AND EXISTS (SELECT 1 FROM roles r WHERE r.tenant_id = oa.tenant_id AND r.id = oa.role_id)
		AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.tenant_id = oa.tenant_id AND a.user_id = oa.user_id AND a.role_id = oa.role_id
			AND a.source = oa.source AND a.source_ref = oa.source_ref)`, op.ID, bun.List(users), tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("give roles back: %w", err)
	}
	return nil
}

// giveReportsBack gives people back the manager they had, while they still have
// the one this operation gave them.
func giveReportsBack(ctx context.Context, tx *store.Tx, op *models.Operation, managers []int64, limit int) ([]report, error) {
	var users []models.User
	q := tx.Select(&users).
		Where("EXISTS (SELECT 1 FROM operation_reports orp WHERE orp.tenant_id = ?tenant AND orp.operation_id = ? AND orp.user_id = u.id AND orp.old_manager_id IN (?) AND orp.new_manager_id = u.manager_id)",
			op.ID, bun.List(managers)).
		Where("u.id IN (SELECT x.user_id FROM operation_reports x WHERE x.tenant_id = ?tenant AND x.operation_id = ? AND x.old_manager_id IN (?))", op.ID, bun.List(managers)).
		Order("u.id").Limit(int64(limit))
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list people to hand back: %w", err)
	}
	if len(users) == 0 {
		return nil, nil
	}
	var kept []models.OperationReport
	all := make([]int64, len(users))
	for i := range users {
		all[i] = users[i].ID
	}
	err := tx.Select(&kept).Column("user_id", "old_manager_id", "new_manager_id").Where("orp.operation_id = ?", op.ID).Where("orp.user_id IN (?)", bun.List(all)).
		Limit(int64(len(all))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who the manager was: %w", err)
	}
	before := map[int64]int64{}
	var named []int64
	for i := range kept {
		before[kept[i].UserID] = kept[i].OldManagerID
		named = append(named, kept[i].OldManagerID, kept[i].NewManagerID)
	}
	names, _, err := managersNamed(ctx, tx, named, nil)
	if err != nil {
		return nil, err
	}
	moved, by := make([]report, len(users)), map[int64][]int64{}
	for i := range users {
		u := users[i]
		moved[i] = report{user: u, old: names[u.ManagerID], now: names[before[u.ID]]}
		moved[i].user.ManagerID = before[u.ID]
		by[before[u.ID]] = append(by[before[u.ID]], u.ID)
	}
	return moved, setManagers(ctx, tx, by)
}

func setUndone(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) error {
	return written(ctx, ofTargets(tx, op, users).Set("state = ?", models.TargetUndone).Set("undone_at = ?", tx.Now).
		Set("undo_asked_at = 0").Set("alive_at = 0").Set("alive_connector_id = 0"))
}

// takeRoles takes away the roles that people held when they were cut off and
// still hold, and gives the names of them by person. What a provider gives by a
// claim is the provider's; what was given after the cut-off is somebody's decision.
func takeRoles(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) (map[int64][]string, error) {
	var rows []struct {
		ID     int64
		KeptID int64
		UserID int64
		Name   string
	}
	err := tx.Raw(`SELECT a.id, oa.id AS kept_id, a.user_id, r.name FROM operation_assignments oa
		JOIN assignments a ON a.tenant_id = oa.tenant_id AND a.user_id = oa.user_id AND a.role_id = oa.role_id
			AND a.source = oa.source AND a.source_ref = oa.source_ref AND a.created_at = oa.created_at
		JOIN roles r ON r.tenant_id = oa.tenant_id AND r.id = oa.role_id
		WHERE oa.tenant_id = ?tenant AND oa.operation_id = ? AND oa.user_id IN (?) AND oa.source <> ? ORDER BY a.user_id, r.name`,
		op.ID, bun.List(users), models.SourceClaim).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list roles to take away: %w", err)
	}
	names := map[int64][]string{}
	var gone, kept, losing []int64
	for _, row := range rows {
		if names[row.UserID] == nil {
			losing = append(losing, row.UserID)
		}
		names[row.UserID] = append(names[row.UserID], row.Name)
		gone, kept = append(gone, row.ID), append(kept, row.KeptID)
	}
	if len(gone) == 0 {
		return names, nil
	}
	if _, err := store.ByIDs(tx.Reader, tx.Delete((*models.Assignment)(nil)), gone).Exec(ctx); err != nil {
		return nil, fmt.Errorf("take roles away: %w", err)
	}
	if _, err := store.ByIDs(tx.Reader, tx.Update((*models.OperationAssignment)(nil)).Set("removed_at = ?", tx.Now), kept).Exec(ctx); err != nil {
		return nil, fmt.Errorf("note which roles were taken away: %w", err)
	}
	if _, err := store.ByIDs(tx.Reader, tx.Update((*models.User)(nil)).Set("access_epoch = access_epoch + 1"), losing).Exec(ctx); err != nil {
		return nil, fmt.Errorf("raise access epochs: %w", err)
	}
	return names, nil
}

func setRemoved(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) error {
	return written(ctx, ofTargets(tx, op, users).Set("removed_at = ?", tx.Now))
}

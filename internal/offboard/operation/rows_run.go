package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// nextTargets gives the next people of the list who are to be cut off.
func nextTargets(ctx context.Context, r store.Reader, op *models.Operation, limit int) ([]models.OperationTarget, error) {
	var rows []models.OperationTarget
	q := r.Select(&rows).Column("position", "user_id", "name", "new_manager_id", "stood_status", "stood_leaving_at", "stood_epoch").
		Where("ot.operation_id = ?", op.ID).Where("ot.state = ?", models.TargetWaiting).Where("ot.position > ?", op.CursorAt).Where("ot.included = ?", true)
	if err := r.WalkIndex(q, "operation_targets_by_state").Order("ot.position").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list the next people of an operation: %w", err)
	}
	return rows, nil
}

// targetsIn gives people of the list in some states, from a position on.
func targetsIn(ctx context.Context, r store.Reader, op *models.Operation, states []models.TargetState, limit int) ([]models.OperationTarget, error) {
	var rows []models.OperationTarget
	err := r.Select(&rows).Column("position", "user_id", "name", "state", "cut_at", "removed_at").
		Where("ot.operation_id = ?", op.ID).Where("ot.state IN (?)", bun.List(states)).Where("ot.position > ?", op.CursorAt).
		Order("ot.position").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list people of an operation: %w", err)
	}
	return rows, nil
}

// canaryOf gives the people whose steps go ahead.
func canaryOf(ctx context.Context, r store.Reader, op *models.Operation) ([]int64, error) {
	var users []int64
	err := r.Select((*models.OperationTarget)(nil)).Column("user_id").Where("ot.operation_id = ?", op.ID).Where("ot.position <= ?", op.CanaryTo).
		Where("ot.cut_at > 0").Order("ot.position").Limit(CanarySize).Scan(ctx, &users)
	if err != nil {
		return nil, fmt.Errorf("list the first people of an operation: %w", err)
	}
	return users, nil
}

// countIn counts the people of an operation in a state.
func countIn(ctx context.Context, r store.Reader, op *models.Operation, state models.TargetState) (int64, error) {
	n, err := r.Select((*models.OperationTarget)(nil)).Where("ot.operation_id = ?", op.ID).Where("ot.state = ?", state).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count people of an operation: %w", err)
	}
	return n, nil
}

// ofTargets starts an update of some people of an operation.
func ofTargets(tx *store.Tx, op *models.Operation, users []int64) *bun.UpdateQuery {
	return tx.Update((*models.OperationTarget)(nil)).Where("operation_id = ?", op.ID).Where("user_id IN (?)", bun.List(users))
}

func written(ctx context.Context, q *bun.UpdateQuery) error {
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("write people of an operation: %w", err)
	}
	return nil
}

func setState(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64, to models.TargetState) error {
	if len(users) == 0 {
		return nil
	}
	return written(ctx, ofTargets(tx, op, users).Set("state = ?", to))
}

// setNotes puts people into a state, each with the reason.
func setNotes(ctx context.Context, tx *store.Tx, op *models.Operation, why map[string][]int64, to models.TargetState) error {
	for note, users := range why {
		if err := written(ctx, ofTargets(tx, op, users).Set("state = ?", to).Set("note = ?", note)); err != nil {
			return err
		}
	}
	return nil
}

// setCut says of people that they are out here, and how many sessions ended.
func setCut(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64, ended map[int64]int) error {
	if err := written(ctx, ofTargets(tx, op, users).Set("state = ?", models.TargetCut).Set("cut_at = ?", tx.Now)); err != nil {
		return err
	}
	by := map[int][]int64{}
	for user, n := range ended {
		by[n] = append(by[n], user)
	}
	for n, users := range by {
		if err := written(ctx, ofTargets(tx, op, users).Set("ended_sessions = ?", n)); err != nil {
			return err
		}
	}
	return nil
}

// keepAssignments keeps word for word which roles people hold.
func keepAssignments(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) error {
	_, err := tx.Raw(`INSERT INTO operation_assignments (tenant_id, operation_id, user_id, role_id, source, source_ref, reason, from_at, until_at, granted_by_id, granted_by, created_at)
		SELECT a.tenant_id, ?, a.user_id, a.role_id, a.source, a.source_ref, a.reason, a.from_at, a.until_at, a.granted_by_id, a.granted_by, a.created_at
		FROM assignments a WHERE a.tenant_id = ?tenant AND a.user_id IN (?)`, op.ID, bun.List(users)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep the roles of people: %w", err)
	}
	return nil
}

// insertActs writes what is done about each person.
func insertActs(ctx context.Context, tx *store.Tx, acts []models.PersonAct) error {
	for len(acts) > 0 {
		part := acts[:min(len(acts), 500)]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("write acts: %w", err)
		}
		acts = acts[len(part):]
	}
	return nil
}

// report is somebody who gets another manager.
type report struct {
	user     models.User
	old, now string // names
}

// takeReports gives people whose manager goes the manager that was chosen, if
// that one may be in. Who goes with the same operation keeps the old one.
func takeReports(ctx context.Context, tx *store.Tx, op *models.Operation, managers []int64, limit int) ([]report, error) {
	var goes []models.OperationTarget
	err := tx.Select(&goes).Column("user_id", "new_manager_id").Where("ot.operation_id = ?", op.ID).Where("ot.user_id IN (?)", bun.List(managers)).
		Where("ot.new_manager_id <> 0").Limit(int64(len(managers))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list managers: %w", err)
	}
	next := make(map[int64]int64, len(goes))
	var old, now []int64
	for i := range goes {
		next[goes[i].UserID] = goes[i].NewManagerID
		old, now = append(old, goes[i].UserID), append(now, goes[i].NewManagerID)
	}
	if len(old) == 0 {
		return nil, nil
	}
	names, in, err := managersNamed(ctx, tx, old, now)
	if err != nil || len(in) == 0 {
		return nil, err
	}
	var users []models.User
	q := tx.Select(&users).Where("u.manager_id IN (?)", bun.List(old)).Where("u.status NOT IN (?, ?)", models.Deactivated, models.Removed).
		Where("NOT EXISTS (SELECT 1 FROM operation_targets x WHERE x.tenant_id = ?tenant AND x.operation_id = ? AND x.user_id = u.id AND x.included = ? AND x.state = ?)",
			op.ID, true, models.TargetWaiting).
		Where("EXISTS (SELECT 1 FROM operation_targets m WHERE m.tenant_id = ?tenant AND m.operation_id = ? AND m.user_id = u.manager_id AND m.new_manager_id IN (?) AND m.new_manager_id <> u.id)",
			op.ID, bun.List(in)).
		Order("u.id").Limit(int64(limit))
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	return moveReports(ctx, tx, op, users, next, names)
}

// managersNamed gives the names of managers, and which of the new ones may be one.
func managersNamed(ctx context.Context, tx *store.Tx, old, now []int64) (names map[int64]string, in []int64, err error) {
	var rows []models.User
	all := append(append([]int64{}, old...), now...)
	q := tx.Select(&rows).Column("id", "display_name", "status")
	if err := store.ByIDs(tx.Reader, q, all).Limit(int64(len(all))).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("read managers: %w", err)
	}
	names = make(map[int64]string, len(rows))
	may := map[int64]bool{}
	for i := range rows {
		names[rows[i].ID] = rows[i].DisplayName
		may[rows[i].ID] = rows[i].Status.MaySignIn()
	}
	for _, id := range now {
		if may[id] {
			in = append(in, id)
		}
	}
	return names, in, nil
}

// moveReports keeps who the manager was and writes who it is now.
func moveReports(ctx context.Context, tx *store.Tx, op *models.Operation, users []models.User, next map[int64]int64, names map[int64]string) ([]report, error) {
	if len(users) == 0 {
		return nil, nil
	}
	moved := make([]report, len(users))
	kept := make([]models.OperationReport, len(users))
	by := map[int64][]int64{}
	for i := range users {
		u := users[i]
		to := next[u.ManagerID]
		kept[i] = models.OperationReport{OperationID: op.ID, UserID: u.ID, OldManagerID: u.ManagerID, NewManagerID: to, MovedAt: tx.Now}
		by[to] = append(by[to], u.ID)
		moved[i] = report{user: u, old: names[u.ManagerID], now: names[to]}
		moved[i].user.ManagerID = to
	}
	if _, err := tx.Insert(&kept).Returning("NULL").Exec(ctx); err != nil {
		return nil, fmt.Errorf("keep managers: %w", err)
	}
	return moved, setManagers(ctx, tx, by)
}

// setManagers writes managers of people.
func setManagers(ctx context.Context, tx *store.Tx, by map[int64][]int64) error {
	for manager, users := range by {
		q := tx.Update((*models.User)(nil)).Set("manager_id = ?", manager).Set("version = version + 1").Set("updated_at = ?", tx.Now).Set("updated_by = ?", tx.Actor.Name)
		if _, err := store.ByIDs(tx.Reader, q, users).Exec(ctx); err != nil {
			return fmt.Errorf("write a new manager: %w", err)
		}
	}
	return nil
}

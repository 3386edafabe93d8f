package jobs

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/models"
)

// OfUsersIn lists the steps of some people in a group, with all that pages and
// evidence show of them; each person's in their order.
func (e *Engine) OfUsersIn(ctx context.Context, tenant int64, g Group, users []int64) ([]Info, error) {
	if len(users) == 0 {
		return nil, nil
	}
	var rows []models.WorkStep
	r := e.store.Read(tenant)
	q := r.ForceIndex(r.Select(&rows), "work_steps_by_user").Where("user_id IN (?)", bun.List(users)).
		Where("group_kind = ?", g.Kind).Where("group_id = ?", g.ID).Order("user_id", "id")
	return infos(ctx, q, &rows, listed*len(users))
}

// Latest lists the newest steps of one kind in a group that have ended, up to a limit.
func (e *Engine) Latest(ctx context.Context, tenant int64, g Group, kind string, limit int) ([]Ended, error) {
	var rows []Ended
	r := e.store.Read(tenant)
	err := r.Select((*models.WorkStep)(nil)).
		Column("id", "kind", "user_id", "connector_id", "state", "outcome", "sentence", "evidence", "finished_at").
		Where("group_kind = ?", g.Kind).Where("group_id = ?", g.ID).Where("kind = ?", kind).Where("state = ?", models.StepDone).
		Order("id DESC").Limit(int64(limit)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list the newest steps: %w", err)
	}
	return rows, nil
}

// Trouble is how many steps of a kind failed at a system, or are not confirmed.
type Trouble struct {
	GroupID     int64
	ConnectorID int64
	Kind        string
	State       models.StepState
	N           int
	Since       models.Instant // the first of them ended
}

// Troubles counts the steps of groups that failed, or ended without being confirmed.
func (e *Engine) Troubles(ctx context.Context, tenant int64, kind string, groups []int64) ([]Trouble, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	var rows []Trouble
	err := e.store.Read(tenant).Select((*models.WorkStep)(nil)).
		Column("group_id", "connector_id", "kind", "state").ColumnExpr("COUNT(*) AS n").ColumnExpr("MIN(finished_at) AS since").
		Where("group_kind = ?", kind).Where("group_id IN (?)", bun.List(groups)).Where("state IN (?)", bun.List([]models.StepState{models.StepFailed, models.StepDone})).
		Where("(state = ? OR outcome IN (?))", models.StepFailed, bun.List([]models.Outcome{models.OutcomeSent, models.OutcomeNeverTold})).
		Group("group_id", "connector_id", "kind", "state").Order("group_id", "connector_id", "kind", "state").Limit(listed).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count steps that failed or are not confirmed: %w", err)
	}
	return rows, nil
}

package jobs

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// among limits a query to the steps of a part that stand in a state.
func (p Part) among(r store.Reader, q *bun.SelectQuery, state models.StepState) *bun.SelectQuery {
	q = r.ForceIndex(q, "work_steps_by_group_state").Where("group_kind = ?", p.Group.Kind).Where("group_id = ?", p.Group.ID).Where("state = ?", state)
	if len(p.Users) > 0 {
		q = q.Where("user_id IN (?)", bun.List(p.Users))
	}
	if p.Connector != 0 {
		q = q.Where("connector_id = ?", p.Connector)
	}
	return q.Limit(int64(max(p.Limit, 1)))
}

// idsIn gives ids of a part in the order of the index, which takes all steps of
// one kind before those of the next.
func idsIn(ctx context.Context, tx *store.Tx, p Part, state models.StepState) ([]int64, error) {
	var ids []int64
	if err := p.among(tx.Reader, tx.Select((*models.WorkStep)(nil)), state).Column("id").Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("list steps of a group: %w", err)
	}
	slices.Sort(ids)
	return ids, nil
}

// stepsIn is idsIn with whom and where, in the order of their ids.
func stepsIn(ctx context.Context, tx *store.Tx, p Part, state models.StepState) ([]models.WorkStep, error) {
	var rows []models.WorkStep
	if err := p.among(tx.Reader, tx.Select(&rows), state).Column("id", "user_id", "connector_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list steps of a group: %w", err)
	}
	slices.SortFunc(rows, func(a, b models.WorkStep) int { return int(a.ID - b.ID) })
	return rows, nil
}

// firstOpen gives the first step of people in a group that has not ended, by
// person and connector.
func firstOpen(ctx context.Context, tx *store.Tx, g Group, users []int64) (map[chain]int64, error) {
	var rows []models.WorkStep
	err := tx.Select(&rows).Column("user_id", "connector_id").ColumnExpr("MIN(id) AS id").
		Where("user_id IN (?)", bun.List(users)).Where("group_kind = ?", g.Kind).Where("group_id = ?", g.ID).Where("state IN (?)", bun.List(open)).
		Group("user_id", "connector_id").Limit(listed * int64(len(users))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("find first steps: %w", err)
	}
	first := make(map[chain]int64, len(rows))
	for i := range rows {
		first[chain{rows[i].UserID, rows[i].ConnectorID}] = rows[i].ID
	}
	return first, nil
}

func moveIDs(ctx context.Context, tx *store.Tx, ids []int64, from, to models.StepState) (int, error) {
	return moved(ctx, tx, tx.Update((*models.WorkStep)(nil)).Set("state = ?", to), ids, from)
}

// requeue lets steps wait for their turn. Those that failed begin anew.
func requeue(ctx context.Context, tx *store.Tx, ids []int64, from models.StepState, at models.Instant) (int, error) {
	q := tx.Update((*models.WorkStep)(nil)).Set("state = ?", models.StepWaiting)
	if at > tx.Now {
		q = q.Set("run_at = ?", at)
	} else {
		q = q.Set("run_at = ? - ahead", at)
	}
	if from == models.StepFailed {
		q = q.Set("outcome = ?", models.OutcomeWaiting).Set("attempts = 0").Set("finished_at = 0")
	}
	return moved(ctx, tx, q, ids, from)
}

func skipIDs(ctx context.Context, tx *store.Tx, ids []int64, from models.StepState, sentence string) (int, error) {
	q := tx.Update((*models.WorkStep)(nil)).Set("state = ?", models.StepDone).Set("outcome = ?", models.OutcomeSkipped).
		Set("sentence = ?", short(sentence)).Set("finished_at = ?", tx.Now)
	return moved(ctx, tx, q, ids, from)
}

func moved(ctx context.Context, tx *store.Tx, q *bun.UpdateQuery, ids []int64, from models.StepState) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	done, err := store.ByIDs(tx.Reader, q, ids).Where("state = ?", from).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("move steps: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("move steps: %w", err)
	}
	return int(n), nil
}

// AnyOpen reports whether a step of a group has not ended.
func (e *Engine) AnyOpen(ctx context.Context, r store.Reader, g Group) (bool, error) {
	for _, state := range open {
		var ids []int64
		p := Part{Group: g, Limit: 1}
		if err := p.among(r, r.Select((*models.WorkStep)(nil)), state).Column("id").Scan(ctx, &ids); err != nil {
			return false, fmt.Errorf("look for open steps: %w", err)
		}
		if len(ids) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// BusyIn says which of the people have a step in a group that has not ended.
func (e *Engine) BusyIn(ctx context.Context, r store.Reader, g Group, users []int64) (map[int64]bool, error) {
	if len(users) == 0 {
		return nil, nil
	}
	var busy []int64
	err := r.Select((*models.WorkStep)(nil)).ColumnExpr("DISTINCT user_id").Where("user_id IN (?)", bun.List(users)).
		Where("group_kind = ?", g.Kind).Where("group_id = ?", g.ID).Where("state IN (?)", bun.List(open)).Limit(int64(len(users))).Scan(ctx, &busy)
	if err != nil {
		return nil, fmt.Errorf("look for people with open steps: %w", err)
	}
	of := make(map[int64]bool, len(busy))
	for _, id := range busy {
		of[id] = true
	}
	return of, nil
}

// OfPeople lists the steps of some people in a group, each person's in their order.
func (e *Engine) OfPeople(ctx context.Context, r store.Reader, g Group, users []int64) ([]Ended, error) {
	if len(users) == 0 {
		return nil, nil
	}
	var rows []Ended
	err := r.Select((*models.WorkStep)(nil)).
		Column("id", "kind", "user_id", "connector_id", "state", "outcome", "sentence", "evidence", "finished_at").
		Where("user_id IN (?)", bun.List(users)).Where("group_kind = ?", g.Kind).Where("group_id = ?", g.ID).
		Order("user_id", "id").Limit(listed*int64(len(users))).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list the steps of people: %w", err)
	}
	return rows, nil
}

// Causes groups what failed in a group by why, the most frequent first.
func (e *Engine) Causes(ctx context.Context, tenant int64, g Group, limit int) ([]Cause, error) {
	var rows []Cause
	r := e.store.Read(tenant)
	p := Part{Group: g, Limit: limit}
	err := p.among(r, r.Select((*models.WorkStep)(nil)), models.StepFailed).Column("kind", "connector_id", "sentence").ColumnExpr("COUNT(*) AS n").
		Group("kind", "connector_id", "sentence").OrderExpr("n DESC, kind, connector_id, sentence").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("group failures: %w", err)
	}
	return rows, nil
}

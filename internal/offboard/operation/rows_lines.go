package operation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectLines gives people who are acted upon, by what came of them, in the order
// of the list; also when paging backward.
func selectLines(ctx context.Context, r store.Reader, op int64, q LineQuery, limit int) ([]Target, error) {
	where, args := " AND ot.included = ?", []any{op, true}
	add := func(condition string, more ...any) { where, args = where+condition, append(args, more...) }
	if states := q.Came.states(); states != nil {
		add(" AND ot.state IN (?)", bun.List(states))
	}
	const has = ` AND EXISTS (SELECT 1 FROM work_steps ws WHERE ws.tenant_id = ot.tenant_id AND ws.user_id = ot.user_id AND ws.group_kind = ? AND ws.group_id = ot.operation_id AND `
	switch q.Came {
	case CameFailed:
		add(has+"ws.state = ?)", Group, models.StepFailed)
	case CameAlive:
		add(" AND ot.alive_connector_id > 0")
	case CameUnconfirmed:
		add(has+"ws.state = ? AND ws.outcome IN (?, ?))", Group, models.StepDone, models.OutcomeSent, models.OutcomeNeverTold)
	}
	order := "ot.position"
	if q.Back > 0 {
		add(" AND ot.position < ?", q.Back)
		order = "ot.position DESC"
	} else {
		add(" AND ot.position > ?", q.After)
	}
	var rows []Target
	err := r.Raw(`SELECT ot.id, ot.position, ot.user_id, ot.name, ot.included, ot.flags, ot.assignments, ot.accounts, ot.stood_status, ot.state, ot.note,
			ot.ended_sessions, ot.cut_at, ot.out_at, ot.residual_until, ot.removed_at, ot.undone_at, ot.alive_at, ot.alive_connector_id,
			u.public_id, u.email, u.username, u.status
		FROM operation_targets ot JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ?`+where+` ORDER BY `+order+` LIMIT ?`, append(args, limit)...).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list people of an operation with what came of them: %w", err)
	}
	if q.Back > 0 {
		slices.Reverse(rows)
	}
	return rows, nil
}

// numbersLimit bounds the lines of the log that a page of people is looked up in.
const numbersLimit = 5_000

// selectNumbers finds in the log what names the operation or a step, about some people.
func selectNumbers(ctx context.Context, r store.Reader, op *models.Operation, users []int64) (Numbers, error) {
	n := Numbers{Cut: map[int64]int64{}, Step: map[string]int64{}}
	if len(users) == 0 {
		return n, nil
	}
	var rows []models.AuditEvent
	q := r.ForceIndex(r.Select(&rows), "audit_by_target").Column("id", "action", "target_id", "detail").
		Where("target_kind = ?", models.KindUser).Where("target_id IN (?)", bun.List(users)).Where("at >= ?", op.CreatedAt).Order("id")
	if err := q.Limit(numbersLimit).Scan(ctx); err != nil {
		return n, fmt.Errorf("look into the log: %w", err)
	}
	for i := range rows {
		e := &rows[i]
		if _, step, found := strings.Cut(e.Detail, "step "); found {
			n.Step[step] = e.ID
		} else if e.Detail == op.Code() && e.Action == models.UserDeactivate {
			n.Cut[e.TargetID] = e.ID
		}
	}
	return n, nil
}

package operation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// listColumns leave out what only one operation's page needs.
var listColumns = []string{
	"id", "tenant_id", "public_id", "number", "kind", "state", "phase", "title", "people", "included", "list_hash", "effects", "friction", "reason",
	"scheduled_at", "risk_known_at", "risk_out_by", "created_by_id", "created_by", "created_at", "planned_at", "requested_by_id", "requested_by", "requested_at", "expires_at",
	"approved_by", "approved_at", "cut_at", "finished_at", "undo_until", "undone_at", "sentence",
}

func selectOperations(ctx context.Context, r store.Reader, q Query, limit int) ([]models.Operation, error) {
	var rows []models.Operation
	query := r.Select(&rows).Column(listColumns...).Order("op.number DESC").Limit(int64(limit))
	if q.Before > 0 {
		query = query.Where("op.number < ?", q.Before)
	}
	if states := q.Group.states(); states != nil {
		query = query.Where("op.state IN (?)", bun.List(states))
	}
	if q.By > 0 {
		query = query.Where("(op.created_by_id = ? OR op.requested_by_id = ?)", q.By, q.By)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list operations: %w", err)
	}
	return rows, nil
}

func findByNumber(ctx context.Context, r store.Reader, number int64) (models.Operation, error) {
	var op models.Operation
	if err := r.Select(&op).Where("op.number = ?", number).Limit(1).Scan(ctx); err != nil {
		return op, missing(err)
	}
	return op, nil
}

// selectWaiting gives requests that a person may decide.
func selectWaiting(ctx context.Context, r store.Reader, user int64, now models.Instant, limit int64) ([]models.Operation, error) {
	var rows []models.Operation
	err := r.Select(&rows).Column(listColumns...).Where("op.state = ?", models.OperationWaiting).Where("op.expires_at > ?", now).
		Where("op.requested_by_id <> ?", user).Where("op.created_by_id <> ?", user).
		Where(`NOT EXISTS (SELECT 1 FROM operation_targets ot WHERE ot.tenant_id = ?tenant AND ot.operation_id = op.id AND ot.user_id = ? AND ot.included = ?)`, user, true).
		Order("op.expires_at", "op.id").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list requests that wait: %w", err)
	}
	return rows, nil
}

// selectAsked gives a person's requests whose newest word is a question.
func selectAsked(ctx context.Context, r store.Reader, user, limit int64) ([]models.Operation, error) {
	var rows []models.Operation
	err := r.Select(&rows).Column(listColumns...).Where("op.state = ?", models.OperationWaiting).Where("op.requested_by_id = ?", user).
		Where(`(SELECT od.decision FROM operation_decisions od WHERE od.tenant_id = ?tenant AND od.operation_id = op.id ORDER BY od.id DESC LIMIT 1) = ?`, models.VerdictAsked).
		Order("op.expires_at", "op.id").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return rows, nil
}

// selectionSize gives how many people a selection has, as far as it is known.
func selectionSize(ctx context.Context, r store.Reader, id int64) (int64, error) {
	var sel models.Selection
	err := r.Select(&sel).Column("people").Where("sel.id = ?", id).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the size of a selection: %w", err)
	}
	return sel.People, nil
}

func countPlanned(ctx context.Context, r store.Reader, op, upTo int64) (int64, error) {
	n, err := r.Select((*models.OperationTarget)(nil)).Where("ot.operation_id = ?", op).Where("ot.user_id <= ?", upTo).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count what is planned: %w", err)
	}
	return int64(n), nil
}

// selectTargets gives people of a list in its order, also when paging backward.
func selectTargets(ctx context.Context, r store.Reader, op int64, q TargetQuery, limit int) ([]Target, error) {
	where, args := "", []any{op}
	add := func(condition string, more ...any) { where, args = where+condition, append(args, more...) }
	switch {
	case q.Filter == TargetsLeftOut:
		add(" AND ot.included = ?", false)
	case q.Filter == TargetsManagers:
		add(" AND ot.included = ? AND ot.reports > 0", true)
	case q.Filter.flag() != 0:
		add(" AND ot.included = ? AND ot.flags & ? > 0", true, q.Filter.flag())
	case q.Filter == TargetsIn:
		add(" AND ot.included = ?", true)
	}
	order := "ot.position"
	if q.Back > 0 {
		add(" AND ot.position < ?", q.Back)
		order = "ot.position DESC"
	} else {
		add(" AND ot.position > ?", q.After)
	}
	var rows []Target
	err := r.Raw(`SELECT ot.id, ot.position, ot.user_id, ot.name, ot.included, ot.left_out, ot.flags, ot.sessions, ot.assignments, ot.accounts, ot.reports,
			ot.new_manager_id, ot.stood_status, ot.state, ot.note, ot.cut_at, ot.out_at,
			u.public_id, u.email, u.username, u.status, u.last_sign_in_at, COALESCE(d.name, '') AS department, COALESCE(nm.display_name, '') AS new_manager
		FROM operation_targets ot
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		LEFT JOIN departments d ON d.tenant_id = u.tenant_id AND d.id = u.department_id
		LEFT JOIN users nm ON nm.tenant_id = ot.tenant_id AND nm.id = ot.new_manager_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ?`+where+` ORDER BY `+order+` LIMIT ?`, append(args, limit)...).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list people of an operation: %w", err)
	}
	if q.Back > 0 {
		slices.Reverse(rows)
	}
	return rows, nil
}

func countStates(ctx context.Context, r store.Reader, op int64) (map[models.TargetState]int64, error) {
	var rows []struct {
		State models.TargetState
		N     int64
	}
	err := r.Raw(`SELECT state, COUNT(*) AS n FROM operation_targets WHERE tenant_id = ?tenant AND operation_id = ? AND included = ? GROUP BY state`,
		op, true).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count people by state: %w", err)
	}
	counts := make(map[models.TargetState]int64, len(rows))
	for _, row := range rows {
		counts[row.State] = row.N
	}
	return counts, nil
}

package certify

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Bounds of one read.
const (
	pageOfPeople = 256 // four blocks
	pageOfRows   = 5_000
	decisions    = 1_000
	wholeEvents  = 500 // of the operation as a whole, in a head
)

var errMissing = errors.New("certify: there is no such row")

func operationOf(ctx context.Context, r store.Reader, publicID string) (models.Operation, error) {
	var rows []models.Operation
	err := r.Select(&rows).Column("id", "tenant_id", "public_id", "number", "kind", "state", "phase", "selection_id", "title", "people", "included",
		"list_hash", "reason", "ticket", "scheduled_at", "created_by_id", "created_by", "created_at", "planned_at", "requested_by_id", "requested_by", "requested_at",
		"started_at", "cut_at", "finished_at", "undo_until", "removed_at", "undone_at", "version").
		Where("public_id = ?", publicID).Limit(1).Scan(ctx)
	if err != nil {
		return models.Operation{}, fmt.Errorf("read the operation: %w", err)
	}
	if len(rows) == 0 {
		return models.Operation{}, errMissing
	}
	return rows[0], nil
}

// target is a person of a frozen list, with who they are and how they stand now.
type target struct {
	models.OperationTarget `bun:",extend"`

	PublicID string
	Status   models.Status
}

// targetsAfter reads the people of an operation after a position.
func targetsAfter(ctx context.Context, r store.Reader, op, position int64, limit int) ([]target, error) {
	var rows []target
	err := r.Raw(`SELECT ot.id, ot.position, ot.user_id, ot.name, ot.included, ot.left_out, ot.stood_status, ot.stood_version, ot.stood_leaving_at, ot.state, ot.note,
		ot.ended_sessions, ot.cut_at, ot.out_at, ot.residual_until, ot.removed_at, ot.undone_at, u.public_id, u.status
		FROM operation_targets ot JOIN users u ON u.tenant_id = ?tenant AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.position > ? ORDER BY ot.position LIMIT ?`, op, position, limit).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the people of the operation: %w", err)
	}
	return rows, nil
}

// positionOf finds a person in an operation.
func positionOf(ctx context.Context, r store.Reader, op int64, publicID string) (user, position int64, err error) {
	var rows []models.OperationTarget
	err = r.Raw(`SELECT ot.user_id, ot.position FROM operation_targets ot JOIN users u ON u.tenant_id = ?tenant AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND u.public_id = ? LIMIT 1`, op, publicID).Scan(ctx, &rows)
	if err != nil {
		return 0, 0, fmt.Errorf("find the person in the operation: %w", err)
	}
	if len(rows) == 0 {
		return 0, 0, errMissing
	}
	return rows[0].UserID, rows[0].Position, nil
}

// leftOutOf counts who was left out, by reason.
func leftOutOf(ctx context.Context, r store.Reader, op int64) (map[string]int, error) {
	var rows []struct {
		LeftOut string
		N       int
	}
	err := r.Select((*models.OperationTarget)(nil)).Column("left_out").ColumnExpr("COUNT(*) AS n").
		Where("operation_id = ?", op).Where("included = ?", false).Group("left_out").Order("left_out").Limit(decisions).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count who was left out: %w", err)
	}
	out := map[string]int{}
	for _, row := range rows {
		out[row.LeftOut] = row.N
	}
	return out, nil
}

func decisionsOf(ctx context.Context, r store.Reader, op int64) ([]models.OperationDecision, error) {
	var rows []models.OperationDecision
	err := r.Select(&rows).Column("id", "decision", "by_id", "by_name", "reason", "list_hash", "elevated_at", "at").
		Where("operation_id = ?", op).Order("id").Limit(decisions).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what was decided: %w", err)
	}
	return rows, nil
}

// publicIDs gives the public ids of people.
func publicIDs(ctx context.Context, r store.Reader, ids []int64) (map[int64]string, error) {
	var rows []models.User
	if err := store.ByIDs(r, r.Select(&rows).Column("id", "public_id"), ids).Limit(int64(len(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read who decided: %w", err)
	}
	out := make(map[int64]string, len(rows))
	for i := range rows {
		out[rows[i].ID] = rows[i].PublicID
	}
	return out, nil
}

// selectionKind says how the people were chosen; "" when the selection is gone.
func selectionKind(ctx context.Context, r store.Reader, id int64) (string, error) {
	var kinds []string
	if err := r.Select((*models.Selection)(nil)).Column("kind").Where("id = ?", id).Limit(1).Scan(ctx, &kinds); err != nil {
		return "", fmt.Errorf("read how people were chosen: %w", err)
	}
	if len(kinds) == 0 {
		return "", nil
	}
	return kinds[0], nil
}

// openSteps counts steps at connected systems that have not ended.
func openSteps(ctx context.Context, r store.Reader, op int64) (int64, error) {
	n, err := r.Select((*models.WorkStep)(nil)).Where("group_kind = ?", operation.Group).Where("group_id = ?", op).
		Where("kind IN (?)", bun.List([]string{offboard.StepDisable, offboard.StepEndSessions, offboard.StepRevokeGrants, offboard.StepEnable, offboard.StepRevokeHeld})).
		Where("state IN (?)", bun.List([]models.StepState{models.StepWaiting, models.StepRunning, models.StepPaused})).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count open steps: %w", err)
	}
	return n, nil
}

// stepsOf reads the steps of some people in an operation, in their order.
func stepsOf(ctx context.Context, r store.Reader, op int64, users []int64) (map[int64][]models.WorkStep, error) {
	out := make(map[int64][]models.WorkStep, len(users))
	for after := int64(0); ; {
		var rows []models.WorkStep
		q := r.WalkIndex(r.Select(&rows), "work_steps_by_user").
			Column("id", "public_id", "kind", "user_id", "payload", "outcome", "sentence", "evidence", "attempts", "created_at", "finished_at").
			Where("user_id IN (?)", bun.List(users)).Where("group_kind = ?", operation.Group).Where("group_id = ?", op).Where("id > ?", after).Order("id")
		if err := q.Limit(pageOfRows).Scan(ctx); err != nil {
			return nil, fmt.Errorf("read steps: %w", err)
		}
		for i := range rows {
			out[rows[i].UserID] = append(out[rows[i].UserID], rows[i])
		}
		if len(rows) < pageOfRows {
			return out, nil
		}
		after = rows[len(rows)-1].ID
	}
}

// eventsOf reads what the audit log holds about things of one kind since a
// moment, and hands it to see.
func eventsOf(ctx context.Context, r store.Reader, kind models.Kind, ids []int64, since models.Instant, see func(*models.AuditEvent)) error {
	for after := int64(0); ; {
		var rows []models.AuditEvent
		q := r.WalkIndex(r.Select(&rows), "audit_by_target").Column("id", "at", "action", "target_id", "detail").
			Where("target_kind = ?", kind).Where("target_id IN (?)", bun.List(ids)).Where("at >= ?", since).Where("id > ?", after).Order("id")
		if err := q.Limit(pageOfRows).Scan(ctx); err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		for i := range rows {
			see(&rows[i])
		}
		if len(rows) < pageOfRows {
			return nil
		}
		after = rows[len(rows)-1].ID
	}
}

// nameOf gives the name of a person as the list has it.
func nameOf(ctx context.Context, r store.Reader, op, user int64) (string, error) {
	var names []string
	err := r.Select((*models.OperationTarget)(nil)).Column("name").Where("operation_id = ?", op).Where("user_id = ?", user).Limit(1).Scan(ctx, &names)
	if err != nil {
		return "", fmt.Errorf("read the person of the operation: %w", err)
	}
	if len(names) == 0 {
		return "", errMissing
	}
	return names[0], nil
}

package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// stillIn holds for people who are out by the operation and nothing else.
const stillIn = `ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.state IN (?) AND u.status = ? AND u.status_since = ot.cut_at`

// preview is what an undo is looked at for.
type preview struct {
	op     *models.Operation
	now    models.Instant
	people []string // nil: everybody
}

// previewUndo fills in what an undo would do, with one query for each sort of thing.
func previewUndo(ctx context.Context, r store.Reader, p preview, b *Back) error {
	op, now := p.op, p.now
	some := bun.SafeQuery("")
	if len(p.people) > 0 {
		some = bun.SafeQuery(" AND u.public_id IN (?)", bun.List(p.people))
	}
	args := []any{op.ID, bun.List(undoable), models.Deactivated}
	err := r.Raw(`SELECT COUNT(*) AS people, COALESCE(SUM(ot.ended_sessions), 0) AS sessions FROM operation_targets ot
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id WHERE `+stillIn+` ?`, append(args, some)...).Scan(ctx, &b.People, &b.Sessions)
	if err != nil {
		return fmt.Errorf("count who would be let in: %w", err)
	}
	err = r.Raw(`SELECT COALESCE(SUM(CASE WHEN a.id IS NOT NULL AND oa.until_at > ? THEN 1 ELSE 0 END), 0) AS roles,
			COALESCE(SUM(CASE WHEN a.id IS NULL AND oa.removed_at > 0 AND oa.until_at > ? THEN 1 ELSE 0 END), 0) AS given,
			COALESCE(SUM(CASE WHEN oa.until_at <= ? THEN 1 ELSE 0 END), 0) AS expired,
			COALESCE(SUM(CASE WHEN a.id IS NULL AND oa.removed_at = 0 AND oa.until_at > ? THEN 1 ELSE 0 END), 0) AS taken
		FROM operation_targets ot JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		JOIN operation_assignments oa ON oa.tenant_id = ot.tenant_id AND oa.operation_id = ot.operation_id AND oa.user_id = ot.user_id
		LEFT JOIN assignments a ON a.tenant_id = oa.tenant_id AND a.user_id = oa.user_id AND a.role_id = oa.role_id AND a.source = oa.source AND a.source_ref = oa.source_ref
		WHERE `+stillIn+` ?`, append([]any{now, now, now, now}, append(args, some)...)...).Scan(ctx, &b.Roles, &b.Given, &b.Expired, &b.Taken)
	if err != nil {
		return fmt.Errorf("count the roles an undo brings back: %w", err)
	}
	err = r.Raw(`SELECT COUNT(*) AS n FROM operation_targets ot JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		JOIN operation_reports orp ON orp.tenant_id = ot.tenant_id AND orp.operation_id = ot.operation_id AND orp.old_manager_id = ot.user_id
		JOIN users x ON x.tenant_id = orp.tenant_id AND x.id = orp.user_id AND x.manager_id = orp.new_manager_id
		WHERE `+stillIn+` ?`, append(args, some)...).Scan(ctx, &b.Reports)
	if err != nil {
		return fmt.Errorf("count the people an undo hands back: %w", err)
	}
	err = r.Raw(`SELECT ws.connector_id, cn.name AS system, COUNT(*) AS accounts FROM operation_targets ot
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		JOIN work_steps ws ON ws.tenant_id = ot.tenant_id AND ws.user_id = ot.user_id AND ws.group_kind = ? AND ws.group_id = ot.operation_id
		JOIN connectors cn ON cn.tenant_id = ws.tenant_id AND cn.id = ws.connector_id
		WHERE ws.kind = ? AND ws.outcome IN (?, ?) AND `+stillIn+` ? GROUP BY ws.connector_id, cn.name ORDER BY cn.name, ws.connector_id LIMIT 200`,
		append([]any{offboard.OperationGroup, offboard.StepDisable, models.OutcomeConfirmed, models.OutcomeSent}, append(args, some)...)...).Scan(ctx, &b.Systems)
	if err != nil {
		return fmt.Errorf("count the accounts an undo activates: %w", err)
	}
	return previewChanged(ctx, r, op, some, b)
}

// previewChanged counts and names those whom an undo leaves as they are.
func previewChanged(ctx context.Context, r store.Reader, op *models.Operation, some any, b *Back) error {
	const changed = ` FROM operation_targets ot JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND (ot.state = ? OR ot.state IN (?) AND NOT (u.status = ? AND u.status_since = ot.cut_at)) ?`
	args := []any{op.ID, models.TargetKept, bun.List(undoable), models.Deactivated, some}
	if err := r.Raw("SELECT COUNT(*) AS n"+changed, args...).Scan(ctx, &b.Changed); err != nil {
		return fmt.Errorf("count who changed since: %w", err)
	}
	if b.Changed == 0 {
		return nil
	}
	err := r.Raw("SELECT u.public_id, u.display_name AS name, u.status, u.status_by"+changed+" ORDER BY ot.position LIMIT ?", append(args, whoShown)...).Scan(ctx, &b.Who)
	if err != nil {
		return fmt.Errorf("list who changed since: %w", err)
	}
	return nil
}

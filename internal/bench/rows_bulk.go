package bench

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// frozen makes an operation over everybody who is not out and not spared, planned
// and approved, as rows. It gives its id and how many people it has.
func (d *direct) frozen(ctx context.Context, st *store.Store, actor models.Actor, spare []int64) (id int64, people int, err error) {
	err = st.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		last, err := d.number(ctx, "SELECT COALESCE(MAX(number), 0) FROM operations WHERE tenant_id = ?t")
		if err != nil {
			return err
		}
		op := models.Operation{
			PublicID: uuid.NewString(), OnceKey: uuid.NewString(), Number: last + 1, Kind: models.OperationDeactivate, State: models.OperationDraft,
			Title: "Everybody", Effects: "{}", Friction: "{}", Reason: reason, UndoDays: 7, CreatedAt: tx.Now,
		}
		if _, err := tx.Insert(&op).Exec(ctx); err != nil {
			return err
		}
		id = op.ID
		return tx.Record(ctx, store.Event{Action: models.OperationPlan, Target: store.Ref{Kind: models.KindOperation, ID: op.ID, Name: op.Code()}})
	})
	if err != nil {
		return 0, 0, fmt.Errorf("make an operation: %w", err)
	}
	err = d.exec(ctx, `INSERT INTO operation_targets (tenant_id, operation_id, position, user_id, name, included, left_out, stood_status, stood_reason, stood_by,
 stood_since, stood_leaving_at, stood_pending_since, stood_version, stood_epoch, state, note)
 SELECT ?t, ?, ROW_NUMBER() OVER (ORDER BY id), id, display_name, TRUE, '', status, status_reason, status_by, status_since, leaving_at, pending_since, version, access_epoch, 'waiting', ''
 FROM users WHERE tenant_id = ?t AND status NOT IN ('deactivated', 'removed') AND id NOT IN (?)`, id, spare)
	if err != nil {
		return id, 0, err
	}
	n, err := d.number(ctx, "SELECT COUNT(*) FROM operation_targets WHERE tenant_id = ?t AND operation_id = ?", id)
	if err != nil {
		return id, 0, err
	}
	return id, int(n), d.exec(ctx, "UPDATE operations SET people = ?, included = ?, state = 'running', phase = 'cut', due_at = 1 WHERE tenant_id = ?t AND id = ?", n, n, id)
}

// chunksOf gives how long each chunk of an operation took: each begins where its
// event says, and the last one ends with the whole cut.
func (d *direct) chunksOf(ctx context.Context, id int64) ([]time.Duration, error) {
	text := d.text("SELECT at FROM audit_events WHERE tenant_id = ?t AND action = 'operation.cut' AND target_kind = 'operation' AND target_id = ? ORDER BY id", id)
	moments, err := collect(ctx, d.read, text, itself[models.Instant])
	if err != nil || len(moments) < 2 {
		return nil, fmt.Errorf("%d chunks: %w", len(moments), err)
	}
	var took []time.Duration
	for i := 1; i < len(moments); i++ {
		took = append(took, moments[i].Time().Sub(moments[i-1].Time()))
	}
	return took, nil
}

// sameCut makes sure that everybody is out, with an event each.
func (d *direct) sameCut(ctx context.Context, id int64, people int) error {
	for text, want := range map[string]int64{
		"SELECT COUNT(*) FROM operation_targets ot JOIN users u ON u.tenant_id = ?t AND u.id = ot.user_id WHERE ot.tenant_id = ?t AND ot.operation_id = ? AND u.status = 'deactivated' AND ot.cut_at > 0": int64(people),
		"SELECT COUNT(*) FROM person_acts WHERE tenant_id = ?t AND operation_id = ?": int64(people),
	} {
		got, err := d.number(ctx, text, id)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%d of %d people: %s", got, want, text)
		}
	}
	return nil
}

// cutOffBare does by hand what has to be done at the least: the people are
// updated and their events written, chunk by chunk.
func (d *direct) cutOffBare(ctx context.Context, id int64, size int, now models.Instant) ([]time.Duration, error) {
	users, err := collect(ctx, d.read, d.text("SELECT user_id FROM operation_targets WHERE tenant_id = ?t AND operation_id = ? ORDER BY position", id), itself[int64])
	if err != nil {
		return nil, err
	}
	var took []time.Duration
	for len(users) > 0 {
		part := users[:min(size, len(users))]
		users = users[len(part):]
		begin := time.Now()
		err := d.change(ctx, func(conn *sql.Conn) error {
			return run(ctx, conn,
				d.text(`UPDATE users SET status = 'deactivated', status_reason = ?, status_by = 'Bench', status_since = ?, pending_since = 0,
 access_epoch = access_epoch + 1, version = version + 1, updated_at = ?, updated_by = 'Bench' WHERE tenant_id = ?t AND id IN (?)`, reason, now, now, part),
				d.text(`INSERT INTO audit_events
 (tenant_id, at, action, result, actor_kind, actor_id, actor_name, via, ip, request_id, session_key, target_kind, target_id, target_name,
 object_kind, object_id, object_name, reason, old_values, new_values, detail)
 SELECT ?t, ?, ?, 'done', 'system', 0, 'Bench', 'system', '', '', '', 'user', id, display_name, '', 0, '', ?, ?, ?, 'DEA-1'
 FROM users WHERE tenant_id = ?t AND id IN (?)`, now, string(models.UserDeactivate), reason, `{"status":"Active","sessions":1}`, `{"status":"Deactivated","sessions":0}`, part))
		})
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin))
	}
	return took, nil
}

// letIn puts the status of everybody back, outside what is measured.
func (d *direct) letIn(ctx context.Context, id int64) error {
	return d.exec(ctx, `UPDATE users SET
 status = (SELECT ot.stood_status FROM operation_targets ot WHERE ot.tenant_id = ?t AND ot.operation_id = ? AND ot.user_id = users.id),
 status_reason = (SELECT ot.stood_reason FROM operation_targets ot WHERE ot.tenant_id = ?t AND ot.operation_id = ? AND ot.user_id = users.id),
 status_by = (SELECT ot.stood_by FROM operation_targets ot WHERE ot.tenant_id = ?t AND ot.operation_id = ? AND ot.user_id = users.id),
 status_since = (SELECT ot.stood_since FROM operation_targets ot WHERE ot.tenant_id = ?t AND ot.operation_id = ? AND ot.user_id = users.id),
 pending_since = (SELECT ot.stood_pending_since FROM operation_targets ot WHERE ot.tenant_id = ?t AND ot.operation_id = ? AND ot.user_id = users.id),
 access_epoch = (SELECT ot.stood_epoch FROM operation_targets ot WHERE ot.tenant_id = ?t AND ot.operation_id = ? AND ot.user_id = users.id)
 WHERE tenant_id = ?t AND id IN (SELECT user_id FROM operation_targets WHERE tenant_id = ?t AND operation_id = ?)`, id, id, id, id, id, id, id)
}

// forget removes an operation with all that hangs on it, but for the log.
func (d *direct) forget(ctx context.Context, id int64) error {
	for _, text := range []string{
		"DELETE FROM work_steps WHERE tenant_id = ?t AND group_kind = 'operation' AND group_id = ?",
		"DELETE FROM person_acts WHERE tenant_id = ?t AND operation_id = ?",
		"DELETE FROM operation_assignments WHERE tenant_id = ?t AND operation_id = ?",
		"DELETE FROM operation_targets WHERE tenant_id = ?t AND operation_id = ?",
		"DELETE FROM operations WHERE tenant_id = ?t AND id = ?",
	} {
		if err := d.exec(ctx, text, id); err != nil {
			return err
		}
	}
	return nil
}

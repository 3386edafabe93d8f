package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// insertNew inserts the rows whose key is not there yet and says how many.
func insertNew(ctx context.Context, tx *store.Tx, rows []models.WorkStep) (int, error) {
	keys := make([]string, len(rows))
	for i := range rows {
		keys[i] = rows[i].DedupeKey
	}
	var there []string
	err := tx.Select((*models.WorkStep)(nil)).Column("dedupe_key").Where("dedupe_key IN (?)", bun.List(keys)).Scan(ctx, &there)
	if err != nil {
		return 0, fmt.Errorf("look for steps: %w", err)
	}
	known := make(map[string]bool, len(there))
	for _, key := range there {
		known[key] = true
	}
	fresh := rows[:0:0]
	for i := range rows {
		if key := rows[i].DedupeKey; !known[key] {
			known[key] = true
			fresh = append(fresh, rows[i])
		}
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	// Somebody else may add the same at this very moment: theirs stands then.
	done, err := tx.Insert(&fresh).Ignore().Returning("NULL").Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("add steps: %w", err)
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// look bounds how many due steps are looked at for each that is wanted: some may
// wait for room at their connector.
const look = 8

// claim leases up to n steps that are due or, with lost, whose lease ran out.
func (e *Engine) claim(ctx context.Context, tenant int64, n int, lost bool) ([]Step, error) {
	kinds := e.kinds()
	if n <= 0 || len(kinds) == 0 {
		return nil, nil
	}
	due, err := e.anyDue(ctx, tenant, kinds, lost)
	if err != nil || !due {
		return nil, err
	}
	var taken []Step
	give := func() {
		for _, s := range taken {
			e.leave(s)
		}
		taken = nil
	}
	err = e.store.Maintain(ctx, tenant, store.WorkLease, func(ctx context.Context, tx *store.Tx) error {
		give() // of an attempt that was rolled back
		rows, err := claimable(ctx, tx, kinds, n*look, lost)
		if err != nil {
			return err
		}
		waits, err := behind(ctx, tx, rows, kinds)
		if err != nil {
			return err
		}
		if taken, err = e.take(rows, waits, n); err != nil {
			return err
		}
		return e.lease(ctx, tx, taken)
	})
	if err != nil {
		give()
		return nil, err
	}
	return taken, nil
}

// take enters up to n of the steps that wait for nobody.
func (e *Engine) take(rows []models.WorkStep, waits map[int64]bool, n int) (taken []Step, err error) {
	token := uuid.NewString()
	for i := range rows {
		if len(taken) == n {
			break
		}
		if waits[rows[i].ID] {
			continue
		}
		s, err := stepOf(&rows[i])
		if err != nil {
			return taken, err
		}
		if s.token = token; e.enter(s) {
			taken = append(taken, s)
		}
	}
	return taken, nil
}

// lostEvery is how often leases that ran out are looked for: only the death of a
// process leaves any, and they ran half a minute longer than they had to.
const lostEvery = models.Instant(time.Second)

// mayBeLost reports whether it is time to look for leases that ran out.
func (e *Engine) mayBeLost(tenant int64) bool {
	now := e.store.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if now < e.lost[tenant] {
		return false
	}
	e.lost[tenant] = now + lostEvery
	return true
}

// anyDue looks without a lock whether a transaction is worth its while.
func (e *Engine) anyDue(ctx context.Context, tenant int64, kinds []string, lost bool) (bool, error) {
	now, r := e.store.Now(), e.store.Read(tenant)
	looks := []*bun.SelectQuery{waiting(r.Select((*models.WorkStep)(nil)), now)}
	if lost {
		looks = append(looks, expired(r.Select((*models.WorkStep)(nil)), now))
	}
	for _, q := range looks {
		var ids []int64
		if err := q.Column("id").Where("kind IN (?)", bun.List(kinds)).Limit(1).Scan(ctx, &ids); err != nil {
			return false, fmt.Errorf("look for work: %w", err)
		}
		if len(ids) > 0 {
			return true, nil
		}
	}
	return false, nil
}

func waiting(q *bun.SelectQuery, now models.Instant) *bun.SelectQuery {
	return q.Where("state = ?", models.StepWaiting).Where("run_at <= ?", now)
}

func expired(q *bun.SelectQuery, now models.Instant) *bun.SelectQuery {
	return q.Where("state = ?", models.StepRunning).Where("lease_until <= ?", now)
}

// claimable locks due steps, the longest due first, and before them those whose
// holder is gone. Rows that somebody else is claiming are passed over.
func claimable(ctx context.Context, tx *store.Tx, kinds []string, n int, lost bool) ([]models.WorkStep, error) {
	var rows, gone []models.WorkStep
	due := tx.ForceIndex(waiting(tx.Select(&rows), tx.Now), "work_steps_by_due").Order("run_at", "id")
	if err := lockSteps(ctx, tx, due, kinds, n); err != nil || !lost {
		return rows, err
	}
	held := tx.ForceIndex(expired(tx.Select(&gone), tx.Now), "work_steps_by_lease").Order("lease_until", "id")
	if err := lockSteps(ctx, tx, held, kinds, n); err != nil {
		return nil, err
	}
	return append(gone, rows...), nil
}

func lockSteps(ctx context.Context, tx *store.Tx, q *bun.SelectQuery, kinds []string, n int) error {
	if err := stepColumns(tx.SkipLocked(q)).Where("kind IN (?)", bun.List(kinds)).Limit(int64(n)).Scan(ctx); err != nil {
		return fmt.Errorf("claim steps: %w", err)
	}
	return nil
}

// behind says which of the steps wait for an earlier one about the same person at
// the same connector, one that runs or is due as well: after a pause of the whole
// program all of them are due, and must still run in their order. One that failed
// and is to be tried later holds nobody up.
func behind(ctx context.Context, tx *store.Tx, rows []models.WorkStep, kinds []string) (map[int64]bool, error) {
	var ids []int64
	for i := range rows {
		if rows[i].UserID != 0 && rows[i].ConnectorID != 0 {
			ids = append(ids, rows[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var found []int64
	err := tx.Raw(`SELECT b.id FROM work_steps b WHERE b.tenant_id = ?tenant AND b.id IN (?) AND EXISTS (SELECT 1 FROM work_steps a
		WHERE a.tenant_id = ?tenant AND a.user_id = b.user_id AND a.connector_id = b.connector_id AND a.id < b.id AND a.kind IN (?)
		AND (a.state = ? OR (a.state = ? AND a.run_at <= ?)))`,
		bun.List(ids), bun.List(kinds), models.StepRunning, models.StepWaiting, tx.Now).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("look for what steps wait for: %w", err)
	}
	waits := make(map[int64]bool, len(found))
	for _, id := range found {
		waits[id] = true
	}
	return waits, nil
}

func stepColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Column("id", "tenant_id", "public_id", "kind", "group_kind", "group_id", "user_id", "connector_id", "payload", "attempts", "actor", "created_at", "evidence")
}

func stepOf(row *models.WorkStep) (Step, error) {
	var by actor
	if err := json.Unmarshal([]byte(row.Actor), &by); err != nil {
		return Step{}, fmt.Errorf("read the actor of step %d: %w", row.ID, err)
	}
	return Step{
		ID: row.ID, PublicID: row.PublicID, Tenant: row.TenantID, Kind: row.Kind, Group: Group{row.GroupKind, row.GroupID},
		UserID: row.UserID, ConnectorID: row.ConnectorID, Payload: []byte(row.Payload), Attempt: int(row.Attempts) + 1,
		Actor: by.restore(row.TenantID), CreatedAt: row.CreatedAt, Noted: []byte(row.Evidence),
	}, nil
}

// lease writes who holds the steps now, by one statement a kind: the time limit
// is that of the kind.
func (e *Engine) lease(ctx context.Context, tx *store.Tx, steps []Step) error {
	of := map[string][]int64{}
	for _, s := range steps {
		of[s.Kind] = append(of[s.Kind], s.ID)
	}
	for kind, ids := range of {
		q := tx.Update((*models.WorkStep)(nil)).Set("state = ?", models.StepRunning).Set("lease_token = ?", steps[0].token).
			Set("lease_until = ?", tx.Now.Add(e.handler(kind).Timeout+grace)).Set("attempts = attempts + 1")
		if _, err := store.ByIDs(tx.Reader, q, ids).Exec(ctx); err != nil {
			return fmt.Errorf("lease steps: %w", err)
		}
	}
	return nil
}

// again puts a step back into the queue, while the lease is still ours.
func again(ctx context.Context, tx *store.Tx, s Step, said string, at models.Instant) error {
	q := tx.Update((*models.WorkStep)(nil)).Set("state = ?", models.StepWaiting).Set("sentence = ?", said).Set("run_at = ?", at)
	return held(ctx, letGo(q), s)
}

// finish writes the end of a step, while the lease is still ours.
func finish(ctx context.Context, tx *store.Tx, s Step, r Result, state models.StepState) error {
	q := tx.Update((*models.WorkStep)(nil)).Set("state = ?", state).Set("outcome = ?", r.Outcome).
		Set("sentence = ?", short(r.Sentence)).Set("finished_at = ?", tx.Now)
	if r.Evidence != nil {
		evidence, err := json.Marshal(r.Evidence)
		if err != nil {
			return Permanent(fmt.Errorf("keep evidence: %w", err))
		}
		q = q.Set("evidence = ?", string(evidence))
	}
	return held(ctx, letGo(q), s)
}

// note writes what a handler found, while the lease is still ours, and keeps it.
func note(ctx context.Context, tx *store.Tx, s Step, evidence string) error {
	return held(ctx, tx.Update((*models.WorkStep)(nil)).Set("evidence = ?", evidence), s)
}

// letGo ends the lease with an update.
func letGo(q *bun.UpdateQuery) *bun.UpdateQuery {
	return q.Set("lease_token = ''").Set("lease_until = 0")
}

// held runs an update of a step if its lease is still ours.
func held(ctx context.Context, q *bun.UpdateQuery, s Step) error {
	done, err := q.
		Where("id = ?", s.ID).Where("state = ?", models.StepRunning).Where("lease_token = ?", s.token).Exec(ctx)
	if err != nil {
		return fmt.Errorf("put a step down: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return fmt.Errorf("put a step down: %w", err)
	}
	if n == 0 {
		return errLost
	}
	return nil
}

// short fits a sentence into its column.
func short(text string) string {
	const limit = 1000
	if r := []rune(text); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return text
}

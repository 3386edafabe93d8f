package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// listed bounds a list of steps.
const listed = 1_000

// Info is a step as pages and evidence show it.
type Info struct {
	ID          int64
	PublicID    string
	Kind        string
	Group       Group
	UserID      int64
	ConnectorID int64
	Payload     string
	State       models.StepState
	Outcome     models.Outcome
	Sentence    string
	Evidence    string // JSON
	Attempts    int
	CreatedAt   models.Instant
	RunAt       models.Instant // when it is tried next
	FinishedAt  models.Instant // 0: not yet
}

// Of lists the steps of a group in their order, after a step's id; at most 1,000.
func (e *Engine) Of(ctx context.Context, tenant int64, g Group, after int64) ([]Info, error) {
	var rows []models.WorkStep
	q := e.store.Read(tenant).Select(&rows).Where("group_kind = ?", g.Kind).Where("group_id = ?", g.ID).Where("id > ?", after).Order("id")
	return infos(ctx, q, &rows, listed)
}

// OfGroups lists the steps of several groups of one kind, in their order; at
// most 1,000.
func (e *Engine) OfGroups(ctx context.Context, tenant int64, kind string, ids []int64) ([]Info, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []models.WorkStep
	q := e.store.Read(tenant).Select(&rows).Where("group_kind = ?", kind).Where("group_id IN (?)", bun.List(ids)).Order("id")
	return infos(ctx, q, &rows, listed)
}

// OfUserIn is OfGroups for the steps of one person only: the groups may be those
// of very many.
func (e *Engine) OfUserIn(ctx context.Context, tenant, user int64, kind string, ids []int64) ([]Info, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []models.WorkStep
	q := e.store.Read(tenant).Select(&rows).Where("user_id = ?", user).Where("group_kind = ?", kind).Where("group_id IN (?)", bun.List(ids)).Order("id")
	return infos(ctx, q, &rows, listed)
}

// OfUser lists a person's newest steps of some kinds.
func (e *Engine) OfUser(ctx context.Context, tenant, user int64, kinds []string, limit int) ([]Info, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	var rows []models.WorkStep
	q := e.store.Read(tenant).Select(&rows).Where("user_id = ?", user).Where("kind IN (?)", bun.List(kinds)).Order("id DESC")
	return infos(ctx, q, &rows, min(limit, listed))
}

func infos(ctx context.Context, q *bun.SelectQuery, rows *[]models.WorkStep, limit int) ([]Info, error) {
	err := q.Column("id", "public_id", "kind", "group_kind", "group_id", "user_id", "connector_id", "payload", "state", "outcome",
		"sentence", "evidence", "attempts", "created_at", "run_at", "finished_at").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list steps: %w", err)
	}
	list := make([]Info, 0, len(*rows))
	for i := range *rows {
		r := &(*rows)[i]
		list = append(list, Info{
			ID: r.ID, PublicID: r.PublicID, Kind: r.Kind, Group: Group{r.GroupKind, r.GroupID}, UserID: r.UserID, ConnectorID: r.ConnectorID,
			Payload: r.Payload, State: r.State, Outcome: r.Outcome, Sentence: r.Sentence, Evidence: r.Evidence, Attempts: int(r.Attempts),
			CreatedAt: r.CreatedAt, RunAt: r.RunAt, FinishedAt: r.FinishedAt,
		})
	}
	return list, nil
}

// Tally is how many steps of a kind stand at one outcome.
type Tally struct {
	Kind    string
	State   models.StepState
	Outcome models.Outcome
	N       int
}

// Count counts the steps of a group by kind, state and outcome.
func (e *Engine) Count(ctx context.Context, tenant int64, g Group) ([]Tally, error) {
	var rows []Tally
	r := e.store.Read(tenant)
	q := r.ForceIndex(r.Select((*models.WorkStep)(nil)), "work_steps_by_group_state") // holds all that is asked for
	err := q.Column("kind", "state", "outcome").ColumnExpr("COUNT(*) AS n").
		Where("group_kind = ?", g.Kind).Where("group_id = ?", g.ID).
		Group("kind", "state", "outcome").Order("kind", "state", "outcome").Limit(listed).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count steps: %w", err)
	}
	return rows, nil
}

// Hasten makes the first step of some kinds that waits for a person at a
// connector due now, unless it was tried before: whoever adds steps that follow
// each other adds the later ones with an After, and hastens each when the one
// before has ended. While an earlier one runs, nothing is hastened past it.
func (e *Engine) Hasten(ctx context.Context, tx *store.Tx, kinds []string, user, connector int64) error {
	var first []models.WorkStep
	err := tx.Select(&first).Column("id", "state").Where("user_id = ?", user).Where("connector_id = ?", connector).
		Where("kind IN (?)", bun.List(kinds)).Where("state IN (?)", bun.List([]models.StepState{models.StepWaiting, models.StepRunning})).Order("id").Limit(1).Scan(ctx)
	if err != nil {
		return fmt.Errorf("find the next step: %w", err)
	}
	if len(first) == 0 || first[0].State == models.StepRunning {
		return nil
	}
	_, err = tx.Update((*models.WorkStep)(nil)).Set("run_at = ? - ahead", tx.Now).
		Where("id = ?", first[0].ID).Where("state = ?", models.StepWaiting).Where("attempts = 0").Where("run_at > ?", tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("hasten the next step: %w", err)
	}
	tx.AfterCommit(e.Wake)
	return nil
}

// HastenNow is Hasten from within a step, in a transaction of its own: for one
// that the next need not wait for any longer, though it has not ended.
func (e *Engine) HastenNow(ctx context.Context, s Step, kinds []string) error {
	return e.store.Maintain(ctx, s.Tenant, store.WorkStep, func(ctx context.Context, tx *store.Tx) error {
		return e.Hasten(ctx, tx, kinds, s.UserID, s.ConnectorID)
	})
}

// Unfinished lists, by person, the connectors at which steps of some kinds wait,
// are paused or run for them.
func (e *Engine) Unfinished(ctx context.Context, tx *store.Tx, kinds []string, users ...int64) (map[int64]map[int64]bool, error) {
	if len(users) == 0 {
		return nil, nil
	}
	var at []models.WorkStep
	err := tx.Select(&at).Distinct().Column("user_id", "connector_id").Where("user_id IN (?)", bun.List(users)).Where("kind IN (?)", bun.List(kinds)).
		Where("state IN (?)", bun.List(open)).Order("user_id", "connector_id").Limit(listed * int64(len(users))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list unfinished steps: %w", err)
	}
	found := make(map[int64]map[int64]bool, len(users))
	for _, s := range at {
		if found[s.UserID] == nil {
			found[s.UserID] = map[int64]bool{}
		}
		found[s.UserID][s.ConnectorID] = true
	}
	return found, nil
}

// Behind says since when the step is due that is next; zero when none is.
func (e *Engine) Behind(ctx context.Context, tenant int64) (time.Time, error) {
	var at []models.Instant
	err := waiting(e.store.Read(tenant).Select((*models.WorkStep)(nil)), e.store.Now()).ColumnExpr("run_at + ahead").Order("run_at", "id").Limit(1).Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return at[0].Time(), nil
}

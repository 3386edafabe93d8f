package sync

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Runs lists runs, the newest first.
func (e *Engine) Runs(ctx context.Context, tenant int64, q RunQuery) (RunPage, error) {
	r := e.db.Read(tenant)
	_, before, err := readCursor(q.Cursor)
	if err != nil {
		return RunPage{}, err
	}
	connector, err := connectorID(ctx, r, q.Connector)
	if err != nil {
		return RunPage{}, err
	}
	limit := pageSize(q.Limit)
	rows, err := selectRuns(ctx, r, runFilter{connector, q.State, before}, limit+1)
	if err != nil {
		return RunPage{}, err
	}
	var page RunPage
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = writeCursor(0, rows[limit-1].ID)
	}
	page.Rows, err = runViews(ctx, r, rows)
	return page, err
}

// RunOf gives one run by its public id.
func (e *Engine) RunOf(ctx context.Context, tenant int64, publicID string) (RunView, error) {
	r := e.db.Read(tenant)
	row, err := selectRun(ctx, r, publicID)
	if err != nil {
		return RunView{}, err
	}
	views, err := runViews(ctx, r, []models.SourceRun{row})
	if err != nil {
		return RunView{}, err
	}
	views[0].Errors, err = e.runErrors(ctx, r, row.ID)
	return views[0], err
}

// Losses lists what a run takes away, or would.
func (e *Engine) Losses(ctx context.Context, tenant int64, q LossQuery) (LossPage, error) {
	r := e.db.Read(tenant)
	_, after, err := readCursor(q.Cursor)
	if err != nil {
		return LossPage{}, err
	}
	run, err := selectRun(ctx, r, q.Run)
	if err != nil {
		return LossPage{}, err
	}
	limit := pageSize(q.Limit)
	rows, err := selectLosses(ctx, r, run.ID, after, limit+1)
	if err != nil {
		return LossPage{}, err
	}
	var page LossPage
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = writeCursor(0, rows[limit-1].ID)
	}
	page.Rows, err = e.lossViews(ctx, r, rows)
	return page, err
}

func (e *Engine) lossViews(ctx context.Context, r store.Reader, rows []models.SyncLoss) ([]LossView, error) {
	var users, accounts []int64
	for _, row := range rows {
		users, accounts = append(users, row.UserID), append(accounts, row.AccountID)
	}
	people, found, err := e.names(ctx, r, users, accounts)
	if err != nil {
		return nil, err
	}
	views := make([]LossView, len(rows))
	for i, row := range rows {
		views[i] = LossView{SyncLoss: row, Person: people[row.UserID], Account: found[row.AccountID]}
	}
	return views, nil
}

// names reads who and what stands behind ids.
func (e *Engine) names(ctx context.Context, r store.Reader, users, accounts []int64) (map[int64]PersonRef, map[int64]AccountRef, error) {
	refs, err := e.people.Names(ctx, r.Tenant(), users)
	if err != nil {
		return nil, nil, err
	}
	rows, err := selectAccounts(ctx, r, accounts)
	if err != nil {
		return nil, nil, err
	}
	people, found := make(map[int64]PersonRef, len(refs)), make(map[int64]AccountRef, len(rows))
	for id, p := range refs {
		people[id] = PersonRef{ID: p.ID, PublicID: p.PublicID, Name: p.Name, Status: p.Status}
	}
	for id, a := range rows {
		found[id] = accountRef(a)
	}
	return people, found, nil
}

func accountRef(a models.Account) AccountRef {
	return AccountRef{ID: a.ID, Key: a.Key, Username: a.Username, Name: a.DisplayName}
}

// runViews adds names and counts to runs.
func runViews(ctx context.Context, r store.Reader, rows []models.SourceRun) ([]RunView, error) {
	sources, err := selectSources(ctx, r)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	counts, err := selectLossCounts(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	views := make([]RunView, len(rows))
	for i, row := range rows {
		views[i] = RunView{SourceRun: row, Losses: lossesOf(counts, row.ID)}
		for _, s := range sources {
			if s.ID == row.ConnectorID {
				views[i].Connector = s.connectorRef()
			}
		}
	}
	return views, nil
}

func lossesOf(counts []lossCount, run int64) Losses {
	var l Losses
	for _, c := range counts {
		if c.RunID != run {
			continue
		}
		switch c.Kind {
		case models.LossMissing:
			l.Missing = int(c.N)
		case models.LossDisabled:
			l.Disabled = int(c.N)
		case models.LossRole:
			l.Roles = int(c.N)
		}
	}
	return l
}

func (s *source) connectorRef() ConnectorRef {
	return ConnectorRef{ID: s.ID, PublicID: s.PublicID, Key: s.Key, Name: s.Name}
}

// connectorID gives the id of a public id; "" is 0.
func connectorID(ctx context.Context, r store.Reader, publicID string) (int64, error) {
	if publicID == "" {
		return 0, nil
	}
	s, err := selectSource(ctx, r, "public_id", publicID)
	return s.ID, err
}

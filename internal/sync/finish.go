package sync

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// applyHeld takes away some of what a run holds, and compares those accounts anew.
func (r *running) applyHeld(ctx context.Context, tx *store.Tx, state *models.SyncSource, held []models.SyncLoss, look *page) error {
	losses := append([]models.SyncLoss{}, held...) // a transaction that runs again begins with what was held
	if look != nil {
		p := *look
		p.frozen = losses
		t, err := r.storePage(ctx, tx, r.s, state, &p)
		if err != nil {
			return err
		}
		r.run.AccountsMissing += t.missing
		return r.progress(ctx, tx, "accounts_missing")
	}
	rows, err := selectAccounts(ctx, tx.Reader, accountIDs(losses))
	if err != nil {
		return err
	}
	users := make([]int64, 0, len(rows))
	byID := make(map[int64]*models.Account, len(rows))
	for id, row := range rows {
		byID[id], users = &row, append(users, row.UserID)
	}
	people, err := r.people.StandingOf(ctx, tx.Reader, users)
	if err != nil {
		return err
	}
	st := storing{people: people}
	t := taker{Engine: r.Engine, s: r.s, tx: tx, rows: byID, target: st.target}
	if err := t.take(ctx, losses); err != nil {
		return err
	}
	if err := updateLosses(ctx, tx, losses); err != nil {
		return err
	}
	if state.Accounts = max(0, state.Accounts-t.missing); t.missing > 0 {
		if err := updateState(ctx, tx, state, "accounts"); err != nil {
			return err
		}
	}
	if err := r.compareAgain(ctx, tx, r.s, accountIDs(losses)); err != nil {
		return err
	}
	r.run.AccountsMissing += t.missing
	return r.progress(ctx, tx, "accounts_missing")
}

// close ends a run: it looks for people of the source who have no account there,
// and writes when it was read.
func (r *running) close(ctx context.Context) error {
	if r.run.Kind == models.RunFull {
		if err := r.withoutAccount(ctx); err != nil {
			return err
		}
	}
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		if err := r.ended(ctx, tx, state); err != nil {
			return err
		}
		if err := r.progress(ctx, tx); err != nil {
			return err
		}
		r.run.State, r.run.FinishedAt, r.run.Sentence = models.RunDone, tx.Now, r.summary()
		return r.save(ctx, tx, "state", "finished_at", "sentence")
	})
}

// ended writes what a run that ended well means for its source.
func (r *running) ended(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
	columns := []string{"failing_since", "failure", "next_read_at", "next_full_at"}
	state.FailingSince, state.Failure, state.NextReadAt, state.NextFullAt = 0, "", 0, 0
	if r.run.Kind == models.RunFull || r.run.Kind == models.RunIncremental {
		state.LastReadAt = tx.Now
		columns = append(columns, "last_read_at")
		if r.run.ChangePoint != "" {
			state.ChangePoint = r.run.ChangePoint
			columns = append(columns, "change_point")
		}
	}
	if r.run.Kind == models.RunFull {
		state.LastFullAt, state.LastFullRun = tx.Now, r.run.ID
		columns = append(columns, "last_full_at", "last_full_run")
		if err := giveUpStopped(ctx, tx, r.s, r.run.ID, "A later full run went through; what was held is judged by it."); err != nil {
			return err
		}
	}
	return updateState(ctx, tx, state, columns...)
}

// summary says in a sentence how a run ended.
func (r *running) summary() string {
	text := fmt.Sprintf("Read %s.", number(r.run.AccountsRead)+plural(r.run.AccountsRead, " account", " accounts"))
	if r.run.Kind == models.RunFull && r.run.Total >= 0 && r.run.Total != r.run.AccountsRead {
		text += fmt.Sprintf(" The source said that there are %s; whoever was not shown was asked for one by one.", number(r.run.Total))
	}
	return text
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// withoutAccount finds people who may be in here and sign in through this
// source, of whom it showed no account, some at a time.
func (r *running) withoutAccount(ctx context.Context) error {
	issuer := r.s.settings.EffectiveIssuer()
	if issuer == "" {
		return nil
	}
	if err := r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error {
		return deleteNoAccounts(ctx, tx, r.s.ID, issuer)
	}); err != nil {
		return err
	}
	after := ""
	for {
		found, err := selectWithoutAccount(ctx, r.db.Read(r.s.TenantID), withoutFilter{r.s.ID, issuer, after}, pageLimit)
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1].Subject
		err = r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error {
			return r.writeNoAccounts(ctx, tx, found)
		})
		if err != nil {
			return err
		}
	}
}

func (r *running) writeNoAccounts(ctx context.Context, tx *store.Tx, found []withoutRow) error {
	users := make([]int64, len(found))
	for i := range found {
		users[i] = found[i].UserID
	}
	there, err := selectNoAccounts(ctx, tx.Reader, r.s.ID, users)
	if err != nil {
		return err
	}
	privileged, err := r.access.PrivilegedAmong(ctx, tx.Reader, users)
	if err != nil {
		return err
	}
	var fresh []models.Drift
	for _, f := range found {
		if there[f.UserID] {
			continue
		}
		there[f.UserID] = true
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make a public id: %w", err)
		}
		d := models.Drift{
			PublicID: id.String(), ConnectorID: r.s.ID, UserID: f.UserID, Kind: models.DriftNoAccount, Field: string(models.DriftNoAccount),
			Ours: f.Status.Word(), Theirs: "No account", State: models.DriftOpen, Since: tx.Now, Privileged: privileged[f.UserID],
		}
		d.GroupHash, d.Severity = group(&d), severity(&d)
		fresh = append(fresh, d)
	}
	return insertDrifts(ctx, tx, fresh)
}

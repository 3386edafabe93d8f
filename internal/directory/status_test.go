package directory_test

import (
	"context"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func trySetStatus(t *testing.T, db *dbtest.DB, e *directory.Engine, id int64, c directory.StatusChange) (before, after models.User, err error) {
	t.Helper()
	err = change(t, db, func(ctx context.Context, tx *store.Tx) error {
		before, after, err = e.SetStatus(ctx, tx, id, c)
		return err
	})
	return before, after, err
}

func setStatus(t *testing.T, db *dbtest.DB, e *directory.Engine, id int64, c directory.StatusChange) models.User {
	t.Helper()
	_, after, err := trySetStatus(t, db, e, id, c)
	if err != nil {
		t.Fatalf("SetStatus %s: %v", c.To, err)
	}
	return after
}

// Every pair of statuses is either a step of the table or refused with a conflict.
func TestTransitions(t *testing.T) {
	t.Parallel()
	allowed := map[[2]models.Status]bool{
		{models.Invited, models.Active}: true, {models.Invited, models.Deactivated}: true, {models.Invited, models.Removed}: true,
		{models.Active, models.Suspended}: true, {models.Active, models.Leaving}: true, {models.Active, models.Deactivated}: true,
		{models.Suspended, models.Active}: true, {models.Suspended, models.Leaving}: true, {models.Suspended, models.Deactivated}: true,
		{models.Leaving, models.Active}: true, {models.Leaving, models.Suspended}: true, {models.Leaving, models.Deactivated}: true,
		{models.Leaving, models.Leaving}: true, {models.Deactivated, models.Active}: true, {models.Deactivated, models.Removed}: true,
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		var records []directory.NewRecord
		for _, from := range models.Statuses {
			for range models.Statuses {
				records = append(records, directory.NewRecord{DisplayName: "From " + string(from), Status: from})
			}
		}
		loaded := load(t, db, e, records...)
		for i, from := range models.Statuses {
			for k, to := range models.Statuses {
				id := loaded[i*len(models.Statuses)+k].ID
				before, after, err := trySetStatus(t, db, e, id, directory.StatusChange{To: to, Reason: "because of it", LeavingAt: start.Add(day)})
				if !allowed[[2]models.Status{from, to}] {
					if !errs.Is(err, errs.Conflict) {
						t.Errorf("%s to %s = %v, want a conflict", from, to, err)
					}
					continue
				}
				if err != nil || before.Status != from || after.Status != to {
					t.Errorf("%s to %s = %s to %s, %v", from, to, before.Status, after.Status, err)
				}
				now, err := e.GetByID(t.Context(), db.Tenant, id)
				if err != nil || now.Status != to || now.AccessEpoch != before.AccessEpoch+1 || now.Version != before.Version+1 ||
					now.StatusReason != "because of it" || now.StatusBy != "Test" || now.StatusSince != start {
					t.Errorf("%s to %s stored %+v, %v", from, to, now, err)
				}
			}
		}
	})
}

func TestLeavingDate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		id := load(t, db, e, directory.NewRecord{DisplayName: "Amara"})[0].ID
		for _, at := range []models.Instant{0, start, start.Add(-day)} {
			if _, _, err := trySetStatus(t, db, e, id, directory.StatusChange{To: models.Leaving, LeavingAt: at}); fieldError(err, "leaving_at") == "" {
				t.Errorf("leaving at %d accepted: %v", at, err)
			}
		}
		if u := setStatus(t, db, e, id, directory.StatusChange{To: models.Leaving, LeavingAt: start.Add(day)}); u.LeavingAt != start.Add(day) {
			t.Errorf("leaving date %d", u.LeavingAt)
		}
		if _, _, err := trySetStatus(t, db, e, id, directory.StatusChange{To: models.Leaving, LeavingAt: start.Add(day)}); !errs.Is(err, errs.Conflict) {
			t.Errorf("the same date again: %v", err)
		}
		setStatus(t, db, e, id, directory.StatusChange{To: models.Leaving, LeavingAt: start.Add(2 * day)})
		if u := setStatus(t, db, e, id, directory.StatusChange{To: models.Suspended}); u.LeavingAt != start.Add(2*day) {
			t.Errorf("a suspension took the leaving date: %d", u.LeavingAt)
		}
		if u := setStatus(t, db, e, id, directory.StatusChange{To: models.Active}); u.Status != models.Leaving || u.LeavingAt != start.Add(2*day) {
			t.Errorf("lifted suspension gives %s at %d, want leaving as before", u.Status, u.LeavingAt)
		}
		if u := setStatus(t, db, e, id, directory.StatusChange{To: models.Active}); u.Status != models.Active || u.LeavingAt != 0 {
			t.Errorf("a cancelled date gives %s at %d", u.Status, u.LeavingAt)
		}
	})
}

func TestPendingEndsWithStatus(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		id := load(t, db, e, directory.NewRecord{DisplayName: "Amara", Status: models.Invited, PendingSince: start})[0].ID
		if u := setStatus(t, db, e, id, directory.StatusChange{To: models.Active, By: "Elif"}); u.PendingSince != 0 || u.StatusBy != "Elif" {
			t.Errorf("let in: pending since %d, by %q", u.PendingSince, u.StatusBy)
		}
		if _, _, err := trySetStatus(t, db, e, 987654, directory.StatusChange{To: models.Active}); !errs.Is(err, errs.NotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}

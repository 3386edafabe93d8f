package reseal_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/reseal"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func ring(t *testing.T, keys ...secret.Key) *secret.Keyring {
	t.Helper()
	r, err := secret.NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func operator(tenant int64) models.Actor {
	return models.Actor{Tenant: tenant, Kind: models.ActorOperator, Name: "Test", Via: models.ViaCLI}
}

// fill keeps n drafts, each of a person of their own, and gives their handles.
func fill(t *testing.T, db *store.Store, tenant int64, r *secret.Keyring, n int) map[int64]string {
	t.Helper()
	k, made := draft.New(db, r), map[int64]string{}
	for i := range n {
		user := int64(len(made)+1) + tenant*1000
		id, err := k.Keep(t.Context(), tenant, draft.Draft{UserID: user, What: fmt.Sprint("text ", i)})
		if err != nil {
			t.Fatal(err)
		}
		made[user] = id
	}
	return made
}

func (h *house) readable(t *testing.T, tenant int64, with *secret.Keyring, made map[int64]string) int {
	t.Helper()
	k, n := draft.New(h.Store, with), 0
	for user, id := range made {
		if _, err := k.Find(t.Context(), tenant, user, id); err == nil {
			n++
		}
	}
	return n
}

func (h *house) events(t *testing.T, tenant int64) []string {
	t.Helper()
	var rows []models.AuditEvent
	if err := h.Store.Read(tenant).Select(&rows).Where("action = ?", models.KeyRotate).Order("id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var details []string
	for _, e := range rows {
		if e.ActorName != "Test" || e.Via != models.ViaCLI || e.TargetKind != models.KindTenant {
			t.Errorf("event = %+v", e)
		}
		details = append(details, e.Detail)
	}
	return details
}

type house struct{ *dbtest.DB }

func TestRotateSealsEverythingWithTheFirstKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := &house{db}
		before, after := secret.NewKey(), secret.NewKey()
		other, err := db.Store.EnsureTenant(t.Context(), store.NewTenant{Slug: "southwind", Name: "Southwind", Environment: "test"})
		if err != nil {
			t.Fatal(err)
		}
		here, there := fill(t, db.Store, db.Tenant, ring(t, before), 250), fill(t, db.Store, other.ID, ring(t, before), 3)
		fresh := fill(t, db.Store, other.ID+7000, ring(t, after), 0)
		if len(fresh) != 0 {
			t.Fatal("nothing was asked for")
		}
		engine := reseal.New(db.Store, ring(t, after, before), draft.SealedColumns())
		want := reseal.Report{{Column: "drafts.sealed", Old: 253}}
		if got, err := engine.Check(t.Context()); err != nil || cmp.Diff(want, got) != "" {
			t.Fatalf("before: %v, %v", got, err)
		}
		heard := 0
		got, err := engine.Rotate(t.Context(), operator, func(_ string, n int) { heard += n })
		if d := cmp.Diff(reseal.Report{{Column: "drafts.sealed", Current: 253, Resealed: 253}}, got); err != nil || d != "" || heard != 253 {
			t.Fatalf("%v, told of %d\n%s", err, heard, d)
		}
		for name, n := range map[string]int{"here": h.readable(t, db.Tenant, ring(t, after), here), "there": h.readable(t, other.ID, ring(t, after), there)} {
			if want := map[string]int{"here": 250, "there": 3}[name]; n != want {
				t.Errorf("%s: %d open with the new key alone, want %d", name, n, want)
			}
		}
		if d := cmp.Diff([]string{"began: drafts.sealed 250", "done: drafts.sealed 250"}, h.events(t, db.Tenant)); d != "" {
			t.Error(d)
		}
		again, err := engine.Rotate(t.Context(), operator, nil)
		if d := cmp.Diff(reseal.Report{{Column: "drafts.sealed", Current: 253}}, again); err != nil || d != "" || len(h.events(t, db.Tenant)) != 2 {
			t.Errorf("once more: %v\n%s", err, d)
		}
	})
}

// Stopped in the middle, it goes on where it was; a failure leaves each row
// sealed with one key or the other, never neither.
func TestRotateGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := &house{db}
		before, after := secret.NewKey(), secret.NewKey()
		made := fill(t, db.Store, db.Tenant, ring(t, before), 150)
		engine := reseal.New(db.Store, ring(t, after, before), draft.SealedColumns())
		_, err := engine.Rotate(t.Context(), operator, func(string, int) { db.Faults.Fail(dbtest.Commit) })
		db.Faults.Heal()
		if err == nil {
			t.Fatal("a failing database was not noticed")
		}
		if n := h.readable(t, db.Tenant, ring(t, after), made); n != 100 {
			t.Fatalf("%d open with the new key, want the first batch", n)
		}
		if n := h.readable(t, db.Tenant, ring(t, after, before), made); n != 150 {
			t.Fatalf("%d of 150 open", n)
		}
		got, err := engine.Rotate(t.Context(), operator, nil)
		if d := cmp.Diff(reseal.Report{{Column: "drafts.sealed", Current: 150, Resealed: 50}}, got); err != nil || d != "" {
			t.Errorf("%v\n%s", err, d)
		}
	})
}

// What no key opens stays as it is and is counted apart.
func TestRotateLeavesAloneWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		before, after, foreign := secret.NewKey(), secret.NewKey(), secret.NewKey()
		fill(t, db.Store, db.Tenant, ring(t, before), 4)
		fill(t, db.Store, db.Tenant, ring(t, foreign), 2)
		var broken models.Draft
		if err := db.Store.Read(db.Tenant).Select(&broken).Where("sealed LIKE ?", ring(t, before).Mark()+"%").Limit(1).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := db.Store.Maintain(t.Context(), db.Tenant, store.DraftKeeping, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Update((*models.Draft)(nil)).Set("sealed = ?", broken.Sealed+"x").Where("public_id = ?", broken.PublicID).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := reseal.New(db.Store, ring(t, after, before), draft.SealedColumns()).Rotate(t.Context(), operator, nil)
		want := reseal.Report{{Column: "drafts.sealed", Current: 3, Resealed: 3, Unknown: 2, Broken: 1}}
		if d := cmp.Diff(want, got); err != nil || d != "" || got.Old() != 0 || got.Lost() != 3 {
			t.Errorf("%v\n%s", err, d)
		}
		var now models.Draft
		if err := db.Store.Read(db.Tenant).Select(&now).Where("public_id = ?", broken.PublicID).Scan(t.Context()); err != nil || now.Sealed != broken.Sealed+"x" {
			t.Errorf("what does not open became %q, %v", now.Sealed, err)
		}
	})
}

// Two of them at once, beside a program that goes on writing: nothing is lost,
// and in the end nothing needs the old key.
func TestRotateBesideServe(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := &house{db}
		before, after := secret.NewKey(), secret.NewKey()
		both := ring(t, after, before)
		made := fill(t, db.Store, db.Tenant, ring(t, before), 120)
		var wg sync.WaitGroup
		failures := make(chan error, 8)
		for _, s := range []*store.Store{db.Store, db.Replica(t)} {
			wg.Go(func() {
				if _, err := reseal.New(s, both, draft.SealedColumns()).Rotate(t.Context(), operator, nil); err != nil {
					failures <- err
				}
			})
		}
		wg.Go(func() {
			k := draft.New(db.Store, both)
			for user := range made {
				if _, err := k.Keep(t.Context(), db.Tenant, draft.Draft{UserID: user, What: "another"}); err != nil {
					failures <- err
					return
				}
			}
		})
		wg.Wait()
		close(failures)
		for err := range failures {
			t.Error(err)
		}
		report, err := reseal.New(db.Store, both, draft.SealedColumns()).Rotate(t.Context(), operator, nil)
		if err != nil || report.Old() != 0 || report.Lost() != 0 || report[0].Current != 240 {
			t.Errorf("%+v, %v", report, err)
		}
		if n := h.readable(t, db.Tenant, ring(t, after), made); n != 120 {
			t.Errorf("%d of 120 open with the new key alone", n)
		}
	})
}

func TestMarks(t *testing.T) {
	t.Parallel()
	one, two := secret.NewKey(), secret.NewKey()
	both := ring(t, one, two)
	sealed := both.Seal([]byte("text"), secret.Place{Tenant: 1})
	if !strings.HasPrefix(sealed, both.Mark()) || len(both.Mark()) != secret.MarkSize || both.Stale(sealed) {
		t.Errorf("mark %q of %q", both.Mark(), sealed)
	}
	if old := ring(t, two).Mark(); !both.Knows(old) || !both.Knows(old+"rest") || ring(t, one).Knows(old) || both.Knows("v0"+old[2:]) || both.Knows("") {
		t.Error("a key is known by the first characters of what it sealed, and by nothing else")
	}
}

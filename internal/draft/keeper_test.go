package draft_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func keeper(t *testing.T, db *dbtest.DB) *draft.Keeper {
	t.Helper()
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return draft.New(db.Store, ring)
}

func keep(t *testing.T, k *draft.Keeper, tenant int64, d draft.Draft) string {
	t.Helper()
	id, err := k.Keep(t.Context(), tenant, d)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func rows(t *testing.T, db *dbtest.DB) []models.Draft {
	t.Helper()
	var all []models.Draft
	if err := db.Store.Read(db.Tenant).Select(&all).Order("created_at").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return all
}

func filled() draft.Draft {
	return draft.Draft{
		UserID: 7, Session: "0198c0de-0000-7000-8000-000000000001", StepUp: true,
		What: "Deactivate a person", Why: "Nordlicht: sentinel", Page: "/users/a/deactivate?from=list", Back: "/users/a",
		Path: "/users/a/deactivate", Query: "from=list",
		Values: url.Values{"reason": {"sentinel: left the company ☂"}, "permissions": {"a", "b"}, "empty": {""}},
	}
}

func TestDraftComesBackAsItWas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		k := keeper(t, db)
		id := keep(t, k, db.Tenant, filled())
		got, err := k.Find(t.Context(), db.Tenant, 7, id)
		if err != nil {
			t.Fatal(err)
		}
		want := filled()
		want.ID, want.CreatedAt = id, models.At(db.Clock.Now())
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-kept +found):\n%s", d)
		}
		row := rows(t, db)[0]
		if dump := row.Sealed + row.Path + row.SessionKey; strings.Contains(dump, "sentinel") {
			t.Errorf("the row shows what was typed: %s", dump)
		}
	})
}

func TestDraftIsFoundByItsPersonOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		k := keeper(t, db)
		other, err := db.Store.EnsureTenant(t.Context(), store.NewTenant{Slug: "southwind", Name: "Southwind", Environment: "test"})
		if err != nil {
			t.Fatal(err)
		}
		id := keep(t, k, db.Tenant, filled())
		for name, c := range map[string]struct {
			tenant, user int64
			id           string
		}{
			"ErrAnotherPerson": {db.Tenant, 8, id}, "ErrNobody": {db.Tenant, 0, id}, "ErrAnotherTenant": {other.ID, 7, id},
			"ErrUnknown": {db.Tenant, 7, "0198c0de-0000-7000-8000-000000000000"}, "ErrNoID": {db.Tenant, 7, "' OR 1=1"}, "ErrEmpty": {db.Tenant, 7, ""},
		} {
			if _, err := k.Find(t.Context(), c.tenant, c.user, c.id); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v, want it not found", name, err)
			}
			if err := k.Drop(t.Context(), c.tenant, c.user, c.id); err != nil {
				t.Errorf("%s: drop: %v", name, err)
			}
		}
		if _, err := k.Find(t.Context(), db.Tenant, 7, id); err != nil {
			t.Fatalf("after all that: %v", err)
		}
		if err := k.Drop(t.Context(), db.Tenant, 7, id); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Find(t.Context(), db.Tenant, 7, id); !errs.Is(err, errs.NotFound) || len(rows(t, db)) != 0 {
			t.Fatalf("after it was dropped: %v, %d rows", err, len(rows(t, db)))
		}
	})
}

func TestDraftLivesForAnHour(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		k := keeper(t, db)
		id := keep(t, k, db.Tenant, filled())
		db.Clock.Advance(time.Hour - time.Microsecond)
		if _, err := k.Find(t.Context(), db.Tenant, 7, id); err != nil {
			t.Fatalf("within the hour: %v", err)
		}
		young := keep(t, k, db.Tenant, filled())
		db.Clock.Advance(time.Microsecond)
		if _, err := k.Find(t.Context(), db.Tenant, 7, id); !errs.Is(err, errs.NotFound) {
			t.Fatalf("after the hour: %v, want it gone", err)
		}
		if n, err := k.Sweep(t.Context(), db.Tenant); n != 1 || err != nil {
			t.Fatalf("Sweep = %d, %v; want 1", n, err)
		}
		if left := rows(t, db); len(left) != 1 || left[0].PublicID != young {
			t.Fatalf("left: %+v", left)
		}
	})
}

func TestDraftsAreBounded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		k := keeper(t, db)
		large := filled()
		large.Values = url.Values{"reason": {strings.Repeat("x", draft.MaxSize)}}
		got, err := k.Find(t.Context(), db.Tenant, 7, keep(t, k, db.Tenant, large))
		if err != nil || !got.Left || len(got.Values) != 0 || got.Page != large.Page {
			t.Fatalf("too large: %+v, %v; want the address without the values", got, err)
		}
		long := filled()
		long.Path = "/" + strings.Repeat("p", 600)
		if got, err := k.Find(t.Context(), db.Tenant, 7, keep(t, k, db.Tenant, long)); err != nil || got.Path != "" || !got.Left {
			t.Fatalf("too long a path: %+v, %v", got, err)
		}
		endless := filled()
		endless.Query = strings.Repeat("q", draft.MaxSize)
		if _, err := k.Keep(t.Context(), db.Tenant, endless); !errs.Is(err, errs.Invalid) {
			t.Fatalf("an endless address = %v, want it refused", err)
		}
		keep(t, k, db.Tenant, draft.Draft{UserID: 8, What: "other"})
		var last string
		for range 25 {
			db.Clock.Advance(time.Second)
			last = keep(t, k, db.Tenant, filled())
		}
		left := rows(t, db)
		if len(left) != 21 || left[0].UserID != 8 || left[20].PublicID != last {
			t.Fatalf("%d drafts are kept, want 20 of the one person and 1 of the other", len(left))
		}
	})
}

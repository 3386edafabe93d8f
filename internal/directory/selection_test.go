package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// people loads n people called Person 0001 and so on, and gives their ids.
func people(t *testing.T, db *dbtest.DB, e *directory.Engine, n int) []directory.Loaded {
	t.Helper()
	records := make([]directory.NewRecord, n)
	for i := range records {
		records[i] = directory.NewRecord{
			DisplayName: fmt.Sprintf("Person %05d", i+1), Username: fmt.Sprintf("person%05d", i+1),
			Email: fmt.Sprintf("person%05d@northwind.example", i+1), ExternalID: fmt.Sprintf("HR-%05d", i+1),
		}
	}
	return load(t, db, e, records...)
}

func publicIDs(loaded []directory.Loaded) []string {
	all := make([]string, len(loaded))
	for i := range loaded {
		all[i] = loaded[i].PublicID
	}
	return all
}

func userIDs(loaded []directory.Loaded) []int64 {
	all := make([]int64, len(loaded))
	for i := range loaded {
		all[i] = loaded[i].ID
	}
	slices.Sort(all)
	return all
}

// goran is the admin who selects.
func goran(db *dbtest.DB) models.Actor { return actor(db.Tenant, 7, models.AllPermissions) }

// walked gives everybody of a selection, three at a time.
func walked(t *testing.T, db *dbtest.DB, e *directory.Engine, sel models.Selection) []int64 {
	t.Helper()
	all := []int64{}
	for {
		var after int64
		if len(all) > 0 {
			after = all[len(all)-1]
		}
		next, err := e.Walk(t.Context(), db.Store.Read(db.Tenant), sel.ID, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, next...); len(next) < 3 {
			return all
		}
	}
}

func freeze(t *testing.T, db *dbtest.DB, e *directory.Engine, by models.Actor, publicID string) (models.Selection, error) {
	t.Helper()
	var sel models.Selection
	err := db.Store.Change(t.Context(), by, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if sel, err = e.Freeze(ctx, tx, publicID); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.OperationPlan, Target: store.Ref{Kind: models.KindOperation, ID: 1, Name: "test"}})
	})
	return sel, err
}

func TestTick(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		all := people(t, db, e, 8)
		names := publicIDs(all)
		tick := func(sel models.Selection, shown, ticked []string) models.Selection {
			t.Helper()
			next, err := e.Tick(t.Context(), goran(db), sel.PublicID, directory.Picks{Shown: shown, Ticked: ticked})
			if err != nil {
				t.Fatal(err)
			}
			return next
		}
		sel := tick(models.Selection{}, names[:4], []string{names[0], names[2], "00000000-0000-0000-0000-000000000000"})
		if sel.People != 2 || sel.Kind != models.SelectionPicked {
			t.Fatalf("first page: %+v, want 2 picked", sel)
		}
		again := tick(sel, names[4:], names[5:7]) // the second page
		if again.PublicID != sel.PublicID || again.People != 4 {
			t.Fatalf("second page: %+v, want the same selection with 4", again)
		}
		if again = tick(sel, names[:4], names[2:3]); again.People != 3 { // back, one unticked, one sent twice
			t.Fatalf("unticked: %+v, want 3", again)
		}
		if d := diff([]int64{all[2].ID, all[5].ID, all[6].ID}, walked(t, db, e, sel)); d != "" {
			t.Errorf("selected (-want +got):\n%s", d)
		}

		frozen, err := freeze(t, db, e, goran(db), sel.PublicID)
		if err != nil || frozen.UsedAt != db.Store.Now() || frozen.People != 3 {
			t.Fatalf("frozen: %+v, %v", frozen, err)
		}
		other := tick(frozen, names[:4], names[:4])
		if other.PublicID == sel.PublicID || other.People != 6 || other.UsedAt != 0 {
			t.Errorf("a tick in a frozen selection gave %+v, want a copy with 6", other)
		}
		if got := walked(t, db, e, sel); len(got) != 3 {
			t.Errorf("the frozen selection now has %d people, want 3", len(got))
		}
	})
}

func TestTickRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		all := publicIDs(people(t, db, e, 2))
		sel, err := e.Pick(t.Context(), goran(db), all)
		if err != nil {
			t.Fatal(err)
		}
		foreign := other(t, db)
		lacks := goran(db)
		lacks.Can = models.UsersRead
		for name, c := range map[string]struct {
			by   models.Actor
			id   string
			many int
			want errs.Kind
		}{
			"somebody else's":  {actor(db.Tenant, 8, models.AllPermissions), sel.PublicID, 1, errs.NotFound},
			"another tenant's": {actor(foreign, 7, models.AllPermissions), sel.PublicID, 1, errs.NotFound},
			"no such":          {goran(db), "00000000-0000-0000-0000-000000000000", 1, errs.NotFound},
			"no id at all":     {goran(db), "' OR 1=1", 1, errs.NotFound},
			"no permission":    {lacks, sel.PublicID, 1, errs.Forbidden},
			"too many":         {goran(db), sel.PublicID, directory.MaxShown + 1, errs.Invalid},
		} {
			_, err := e.Tick(t.Context(), c.by, c.id, directory.Picks{Ticked: slices.Repeat(all[:1], c.many)})
			if errs.KindOf(err) != c.want || err == nil {
				t.Errorf("%s: Tick gave %v, want %s", name, err, c.want)
			}
			if name == "too many" {
				continue
			}
			if _, err := e.Selection(t.Context(), c.by, c.id); errs.KindOf(err) != c.want || err == nil {
				t.Errorf("%s: Selection gave %v, want %s", name, err, c.want)
			}
			if _, err := freeze(t, db, e, c.by, c.id); errs.KindOf(err) != c.want || err == nil {
				t.Errorf("%s: Freeze gave %v, want %s", name, err, c.want)
			}
		}
		theirs, err := e.Pick(t.Context(), actor(foreign, 7, models.AllPermissions), all)
		if err != nil || theirs.People != 0 {
			t.Errorf("people of another tenant: %+v, %v; want a selection of nobody", theirs, err)
		}
	})
}

func TestFreezeRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		all := publicIDs(people(t, db, e, 2))
		empty, err := e.Pick(t.Context(), goran(db), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := freeze(t, db, e, goran(db), empty.PublicID); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "Nobody is selected") {
			t.Errorf("an empty one: %v", err)
		}
		if _, err := e.Match(t.Context(), goran(db), directory.Query{Text: "nobody"}, "nobody"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a filter nobody meets: %v", err)
		}
		if sel, err := e.Selection(t.Context(), goran(db), empty.PublicID); err != nil || sel.UsedAt != 0 {
			t.Errorf("after a refusal it is %+v, %v; want it unused", sel, err)
		}
		old, err := e.Pick(t.Context(), goran(db), all)
		if err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(directory.SelectionLife)
		if _, err := freeze(t, db, e, goran(db), old.PublicID); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "24 hours") {
			t.Errorf("an old one: %v", err)
		}
		if _, err := e.Tick(t.Context(), goran(db), old.PublicID, directory.Picks{Ticked: all}); !errs.Is(err, errs.Conflict) {
			t.Errorf("a tick in an old one: %v", err)
		}
	})
}

func TestMatch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		all := people(t, db, e, 30)
		want := userIDs(all)
		for name, q := range map[string]directory.Query{
			"everybody":  {},
			"by a word":  {Text: "person"},
			"by status":  {Statuses: []models.Status{models.Active}},
			"by a view":  {View: directory.ViewNoManager},
			"by several": {Text: "person", Statuses: []models.Status{models.Active}, External: ptr(false)},
		} {
			sel, err := e.Match(t.Context(), goran(db), q, name)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if sel.People != 30 || sel.Capped || !directory.Follows(sel) {
				t.Errorf("%s: %+v, want 30 by a filter", name, sel)
			}
			sel, err = freeze(t, db, e, goran(db), sel.PublicID)
			if err != nil || sel.FilledTo != models.FilledAll || sel.People != 30 || directory.Follows(sel) {
				t.Fatalf("%s: frozen %+v, %v", name, sel, err)
			}
			if d := diff(want, walked(t, db, e, sel)); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
		}
		sel, err := e.Match(t.Context(), goran(db), directory.Query{Text: "person"}, "person")
		if err != nil {
			t.Fatal(err)
		}
		if sel, err = freeze(t, db, e, goran(db), sel.PublicID); err != nil {
			t.Fatal(err)
		}
		load(t, db, e, directory.NewRecord{DisplayName: "Person Late"})
		again, err := freeze(t, db, e, goran(db), sel.PublicID)
		if err != nil || again.UsedAt != sel.UsedAt || len(walked(t, db, e, again)) != 30 {
			t.Errorf("frozen twice: %+v, %v; want the 30 of the first time", again, err)
		}
		other, err := e.Tick(t.Context(), goran(db), sel.PublicID, directory.Picks{Shown: publicIDs(all[:2]), Ticked: publicIDs(all[:1])})
		if err != nil || other.Kind != models.SelectionPicked || other.People != 29 {
			t.Errorf("a tick in a frozen filter: %+v, %v; want a copy of 29", other, err)
		}
	})
}

// A filter that many meet is written down in chunks. A chunk that is rolled back
// and run again loses and doubles nobody.
func TestFill(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		want := userIDs(people(t, db, e, 6_500))
		sel, err := e.Match(t.Context(), goran(db), directory.Query{}, "Everybody")
		if err != nil {
			t.Fatal(err)
		}
		if sel, err = freeze(t, db, e, goran(db), sel.PublicID); err != nil || sel.FilledTo <= 0 || sel.People != 5_000 {
			t.Fatalf("after the first chunk: %+v, %v", sel, err)
		}
		load(t, db, e, directory.NewRecord{DisplayName: "Aaron Late"})
		broken := errors.New("crash")
		for chunk, done := 0, false; !done; chunk++ {
			if chunk > 20 {
				t.Fatal("it does not end")
			}
			err := db.Store.Change(t.Context(), goran(db), func(ctx context.Context, tx *store.Tx) error {
				var err error
				if done, err = e.Fill(ctx, tx, sel.ID, 1_000); err != nil {
					return err
				}
				if chunk%2 == 0 {
					done = false
					return broken
				}
				return tx.Record(ctx, store.Event{Action: models.OperationPlan, Target: store.Ref{Kind: models.KindOperation, ID: 1, Name: "test"}})
			})
			if err != nil && !errors.Is(err, broken) {
				t.Fatal(err)
			}
		}
		got := walked(t, db, e, sel)
		if d := diff(want, got[:len(want)]); d != "" || len(got) > len(want)+1 {
			t.Errorf("written down %d, want %d people", len(got), len(want))
		}
		if sel, err = e.Selection(t.Context(), goran(db), sel.PublicID); err != nil || sel.People != int64(len(got)) || sel.Capped {
			t.Errorf("afterwards: %+v, %v", sel, err)
		}
	})
}

// Two tabs tick at the same moment, and two requests begin the use.
func TestSelectionConcurrently(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		names := publicIDs(people(t, db, e, 12))
		sel, err := e.Pick(t.Context(), goran(db), nil)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				p := directory.Picks{Shown: names[i : i+1], Ticked: names[i : i+1]}
				if _, err := e.Tick(t.Context(), goran(db), sel.PublicID, p); err != nil {
					t.Errorf("tick %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if sel, err = e.Selection(t.Context(), goran(db), sel.PublicID); err != nil || sel.People != 12 || len(walked(t, db, e, sel)) != 12 {
			t.Fatalf("after 12 ticks at once: %+v, %v", sel, err)
		}
		match, err := e.Match(t.Context(), goran(db), directory.Query{}, "Everybody")
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			wg.Go(func() {
				if _, err := freeze(t, db, e, goran(db), match.PublicID); err != nil {
					t.Errorf("freeze: %v", err)
				}
			})
		}
		wg.Wait()
		if got := walked(t, db, e, match); len(got) != 12 {
			t.Errorf("frozen four times at once: %d people, want 12", len(got))
		}
	})
}

func TestDrop(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		all := people(t, db, e, 5)
		sel, err := e.Pick(t.Context(), goran(db), publicIDs(all))
		if err != nil {
			t.Fatal(err)
		}
		sel, err = e.Drop(t.Context(), goran(db), sel.PublicID, directory.Query{Text: "person00002"})
		if err != nil || sel.People != 1 {
			t.Fatalf("dropped: %+v, %v; want 1 left", sel, err)
		}
		if d := diff([]int64{all[1].ID}, walked(t, db, e, sel)); d != "" {
			t.Errorf("left (-want +got):\n%s", d)
		}
	})
}

func TestSweepSelections(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		names := publicIDs(people(t, db, e, 3))
		old, err := e.Pick(t.Context(), goran(db), names)
		if err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(directory.SelectionLife / 2)
		young, err := e.Pick(t.Context(), goran(db), names)
		if err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(directory.SelectionLife / 2)
		if n, err := e.SweepSelections(t.Context(), db.Tenant); n != 1 || err != nil {
			t.Fatalf("swept %d, %v; want 1", n, err)
		}
		if got := walked(t, db, e, old); len(got) != 0 {
			t.Errorf("the old one still holds %d people", len(got))
		}
		if got := walked(t, db, e, young); len(got) != 3 {
			t.Errorf("the young one holds %d people, want 3", len(got))
		}
		if _, err := e.Selection(t.Context(), goran(db), old.PublicID); !errs.Is(err, errs.Conflict) {
			t.Errorf("the old one after the sweep: %v, want to be told that it is old", err)
		}
		db.Clock.Advance(8 * day)
		if _, err := e.SweepSelections(t.Context(), db.Tenant); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Selection(t.Context(), goran(db), old.PublicID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a week later: %v, want not found", err)
		}
	})
}

// As many as an operation may hold are written down without holding them in
// memory, and the time is said.
func TestFillMany(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		people(t, db, e, 31_000)
		sel, err := e.Match(t.Context(), goran(db), directory.Query{Statuses: []models.Status{models.Active}, External: ptr(false)}, "Active")
		if err != nil || !sel.Capped || sel.People != directory.CountCap {
			t.Fatalf("%+v, %v; want more than can be counted beside a list", sel, err)
		}
		if reach, err := e.Reach(t.Context(), goran(db), sel); err != nil || !reach.Unsure || !reach.Capped {
			t.Errorf("reach %+v, %v; want it not counted", reach, err)
		}
		begin, chunks := time.Now(), 0
		if sel, err = freeze(t, db, e, goran(db), sel.PublicID); err != nil {
			t.Fatal(err)
		}
		worst := time.Since(begin)
		for done := false; !done; chunks++ {
			at := time.Now()
			err := change(t, db, func(ctx context.Context, tx *store.Tx) error {
				var err error
				done, err = e.Fill(ctx, tx, sel.ID, 5_000)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			worst = max(worst, time.Since(at))
		}
		t.Logf("31,000 people in %s, %d chunks, the worst %s", time.Since(begin).Round(time.Millisecond), chunks+1, worst.Round(time.Millisecond))
		sel, err = e.Selection(t.Context(), goran(db), sel.PublicID)
		if err != nil || sel.People != 31_000 || sel.Capped || sel.FilledTo != models.FilledAll {
			t.Errorf("afterwards: %+v, %v", sel, err)
		}
	})
}

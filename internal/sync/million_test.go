package sync_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// A source of any size is read in the memory of a few pages, at the same rate from
// the first to the last. The whole million is read with ROLLCALL_SYNC_PEOPLE=1000000,
// and into another database with DB=postgres or DB=mariadb; without it fewer are,
// which shows the same: memory that grew with the source would pass the limit there
// too.
func TestMemoryStaysBounded(t *testing.T) {
	n, limit := 10_000, uint64(60<<20)
	if text := os.Getenv("ROLLCALL_SYNC_PEOPLE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		limit = 200 << 20
	}
	dialect := store.SQLite
	if name := os.Getenv("DB"); name != "" {
		dialect = store.Dialect(name)
	}
	for name, schedule := range map[string]connector.Schedule{"orphans": {}, "people": {CreateUsers: true}} {
		t.Run(name, func(t *testing.T) {
			w := build(t, dbtest.One(t, dialect))
			w.page = 500
			w.engine = w.replica(w.Store)
			system, source := w.source(n, usual, schedule)
			if run := w.timed(n, "dry", source, system, limit); schedule.CreateUsers == (run.AccountsOrphaned == int64(n)) {
				t.Errorf("%+v", run)
			}
			if run := w.timed(n, "first", source, system, limit); schedule.CreateUsers != (run.PeopleCreated == int64(n)) {
				t.Errorf("%+v", run)
			}
			if run := w.timed(n, "unchanged", source, system, limit); run.PeopleCreated+run.PeopleChanged != 0 {
				t.Errorf("%+v", run)
			}
			system.Domain("fabrikam.example") // everybody has another address
			if run := w.timed(n, "changed", source, system, limit); schedule.CreateUsers != (run.PeopleChanged == int64(n)) {
				t.Errorf("%+v", run)
			}
		})
	}
}

// timed does a run of n accounts and says how fast it was, and in how much memory.
func (w *world) timed(n int, what string, source models.Connector, system *synctest.System, limit uint64) models.SourceRun {
	w.t.Helper()
	kind := models.RunFull
	if what == "dry" {
		kind = models.RunDry
	}
	p := &pace{System: system, step: max(1, n/10)}
	w.systems[source.ID] = p
	began := time.Now()
	run := w.run(source, kind)
	took := time.Since(began)
	if run.State != models.RunDone || run.AccountsRead != int64(n) {
		w.t.Fatalf("%+v", run.SourceRun)
	}
	w.t.Logf("%s run of %d accounts: %s, %.0f a second (each tenth of them: %s), at most %d MB of heap",
		what, n, took.Round(time.Millisecond), float64(n)/took.Seconds(), p.rates(), p.heap>>20)
	if p.heap > limit {
		w.t.Errorf("%d MB of heap, the limit is %d", p.heap>>20, limit>>20)
	}
	w.Clock.Advance(time.Minute)
	return run.SourceRun
}

// pace is a source that notes how fast its pages are read, and how much memory is
// in use meanwhile.
type pace struct {
	*synctest.System

	step  int // accounts between two notes
	notes []time.Time
	heap  uint64
}

func (p *pace) ListPeople(ctx context.Context, from connector.Cursor, limit int) (connector.Page, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.heap = max(p.heap, m.HeapInuse)
	at, _ := strconv.Atoi(string(from)) // the first page has no cursor
	if at >= p.step*len(p.notes) {
		p.notes = append(p.notes, time.Now())
	}
	return p.System.ListPeople(ctx, from, limit)
}

// rates says how many accounts a second were read between the notes, and from the
// last of them until now.
func (p *pace) rates() string {
	var all []string
	for i, end := range append(p.notes[1:], time.Now()) {
		all = append(all, fmt.Sprintf("%.0f", float64(p.step)/end.Sub(p.notes[i]).Seconds()))
	}
	return strings.Join(all, " ")
}

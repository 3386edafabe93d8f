package sync_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// A source of any size is read in the memory of a few pages. The whole million is
// read with ROLLCALL_SYNC_PEOPLE=1000000; without it fewer are, which shows the
// same: memory that grew with the source would pass the limit there too.
func TestMemoryStaysBounded(t *testing.T) {
	n, limit := 30_000, uint64(60<<20)
	if text := os.Getenv("ROLLCALL_SYNC_PEOPLE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		limit = 200 << 20
	}
	w := build(t, dbtest.One(t, store.SQLite))
	w.page = 500
	w.engine = w.replica(w.Store)
	system, c := w.source(n, usual, connector.Schedule{})
	var most uint64
	w.systems[c.ID] = counting{system, func(connector.Cursor) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
	}}
	for _, kind := range []models.RunKind{models.RunDry, models.RunFull} {
		began := time.Now()
		run := w.run(c, kind)
		took := time.Since(began)
		if run.State != models.RunDone || run.AccountsRead != int64(n) || run.AccountsOrphaned != int64(n) {
			t.Fatalf("%+v", run.SourceRun)
		}
		t.Logf("%s run of %d accounts: %s, %.0f a second, at most %d MB of heap", kind, n, took.Round(time.Millisecond), float64(n)/took.Seconds(), most>>20)
	}
	if most > limit {
		t.Errorf("%d MB of heap, the limit is %d", most>>20, limit>>20)
	}
}

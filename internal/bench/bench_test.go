package bench_test

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/bench"
)

// Every act runs on a small directory, and both ways agree. What it takes is
// not looked at. The second run shows that the first one left nothing behind.
func TestEveryActRuns(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o := bench.Options{
		URL: "sqlite://" + filepath.Join(t.TempDir(), "bench.db"), Database: "sqlite",
		People: 500, Budget: 20 * time.Millisecond, Seed: 1, Out: &out, Log: io.Discard,
	}
	if err := bench.Seed(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		out.Reset()
		figures, err := bench.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"list-first", "list-page-1000-by-next", "filter-role-small", "filter-role-large",
			"search-frequent", "search-rare", "search-two-words", "search-absent", "open-user",
			"audit-newest", "audit-by-user", "audit-by-actor", "audit-by-action", "audit-window",
			"users-page-c8", "assign-role", "deactivate-one", "cut-off-all",
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(figures) != len(want) || len(lines) != len(want) {
			t.Fatalf("%d figures in %d lines, want %d:\n%s", len(figures), len(lines), len(want), out.String())
		}
		for i, f := range figures {
			if f.Act != want[i] || !strings.HasPrefix(lines[i], "bench sqlite "+want[i]+" ") {
				t.Errorf("figure %d is %s in the line %q, want %s", i, f.Act, lines[i], want[i])
			}
			if f.N == 0 || f.P50 <= 0 || f.P99 < f.P50 || f.Ratio <= 0 {
				t.Errorf("%s: %+v", f.Act, f)
			}
		}
	}
}

func TestOnlyWantedActs(t *testing.T) {
	t.Parallel()
	o := bench.Options{
		URL: "sqlite://" + filepath.Join(t.TempDir(), "bench.db"), Database: "sqlite", Acts: "audit-by",
		People: 300, Budget: 5 * time.Millisecond, Seed: 1, Out: io.Discard, Log: io.Discard,
	}
	if err := bench.Seed(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	figures, err := bench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range figures {
		names = append(names, f.Act)
	}
	if got := strings.Join(names, " "); got != "audit-by-user audit-by-actor audit-by-action" {
		t.Errorf("measured %s", got)
	}
}

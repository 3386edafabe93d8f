package bench

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPercentileIsTheNearestRank(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[99-i] = time.Duration(i + 1) // backwards: it must sort
	}
	for name, c := range map[string]struct {
		values []time.Duration
		p      float64
		want   time.Duration
	}{
		"nothing measured":       {nil, 50, 0},
		"one value is all":       {[]time.Duration{7}, 99, 7},
		"middle of an odd count": {[]time.Duration{3, 1, 2}, 50, 2},
		"lower of two middles":   {[]time.Duration{4, 1, 3, 2}, 50, 2},
		"ninety-ninth of 100":    {hundred, 99, 99},
		"the greatest":           {hundred, 100, 100},
		"the least":              {hundred, 0, 1},
		"rounds up":              {[]time.Duration{1, 2, 3, 4, 5}, 99, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := percentile(c.values, c.p); got != c.want {
				t.Errorf("percentile %v = %v, want %v", c.p, got, c.want)
			}
		})
	}
}

// At least p of a hundred values are not above the percentile, and fewer are below it.
func TestPercentileSplitsTheValues(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(0, 50).Draw(t, "value"))
		}), 1, 200).Draw(t, "values")
		p := float64(rapid.IntRange(1, 100).Draw(t, "p"))
		got := percentile(values, p)
		below, upTo := 0, 0
		for _, v := range values {
			if v < got {
				below++
			}
			if v <= got {
				upTo++
			}
		}
		n := float64(len(values))
		if float64(upTo)*100 < p*n || float64(below)*100 >= p*n {
			t.Fatalf("percentile %v of %v = %v: %d below, %d up to it", p, values, got, below, upTo)
		}
	})
}

func TestRatio(t *testing.T) {
	t.Parallel()
	if got := ratio(3*time.Second, 2*time.Second); got != 1.5 {
		t.Errorf("ratio of 3 s to 2 s = %v, want 1.5", got)
	}
	if got := ratio(3.0, 0); got != 0 {
		t.Errorf("ratio to nothing = %v, want 0", got)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		figure Figure
		want   string
	}{
		"an act": {
			Figure{Act: "list-first", P50: 1234567, P99: 2 * time.Millisecond, Ratio: 1.1},
			"bench sqlite list-first 1.235 2.000 ratio=1.10",
		},
		"beside the first page": {
			Figure{Act: "far", P50: time.Millisecond, P99: time.Second, Ratio: 1, First: 0.996},
			"bench sqlite far 1.000 1000.000 ratio=1.00 first=1.00",
		},
		"requests per second": {
			Figure{Act: "page", P50: time.Millisecond, P99: time.Millisecond, Ratio: 0.75, Rates: &Rates{Ours: 750.4, Bare: 1000, Table: 800}},
			"bench sqlite page 1.000 1.000 rps=750 bare_rps=1000 ratio=0.75 table_rps=800 table_ratio=0.94",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.figure.Line("sqlite"); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestMeasureTakesTurns(t *testing.T) {
	t.Parallel()
	var order []string
	way := func(name string) func(context.Context, int) (int, error) {
		return func(_ context.Context, i int) (int, error) {
			order = append(order, name)
			return i, nil
		}
	}
	a := reading("a", 3, way("ours"), way("bare"), func(x, y int) bool { return x == y })
	m, err := measure(t.Context(), a, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.ours) < fewestRuns || len(m.ours) != len(m.bare) {
		t.Errorf("%d and %d times, want at least %d of each", len(m.ours), len(m.bare), fewestRuns)
	}
	for i, want := range []string{"ours", "bare", "bare", "ours", "ours", "bare"} {
		if order[i] != want {
			t.Fatalf("order %v, want each first in turn", order[:6])
		}
	}
}

func TestMeasureRefusesDifferentAnswers(t *testing.T) {
	t.Parallel()
	number := func(n int) func(context.Context, int) (int, error) {
		return func(context.Context, int) (int, error) { return n, nil }
	}
	a := reading("a", 1, number(1), number(2), func(x, y int) bool { return x == y })
	if _, err := measure(t.Context(), a, time.Millisecond); err == nil {
		t.Error("answers that differ were measured")
	}
	broken := errors.New("broken")
	a = reading("a", 1, number(1), func(context.Context, int) (int, error) { return 0, broken }, func(x, y int) bool { return true })
	if _, err := measure(t.Context(), a, time.Millisecond); !errors.Is(err, broken) {
		t.Errorf("error of an act = %v, want it back", err)
	}
}

func TestMeasureUsesEachInputOnce(t *testing.T) {
	t.Parallel()
	seen := map[int]int{}
	a := act{
		name: "once", runs: 2 * warmRuns,
		ours: func(_ context.Context, i int) (any, error) { seen[i]++; return nil, nil },
		bare: func(context.Context, int) (any, error) { return nil, nil },
		same: func(context.Context, any, any) error { return nil },
	}
	m, err := measure(t.Context(), a, time.Hour)
	if err != nil || len(m.ours) != warmRuns {
		t.Fatalf("%v with %d times, want %d", err, len(m.ours), warmRuns)
	}
	for i := range a.runs {
		if seen[i] != 1 {
			t.Errorf("input %d was used %d times", i, seen[i])
		}
	}
	a.runs = warmRuns
	if _, err := measure(t.Context(), a, time.Hour); err == nil {
		t.Error("an act without a timed run has a figure")
	}
}

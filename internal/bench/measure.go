package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// Bounds of one measurement.
const (
	fewestRuns = 20
	mostRuns   = 2_000
	warmRuns   = 10
)

// act is something a person does, in our way and in the bare one. i says with
// which input.
type act struct {
	name string
	ours func(ctx context.Context, i int) (any, error)
	bare func(ctx context.Context, i int) (any, error)
	same func(ctx context.Context, ours, bare any) error
	runs int // there are inputs for this many runs only; 0: for any number
}

// reading makes an act that changes nothing and goes through n inputs again and again.
func reading[T any](name string, n int, ours, bare func(context.Context, int) (T, error), same func(a, b T) bool) act {
	return act{
		name: name,
		ours: func(ctx context.Context, i int) (any, error) { return ours(ctx, i%n) },
		bare: func(ctx context.Context, i int) (any, error) { return bare(ctx, i%n) },
		same: func(_ context.Context, a, b any) error {
			if x, y := a.(T), b.(T); !same(x, y) {
				return fmt.Errorf("the answers differ:\nours %+v\nbare %+v", x, y)
			}
			return nil
		},
	}
}

// measured are the times of one act.
type measured struct{ ours, bare []time.Duration }

func (m *measured) figure(name string) Figure {
	f := Figure{Act: name, P50: percentile(m.ours, 50), P99: percentile(m.ours, 99), N: len(m.ours)}
	f.Ratio = ratio(f.P50, percentile(m.bare, 50))
	return f
}

// measure runs both ways in turn, each first in half of the runs, so that
// neither always finds the pages that the other one just read. Both together
// take about twice the budget. Answers are compared outside the timed part.
func measure(ctx context.Context, a act, budget time.Duration) (*measured, error) {
	runtime.GC()
	m := new(measured)
	begin := time.Now()
	warm := budget / 5
	for i := 0; a.runs == 0 || i < a.runs; i++ {
		var answers [2]any
		var times [2]time.Duration
		for k := range 2 {
			way, run := (i+k)%2, a.ours
			if way == 1 {
				run = a.bare
			}
			start := time.Now()
			answer, err := run(ctx, i)
			times[way] = time.Since(start)
			if err != nil {
				return nil, fmt.Errorf("%s, run %d, way %d: %w", a.name, i, way, err)
			}
			answers[way] = answer
		}
		if err := a.same(ctx, answers[0], answers[1]); err != nil {
			return nil, fmt.Errorf("%s, run %d: %w", a.name, i, err)
		}
		if i < warmRuns || a.runs == 0 && time.Since(begin) < warm {
			continue
		}
		m.ours, m.bare = append(m.ours, times[0]), append(m.bare, times[1])
		if n := len(m.ours); n >= mostRuns || n >= fewestRuns && time.Since(begin) > warm+2*budget {
			break
		}
	}
	if len(m.ours) == 0 {
		return nil, fmt.Errorf("%s: there are inputs for %d runs only, all of which were needed to warm up", a.name, a.runs)
	}
	return m, nil
}

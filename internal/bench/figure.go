package bench

import (
	"fmt"
	"slices"
	"time"
)

// Figure is what was measured for one act.
type Figure struct {
	Act   string
	P50   time.Duration
	P99   time.Duration
	Rates *Rates  // instead of Ratio's meaning for times: requests per second
	Ratio float64 // ours to the bare one: below 1 is faster for times, slower for rates
	First float64 // to our own first page, where that is asked; 0 otherwise
	N     int     // how often the act was timed
	Bulk  *Bulk   // of an act about very many people at once: P50 and P99 are of its chunks, Ratio of the whole
}

// Rates are requests per second: of our page, of a bare page with the same list
// query, and of a bare page with the same table, which needs two queries more.
type Rates struct{ Ours, Bare, Table float64 }

// Line gives the figure as the one line that make bench prints.
func (f Figure) Line(database string) string {
	line := fmt.Sprintf("bench %s %s %.3f %.3f", database, f.Act, milliseconds(f.P50), milliseconds(f.P99))
	if f.Rates != nil {
		line += fmt.Sprintf(" rps=%.0f bare_rps=%.0f", f.Rates.Ours, f.Rates.Bare)
	}
	line += fmt.Sprintf(" ratio=%.2f", f.Ratio)
	if f.Rates != nil {
		line += fmt.Sprintf(" table_rps=%.0f table_ratio=%.2f", f.Rates.Table, ratio(f.Rates.Ours, f.Rates.Table))
	}
	if b := f.Bulk; b != nil {
		line += fmt.Sprintf(" people=%d total=%.1fs bare=%.1fs worst=%.0fms bare_worst=%.0fms", b.People, b.Ours.Seconds(), b.Bare.Seconds(), milliseconds(b.Worst), milliseconds(b.BareWorst))
		for _, p := range []struct {
			name string
			of   percentiles
		}{{"page_before", b.Before}, {"page", b.During}, {"page_bare", b.DuringBare}} {
			line += fmt.Sprintf(" %s=%.1f/%.1f/%.0fms", p.name, milliseconds(p.of.p50), milliseconds(p.of.p99), milliseconds(p.of.max))
		}
	}
	if f.First > 0 {
		line += fmt.Sprintf(" first=%.2f", f.First)
	}
	return line
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// percentile gives the smallest value that at least p of a hundred values do not
// exceed; 0 of none. It sorts the values.
func percentile(values []time.Duration, p float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	rank := int(p / 100 * float64(len(values)))
	if float64(rank)*100 < p*float64(len(values)) { // round up: the nearest rank
		rank++
	}
	return values[min(max(rank, 1), len(values))-1]
}

// ratio gives a to b, 0 when there is nothing to compare with.
func ratio[N time.Duration | float64](a, b N) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

package certificate_test

import (
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/wire/certificate"
)

// A deactivation that answers a risk says how it stood against its clock.
func TestProvesTheClockOfARisk(t *testing.T) {
	t.Parallel()
	risk := certificate.Trigger{At: "2026-11-26T12:20:00.000000Z", RiskKnown: "2026-11-26T12:00:00.000000Z", RiskOutBy: "2026-11-26T13:00:00.000000Z"}
	const limit = "It answers a risk known since 2026-11-26 12:00:00 UTC: everybody had to be out by 2026-11-26 13:00:00 UTC."
	for name, tt := range map[string]struct {
		trigger certificate.Trigger
		out     int   // of two
		longest int64 // seconds from asking to out
		want    string
	}{
		"people who leave":  {trigger: certificate.Trigger{At: risk.At}, out: 2, longest: 60},
		"met":               {risk, 2, 600, limit + " Everybody was, 30 minutes after the risk was known."},
		"met to the second": {risk, 2, 2400, limit + " Everybody was, 60 minutes after the risk was known."},
		"missed":            {risk, 2, 2460, limit + " The last one was 61 minutes after the risk was known: too late."},
		"not everybody":     {risk, 1, 600, limit + " That is not proven of everybody."},
	} {
		r := certificate.Report{
			Head:   certificate.Head{Trigger: tt.trigger},
			Totals: certificate.Totals{People: 2, Included: 2, States: map[string]int{certificate.StateOut: tt.out}, LongestToOut: tt.longest},
		}
		all := r.Proves()
		got := all[len(all)-1]
		if !strings.HasPrefix(got, "It answers") {
			got = ""
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

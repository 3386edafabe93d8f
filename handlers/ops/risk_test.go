package ops

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/models"
)

// The clock of a deactivation that answers a risk, from the first minute to the
// last, and once it is over.
func TestRiskClock(t *testing.T) {
	t.Parallel()
	known := models.At(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))
	by := known.Add(time.Hour)
	for name, tt := range map[string]struct {
		op     models.Operation
		people map[models.TargetState]int64
		now    models.Instant
		want   string // tone and text; "": nothing is said
	}{
		"people who leave": {op: models.Operation{State: models.OperationRunning}},
		"in time so far":   {op: models.Operation{State: models.OperationRunning, RiskKnownAt: known, RiskOutBy: by}, now: known.Add(time.Minute), want: "warn Everybody has to be out by Thu 26 Nov 2026, 13:00 UTC. The risk is known since Thu 26 Nov 2026, 12:00 UTC."},
		"over":             {op: models.Operation{State: models.OperationPaused, RiskKnownAt: known, RiskOutBy: by}, now: by + 1, want: "bad Everybody had to be out by Thu 26 Nov 2026, 13:00 UTC, and that is not proven."},
		"met": {
			op: models.Operation{State: models.OperationDone, RiskKnownAt: known, RiskOutBy: by, FinishedAt: known.Add(7 * time.Minute)}, people: map[models.TargetState]int64{models.TargetOut: 2},
			now: by + 1, want: "ok Everybody was out 7 minutes after the risk was known, in time",
		},
		"missed": {
			op: models.Operation{State: models.OperationDone, RiskKnownAt: known, RiskOutBy: by, FinishedAt: by.Add(90 * time.Second)}, people: map[models.TargetState]int64{models.TargetOut: 2},
			now: by.Add(time.Hour), want: "warn Everybody was out 61 minutes after the risk was known, 90 seconds too late.",
		},
		"one is not out everywhere": {
			op: models.Operation{State: models.OperationFailures, RiskKnownAt: known, RiskOutBy: by, FinishedAt: known.Add(time.Minute)}, people: map[models.TargetState]int64{models.TargetOut: 1, models.TargetPartly: 1},
			now: by + 1, want: "bad Everybody had to be out by",
		},
		"undone": {op: models.Operation{State: models.OperationUndone, RiskKnownAt: known, RiskOutBy: by}, now: by + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if n := (figures{op: tt.op, people: tt.people, total: 2}).risk(tt.now); n != nil {
				got = string(n.Tone) + " " + n.Text
			}
			if (got == "") != (tt.want == "") || !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

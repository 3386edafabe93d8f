package ops

import (
	"testing"

	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// What is done looks well only when everybody is out, and who is not has a filter
// of their own with their number.
func TestDoneIsNotWellWhileSomebodyIsNotOut(t *testing.T) {
	t.Parallel()
	op := models.Operation{State: models.OperationDone, Included: 9}
	well := figures{op: op, total: 9, people: map[models.TargetState]int64{models.TargetOut: 9}}
	partly := figures{op: op, total: 9, people: map[models.TargetState]int64{models.TargetOut: 7, models.TargetPartly: 2}}
	if got := well.mark(); got != "done" {
		t.Errorf("everybody is out: %s", got)
	}
	if got := partly.mark(); got != "done-partly" {
		t.Errorf("two are not: %s", got)
	}
	found := ""
	for _, tab := range partly.tabs("/ops/x", operation.CameAll) {
		if tab.Href == "/ops/x?came="+string(operation.CamePartly)+"#people" {
			found = tab.Label + " " + tab.Count
		}
	}
	if found != "Not out everywhere 2" {
		t.Errorf("the filter: %q", found)
	}
}

// The sentence counts what there is, and nobody as nothing.
func TestStanding(t *testing.T) {
	t.Parallel()
	for want, people := range map[string]map[models.TargetState]int64{
		"2 people are out.": {models.TargetOut: 2},
		"1 person is out. 2 not out everywhere, or not proven.": {models.TargetOut: 1, models.TargetPartly: 2},
		"1 not out everywhere, or not proven.":                  {models.TargetPartly: 1},
		"Nobody is out.":                                        {},
	} {
		if got := (figures{people: people}).standing(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

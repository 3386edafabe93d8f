package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

// shut are systems that are not reached: what was read is looked at.
type shut struct{}

func (shut) Open(context.Context, int64, int64) (connector.System, error) {
	return nil, errs.New(errs.Unavailable, "No system is reached here.")
}
func (shut) Try(context.Context, int64, int64) (connector.System, error) {
	return nil, errs.New(errs.Unavailable, "No system is reached here.")
}
func (shut) Report(context.Context, int64, int64, connector.Use) {}

func (h *house) syncs(t *testing.T) *sync.Engine {
	t.Helper()
	e, err := sync.New(sync.Deps{Store: h.store, Directory: h.people, Access: h.access, Jobs: jobs.New(h.store, jobs.Options{}), Systems: shut{}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// One source is read and differs in some; the other was stopped, and is silent.
func TestSourcesHaveTheirStories(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	sources, err := h.syncs(t).Sources(t.Context(), h.tenant)
	if err != nil || len(sources) != 2 {
		t.Fatalf("%d sources, %v", len(sources), err)
	}
	works, north := sources[0], sources[1]
	if north.Connector.Key != ProviderKey || north.Accounts < 9_000 || north.Stopped != nil || north.Failing.Since != 0 || north.Gap != nil || !north.WriteBack ||
		north.NextRun.Time().Before(moment) || moment.Sub(north.LastRead.Time()) > 10*time.Minute || moment.Sub(north.LastEvent.Time()) > time.Minute {
		t.Errorf("the first source: %+v", north)
	}
	if works.Connector.Key != supplierKey || works.Stopped == nil || works.Gap == nil || works.NextRun.Time().Before(moment.Add(20*time.Hour)) || works.WriteBack {
		t.Fatalf("the second source: %+v", works)
	}
	run := works.Stopped
	if run.AccountsRead != shownOfWorks || run.Losing < 1_000 || run.Losses.Missing < 1_000 || !strings.HasPrefix(run.Sentence, "Source returned 312 of 1,6") {
		t.Errorf("the stopped run: %+v", run)
	}
	if silent := moment.Sub(works.Gap.Since.Time()); silent < 3*time.Hour || silent > 4*time.Hour || works.Gap.Usual != 4*time.Minute {
		t.Errorf("the gap: %+v", works.Gap)
	}
	if n := h.number(t, "SELECT COUNT(*) FROM sync_runs WHERE tenant_id = ?tenant AND state = 'done'"); n < 8 {
		t.Errorf("%d runs went well, want a history", n)
	}
}

// A run says by cause what it could not take.
func TestARunSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	e := h.syncs(t)
	page, err := e.Runs(t.Context(), h.tenant, sync.RunQuery{State: models.RunDone})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range page.Rows {
		if row.ErrorCount == 0 {
			continue
		}
		run, err := e.RunOf(t.Context(), h.tenant, row.PublicID)
		if err != nil || row.ErrorCount != mistyped || len(run.Errors) != 1 || run.Errors[0].Kind != models.ErrorValue || len(run.Errors[0].Examples) != 5 {
			t.Errorf("%d errors: %+v, %v", row.ErrorCount, run.Errors, err)
		}
		return
	}
	t.Error("no run had anything to complain of")
}

func TestDifferencesHaveTheirStories(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	e := h.syncs(t)
	all, err := e.Differences(t.Context(), h.tenant, "")
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for _, d := range all {
		if d.First.Field == "department" && d.First.Ours == renamed && d.First.Theirs == renamedTo {
			most = d.Count
			if len(d.First.Can) != 3 || d.First.CauseBy != "People feed" {
				t.Errorf("the renamed: ways %v, by %q", d.First.Can, d.First.CauseBy)
			}
		}
	}
	if most != renamedPeople {
		t.Errorf("%d people of the renamed department differ alike, want %d", most, renamedPeople)
	}
	page, err := e.Drifts(t.Context(), h.tenant, sync.DriftQuery{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[models.DriftKind]int{}
	last := true
	for _, d := range page.Rows {
		kinds[d.Kind]++
		if d.Privileged && !last {
			t.Errorf("%s of %s is privileged and does not stand on top", d.Label, d.Person.Name)
		}
		last = d.Privileged
	}
	for kind, want := range map[models.DriftKind]int{ // one of status is somebody of the night shift who was switched on again
		models.DriftRole: 1, models.DriftStatus: keptIn + 3, models.DriftMissing: 1, models.DriftOrphan: 3, models.DriftUnclear: 2,
	} {
		if kinds[kind] != want {
			t.Errorf("%d of kind %s, want %d", kinds[kind], kind, want)
		}
	}
	aside, err := e.Drifts(t.Context(), h.tenant, sync.DriftQuery{State: models.DriftIgnored})
	if err != nil || len(aside.Rows) != 1 || aside.Rows[0].DecidedBy != goran || aside.Rows[0].Account.Key != feedName {
		t.Errorf("put aside: %+v, %v", aside.Rows, err)
	}
}

// What is invented for the systems agrees with the directory wherever no story
// says otherwise.
func TestNothingElseDiffers(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	page, err := h.syncs(t).Drifts(t.Context(), h.tenant, sync.DriftQuery{Kind: models.DriftField, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range page.Rows {
		if d.Since.Time().Before(moment.AddDate(0, 0, -5)) && h.number(t, "SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = 'user.edit' AND target_id = ?", d.UserID) > 0 {
			continue // it was edited here before the system was read at all
		}
		here, there := strings.HasPrefix(d.Cause, "Changed here by "), strings.HasPrefix(d.Cause, "Changed in Northwind ID by ")
		if !here && !there {
			t.Errorf("%s of %s differs (%q, %q) and nobody did it", d.Label, d.Person.Name, d.Ours, d.Theirs)
		}
	}
}

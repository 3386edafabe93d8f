package sync_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

func tabs() []ui.Tab {
	return []ui.Tab{{Label: "Sources", Href: "/sync", Current: true}, {Label: "Differences", Href: "/sync/drift", Count: "12"}}
}

func sources() sync.Sources {
	return sync.Sources{Now: now, Rows: []sync.Source{
		{
			ID: "c1", Name: "Northwind ID", Href: "/connectors/c1", Pattern: "Periodic, events", State: "yes", StateText: "Reading", LastFull: ago(3 * time.Hour),
			FullHref: "/sync/runs/r1", LastEvent: ago(40 * time.Second), HasRun: true, Read: 10_371, Changed: 3, NextRun: now.Add(12 * time.Minute), ActionHref: "/sync/sources/c1",
			Acts: []ui.Action{{Label: "Run now", Hidden: "for Northwind ID", Small: true}, {Label: "Pause", Hidden: "reading Northwind ID", Href: "/sync/sources/c1/pause", Small: true}},
		},
		{
			ID: "c2", Name: "Keycloak", Pattern: "Periodic, events", State: "stopped", StateText: "Stopped", LastFull: ago(26 * time.Hour), LastEvent: ago(3 * time.Hour),
			Gap: "No event for 3 hours. Usual gap: 4 minutes.", Lag: "2 minutes", HasRun: true, Read: 312, Errors: 2, NextNote: "By hand only", ActionHref: "/sync/sources/c2",
			Notes: []sync.Note{{Text: "Waits for a decision.", Href: "/sync/runs/r2", Link: "Decide", Bad: true}, {Text: "Keycloak does not answer.", Since: ago(time.Hour), Bad: true}},
		},
		{ID: "c3", Name: "Kestrel", Pattern: "By hand", State: "draft", StateText: "Draft", NoEvents: true, NextNote: "None", Notes: []sync.Note{{Text: "It is being set up."}}},
	}}
}

func overview() map[string]templ.Component {
	full := sync.Overview{
		Sentence: []sync.Part{{Text: "In step: 12,469 of 12,481."}, {Text: "12 differ.", Href: "/sync/drift"}, {Text: "2 of them with privileged access.", Href: "/sync/drift", Bad: true}, {Text: "Compared 12,481 accounts", Ago: ago(3 * time.Minute)}},
		Notices:  []ui.Notice{{Tone: ui.Bad, Text: "Keycloak waits for a decision.", Href: "/sync/runs/r2", Link: "Look at it and decide"}},
		Tabs:     tabs(), Sources: sources(),
	}
	running := sources()
	running.Running = true
	running.Rows[0].State, running.Rows[0].StateText = "running", "Running"
	running.Rows[0].Notes = []sync.Note{{Text: "Read 4,500 of 10,371 accounts.", Href: "/sync/runs/r3", Link: "Follow"}}
	return map[string]templ.Component{
		"overview":         sync.OverviewPage(full),
		"overview-running": sync.SourcesTable(running),
		"overview-none":    sync.OverviewPage(sync.Overview{Tabs: tabs(), Empty: &ui.Empty{Title: "No source is connected", Text: "A source is a system.", Href: "/connectors/new", Link: "Connect a system"}}),
	}
}

func run() sync.Run {
	return sync.Run{
		ID: "r2", Now: now,
		Progress: sync.Progress{ID: "r2", State: "done", StateText: "Done", Sentence: "In step.", Counts: []sync.Figure{{Label: "Accounts read", N: 312}, {Label: "Without a person", N: 4, Href: "/sync/orphans"}, {Label: "Errors", Bad: true}}},
		Facts:    []sync.Fact{{Label: "Source", Text: "Keycloak"}, {Label: "Started", At: ago(time.Hour)}, {Label: "Reason"}, {Label: "Connector", Text: "Open", Href: "/connectors/c2"}},
	}
}

func runs() map[string]templ.Component {
	running := run()
	running.Progress.State, running.Progress.StateText, running.Progress.Running = "running", "Running", true
	running.Progress.Done, running.Progress.Max, running.Progress.Words = 4500, 12_102, "Read 4,500 of 12,102 accounts."
	followed := running
	followed.Follow, followed.Progress.Max, followed.Progress.Words = "on", 0, "Read 4,500 accounts so far."
	stopped := run()
	stopped.Progress.State, stopped.Progress.StateText, stopped.Progress.Bad = "stopped", "Stopped", true
	stopped.Stop = &sync.Stop{
		Ask: "If nobody meant this, cancel the run.", Effects: []string{"1,378 accounts count as gone."},
		Resume: "/sync/runs/r2/resume", Cancel: "/sync/runs/r2/cancel", Label: "Apply to 1,378 people...",
	}
	stopped.Losses = sync.Losses{Caption: "What this run would take away", Pager: ui.Paging{Label: "Pages of losses", Next: "/sync/runs/r2?after=x"}, Rows: []sync.Loss{
		{Person: "Elif Kaya", PersonHref: "/users/u1", Account: "elif.kaya", What: "The account is gone there", Evidence: "Read one by one: not known.", State: "waiting", StateText: "Held back"},
		{Account: "old.account", What: "The account was switched off there", State: "skipped", StateText: "Kept"},
	}}
	reader := run()
	reader.Stop = &sync.Stop{Missing: "You may read this and not decide it."}
	failed := run()
	failed.Progress.State, failed.Progress.StateText, failed.Progress.Bad = "failed", "Failed", true
	failed.Errors = []sync.Cause{
		{Count: 212, Sentence: "E-mail: the source gives a value that cannot stand there.", Examples: []string{"bjorn.sato", "svc-backup"}, More: true, Fix: "Mend the value at the source.", Href: "/connectors/c2/mapping", Link: "Open the mapping"},
		{Count: 3, Sentence: "Keycloak answered 403.", Examples: []string{"After 500 accounts"}, Fix: "Give the service account the role view-users.", Href: "/connectors/c2", Link: "Open the connector"}, {Count: 1, Sentence: "Half a page came."},
	}
	list := sync.Runs{Tabs: tabs(), Now: now, Pager: ui.Paging{Label: "Pages of runs", First: "/sync/runs", Next: "/sync/runs?after=x"}, Filter: []ui.Field{{Name: "state", Label: "State", Options: []ui.Option{{Label: "Any"}}}},
		Chips: []ui.Chip{{Label: "State is", Value: "Done", Remove: "/sync/runs", Spoken: "Remove filter State"}},
		Rows: []sync.RunRow{
			{Href: "/sync/runs/r2", Name: "Full read of Keycloak", Below: "by the schedule", State: "stopped", StateText: "Stopped", Started: ago(time.Hour), Took: "9 seconds", Read: 312, Sentence: "Nothing was applied."},
			{Href: "/sync/runs/r1", Name: "Changes of Northwind ID", Below: "by Amara Okafor", State: "done", StateText: "Done", Started: ago(26 * time.Hour), Read: 3, Changed: 1, Errors: 2},
		}}
	return map[string]templ.Component{
		"run": sync.RunPage(run()), "run-running": sync.RunPage(running), "run-followed": sync.RunPage(followed), "run-stopped": sync.RunPage(stopped),
		"run-stopped-reader": sync.RunPage(reader), "run-failed": sync.RunPage(failed),
		"runs": sync.RunsPage(list), "runs-none": sync.RunsPage(sync.Runs{Tabs: tabs(), Empty: &ui.Empty{Title: "No run"}}),
	}
}

func differences() sync.Drifts {
	field := sync.Drift{
		ID: "d1", Name: "Elif Kaya", Href: "/users/u1", Below: "elif.kaya", Field: "Department", FieldHref: "/sync/drift/d1", Source: "Northwind ID",
		Ours: sync.Value{Text: "Finance"}, Theirs: sync.Value{Text: "Legal"}, Since: ago(26 * time.Hour), Cause: "Changed there by Goran Novak.", Suggestion: "Suggested: take the source",
		Action: "/sync/drift/d1/take", Take: &sync.Take{Label: "Take source", Hidden: "of Department for Elif Kaya", Key: "t"}, Next: "d2",
		Acts: []ui.Action{{Label: "Push ours", Hidden: "Department of Elif Kaya", Href: "/sync/drift/d1/push", Key: "p", Row: true, Small: true}, {Label: "Ignore", Href: "/sync/drift/d1/ignore", Key: "i", Row: true, Small: true}},
	}
	role := sync.Drift{ID: "d2", Name: "Jonas Weber", Href: "/users/u2", Privileged: true, Field: "Role", FieldHref: "/sync/drift/d2", Source: "Northwind ID", Theirs: sync.Value{Text: "Payment approver"}, Since: ago(time.Minute), Action: "/sync/drift/d2/take", Acts: []ui.Action{{Label: "Take source", Href: "/sync/drift/d2/take", Key: "t", Row: true, Small: true}}}
	masked := sync.Drift{ID: "d3", Name: "Sven Holm", Field: "Phone", FieldHref: "/sync/drift/d3", Source: "Keycloak", Ours: sync.Value{Hidden: true}, Theirs: sync.Value{Hidden: true}, Since: ago(time.Hour), State: "ignored", StateText: "Ignored until 6 Dec", StateNote: "By Amara Okafor: asked them"}
	return sync.Drifts{
		Sentence: []sync.Part{{Text: "3 differ."}}, Tabs: tabs(), Filter: []ui.Field{{Name: "kind", Label: "Kind", Options: []ui.Option{{Label: "Any"}}}}, Deciding: true, Now: now,
		Groups: []sync.Group{{Count: 17, Field: "Department", Ours: sync.Value{Text: "Customer Support EMEA"}, Theirs: sync.Value{Text: "Customer Care EMEA"}, Source: "Northwind ID", Privileged: 1, Href: "/sync/drift?group=g1"}},
		Rows:   []sync.Drift{role, field, masked}, Pager: ui.Paging{Label: "Pages of differences", Next: "/sync/drift?after=x"},
	}
}

func drifts() map[string]templ.Component {
	inGroup := differences()
	inGroup.Groups, inGroup.Hidden = nil, []sync.Hidden{{Name: "group", Value: "g1"}}
	inGroup.Bulk = &sync.Bulk{Text: "17 identical differences", Acts: []ui.Action{{Label: "Take source for all", Href: "/sync/same/g1/take"}}}
	reader := differences()
	reader.Deciding, reader.Groups = false, nil
	for i := range reader.Rows {
		reader.Rows[i].Take, reader.Rows[i].Acts = nil, nil
	}
	first := differences().Rows[1]
	until, reason, typed := ui.Field{Name: "until", Label: "Until", Type: "date", Value: "2026-12-06", Required: true}, ui.ReasonField("too short", "Write a reason.", "The admins"), ui.Field{Name: "typed", Label: "Type 1,378"}
	return map[string]templ.Component{
		"drift": sync.DriftsPage(differences()), "drift-group": sync.DriftsPage(inGroup), "drift-reader": sync.DriftsPage(reader),
		"drift-in-step": sync.DriftsPage(sync.Drifts{Tabs: tabs(), Empty: &ui.Empty{Title: "In step", Text: "Compared 12,481 users 3 minutes ago."}}),
		"drift-none":    sync.DriftsPage(sync.Drifts{Tabs: tabs(), Empty: &ui.Empty{Title: "No difference matches"}, More: []sync.Link{{Label: "Show all", Href: "/sync/drift"}}}),
		"drift-one":     sync.OnePage(sync.One{Drift: first, Note: "Northwind ID did not take the value.", Facts: []sync.Fact{{Label: "Kind", Text: "A field"}}, Now: now}),
		"drift-ignored": sync.OnePage(sync.One{Drift: differences().Rows[2], Now: now}),
		"resolve": sync.ResolvePage(sync.Resolve{
			Effects: []string{"The value becomes ours."}, Changes: []ui.Change{{Label: "Department in Rollcall", Before: "Finance", After: "Legal"}}, Action: "/sync/drift/d1/ignore", Cancel: "/sync/drift/d1",
			Submit: "Ignore until then", Kind: ui.Primary, Until: &until, Reason: &reason, Fields: []sync.Hidden{{Name: "count", Value: "17"}}, Title: "Nothing was changed", Problems: []ui.Problem{{Name: "reason", Text: "Write a reason."}},
		}),
		"resolve-danger":  sync.ResolvePage(sync.Resolve{Effects: []string{"1,378 accounts count as gone."}, Action: "/sync/runs/r2/resume", Cancel: "/sync/runs/r2", Submit: "Apply to 1,378 people", Kind: ui.Danger, Reason: &reason, Typed: &typed}),
		"resolve-blocked": sync.ResolvePage(sync.Resolve{Blocked: "Nothing is written to Keycloak.", Cancel: "/sync/drift/d1"}),
		"resolved":        sync.ResolvedRow(sync.Resolved{ID: "d1", Sentence: "Taken from Northwind ID: Department of Elif Kaya.", Next: "d2", Columns: 6}),
		"resolved-last":   sync.ResolvedRow(sync.Resolved{ID: "d1", Sentence: "Taken.", Columns: 6}),
		"resolved-failed": sync.ResolvedRow(sync.Resolved{ID: "d1", Sentence: "It is no longer there.", Columns: 6, Failed: true, Href: "/sync/drift/d1/take"}),
	}
}

func orphans() map[string]templ.Component {
	accounts := sync.Orphans{
		Tabs: tabs(), Sides: []ui.Tab{{Label: "Accounts without a person", Href: "/sync/orphans?kind=orphan", Current: true}}, Explain: "Accounts at a source that belong to nobody here.", Now: now, Deciding: true,
		Rows: []sync.Orphan{
			{ID: "d5", Name: "svc-backup", Href: "/sync/drift/d5", Source: "Northwind ID", Text: "Nobody here has this identity.", Since: ago(time.Hour), Acts: []ui.Action{{Label: "Create a person", Href: "/sync/drift/d5/take", Key: "t", Row: true, Small: true}, {Label: "Link to a person", Href: "/links/new?account=d5", Small: true}}},
			{ID: "d6", Name: "Elif K.", Below: "elif.kaya2", Href: "/sync/drift/d6", Source: "Keycloak", Text: "The same e-mail as", TextHref: "/users/u1", TextLink: "Elif Kaya", Since: ago(time.Hour), State: "ignored", StateText: "Ignored until 6 Dec", StateNote: "By Amara Okafor"},
		},
	}
	people := accounts
	people.People, people.Deciding = true, false
	people.Rows = []sync.Orphan{{ID: "d7", Name: "Sven Holm", Href: "/users/u3", Privileged: true, Source: "Keycloak", Text: "Keycloak does not know the account any more.", Since: ago(time.Hour)}}
	return map[string]templ.Component{
		"orphans": sync.OrphansPage(accounts), "orphans-people": sync.OrphansPage(people),
		"orphans-none": sync.OrphansPage(sync.Orphans{Tabs: tabs(), Empty: &ui.Empty{Title: "Nobody stands alone here", Text: "Compared 12,481 accounts 3 minutes ago."}}),
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	for _, part := range []map[string]templ.Component{overview(), runs(), drifts(), orphans()} {
		for name, c := range part {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				uitest.Golden(t, name, c)
			})
		}
	}
}

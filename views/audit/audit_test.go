package audit_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/audit"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

func removed() audit.Line {
	return audit.Line{
		ID: "18204", Number: "#18,204", Href: "/audit/18204", At: now.Add(-3 * time.Minute), Result: "done", Via: "Web", IP: "10.0.4.7", Reason: `Left "team" <b>`,
		Sentence: []audit.Part{{Text: "Goran Novak", Href: "/users/u2", Strong: true}, {Text: " removed role "}, {Text: "Payment approver", Strong: true}, {Text: " from "}, {Text: "Elif Kaya", Href: "/users/u1", Strong: true}},
	}
}

func list() audit.ListModel {
	refused := audit.Line{ID: "18203", Number: "#18,203", Href: "/audit/18203", At: now.AddDate(0, 0, -3), Result: "refused", Via: "Web", IP: "203.0.113.9", Sentence: []audit.Part{{Text: "Somebody not signed in was refused"}}}
	return audit.ListModel{
		Now: now, Scope: "Northwind Group, last 24 hours, times in UTC, 412 events.", Older: "/audit?after=o", Newer: "/audit?after=n", ExportHref: "/audit/export",
		Lines: []audit.Line{removed(), refused}, Chips: []ui.Chip{{Label: "Done by", Value: "Goran Novak", Remove: "/audit", Spoken: "Remove filter Done by"}},
		Filters: audit.Filters{
			Who: "u2", PeopleFilter: true, WhoFilter: true, Role: "ledger.payment-approver", Text: "team", Seq: "18204",
			What:    []audit.Group{{Label: "Roles", Options: []ui.Option{{Value: "roles", Label: "All: Roles"}, {Value: "role.assign", Label: "Role given", Selected: true}}}},
			Results: []ui.Option{{Label: "Any result"}, {Value: "done", Label: "Done"}}, Vias: []ui.Option{{Label: "Any door"}},
			Ranges: []ui.Option{{Value: "24h", Label: "Last 24 hours", Selected: true}},
		},
	}
}

func event() audit.EventModel {
	return audit.EventModel{
		Line: removed(), Action: "Role removed", ActorKind: "A person", Exact: now, RequestID: "7F3K-2Q9D-AAAA", Session: "0198c0de", Facts: "moved", Now: now,
		Changes: []ui.Change{{Label: "Until", Before: "no end"}, {Label: "Phone", Before: "Masked", After: "Masked"}},
		Related: []audit.Line{removed()}, RelatedMore: true, RequestHref: "/audit?request=7F3K", JSON: "{\n  \"number\": 18204\n}", Link: "https://rollcall.example/audit/18204",
		Searches: []audit.Search{{Text: "All by Goran Novak", Href: "/audit?who=u2"}},
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	own := list()
	own.Filters.PeopleFilter, own.Filters.WhoFilter, own.Filters.Ranges = false, false, nil
	own.Lines, own.Older, own.Newer, own.Chips = nil, "", "", nil
	own.Empty = ui.Empty{Title: "No events in this time range", Text: "The newest one that matches is from 3 days ago.", Href: "/audit?range=7d", Link: "Show"}
	wrong := list()
	wrong.Problems, wrong.CountHref = []ui.Problem{{Name: "who", Text: "Nobody is called that."}}, "/audit?count=yes"
	several := list()
	several.Pick = &audit.Pick{Sentence: "Several people match.", People: []audit.Person{{Name: "Elif Kaya", Email: "elif@northwind.example", Href: "/audit?who=u1"}}}
	timeline := audit.TimelineModel{Now: now, Caption: "Newest activity of Elif Kaya", Lines: []audit.Line{removed()}, AllHref: "/users/u1/activity"}
	closed := removed()
	closed.Href = ""
	cases := map[string]templ.Component{
		"list":           audit.List(list()),
		"list-own-empty": audit.Explorer(own),
		"list-wrong":     audit.Explorer(wrong),
		"list-pick":      audit.Explorer(several),
		"event":          audit.Event(event()),
		"event-bare":     audit.Event(audit.EventModel{Line: closed, Exact: now, JSON: "{}", Link: "x", Now: now}),
		"event-opened":   audit.Opened(event()),
		"event-closed":   audit.ClosedAgain("18204"),
		"timeline":       audit.TimelineSection("Activity", timeline),
		"timeline-empty": audit.Timeline(audit.TimelineModel{Empty: "Nothing was written about Elif Kaya yet."}),
		"activity":       audit.Activity(audit.ActivityModel{Timeline: timeline, Tabs: []ui.Tab{{Label: "All", Href: "/users/u1/activity", Current: true}}, Older: "/users/u1/activity?after=o"}),
		"export": audit.Export(audit.ExportModel{
			Scope: "The file will hold: Northwind Group, last 24 hours, 412 events.", Hidden: []audit.Pair{{Name: "range", Value: "24h"}}, Button: "Export 412 events", Cancel: "/audit",
			Format: "csv", Errors: map[string]string{"reason": "Write a reason."}, Problems: []ui.Problem{{Name: "reason", Text: "Write a reason."}},
		}),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

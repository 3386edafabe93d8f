package selections_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/selections"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

const markup = `<img src=x onerror=alert(1)>"'&`

func chooser() selections.New {
	return selections.New{ListHref: "/users", List: ui.Field{Name: "list", Label: "Lines", Rows: 8, Wide: true, Hint: "One person on each line."}}
}

func refused() selections.New {
	m := chooser()
	m.List.Error, m.List.Value = "The list has no line with a person.", markup
	m.Problems = []ui.Problem{{Name: "list", Text: m.List.Error}}
	return m
}

func picked() selections.Show {
	return selections.Show{
		ID: "0199", Title: "Picked from the list", AsOf: "22 Nov 2026, 10:42 UTC", Summary: "2 people selected.", Once: "once", Back: "/users?sel=0199",
		Continue: "Continue: preview 1", LeftOut: "Left out: 1 already out.", Caption: "Selected people",
		Columns: []ui.Column{{Label: "User"}, {Label: "Status", Class: "col-status"}, {Label: "Department"}},
		Rows: []selections.Row{
			{Href: "/users/1", Name: "Amara Okafor", Below: "amara@northwind.example", Status: "active", StatusText: "Active", Department: "Finance"},
			{Href: "/users/2", Name: markup, Below: markup, Status: "deactivated", StatusText: "Deactivated"},
		},
		Pager: ui.Paging{Label: "Pages of selected people", Next: "/selections/0199?after=2"},
	}
}

func matching() selections.Show {
	m := picked()
	m.Rows, m.Columns, m.Pager, m.LeftOut = nil, nil, ui.Paging{}, ""
	m.Summary, m.Empty = "214 people selected.", "Everybody who matches when the preview begins belongs to it."
	m.Frozen = "in use since 10:50 UTC, so it no longer changes"
	return m
}

func listed() selections.Show {
	m := picked()
	now := time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)
	m.Title, m.Summary, m.Now = "leavers.csv, column E-mail", "198 people selected.", now
	m.Report = &selections.Report{
		Sentence: "198 found, 9 not found, 4 ambiguous.", People: true, Results: true, Standing: true,
		Systems: []selections.System{
			{Name: "Keycloak", Text: "12 accounts are active, 3 deactivated, 1 not there any more.", Alarm: "2 of the active belong to people who are out here.", Read: now.Add(-time.Hour)},
			{Name: markup, Text: "1 account is active.", Read: now},
		},
		Tabs: []ui.Tab{{Label: "Still has access", Count: "190", Href: "/selections/0199?lines=still", Current: true}, {Label: "Not found", Count: "9", Href: "/selections/0199?lines=not-found"}},
		Rest: "Download the 13 lines that are not found or ambiguous (CSV)", RestHref: "/selections/0199/rest",
	}
	m.Columns = []ui.Column{{Label: "Line", Numeric: true}, {Label: "Given"}, {Label: "Result"}, {Label: "User"}, {Label: "Status"}, {Label: "At connected systems"}, {Label: "Access"}}
	m.Rows = []selections.Row{
		{Line: "1", Given: "amara@northwind.example", Result: "Found", Href: "/users/1", Name: "Amara Okafor", Below: "amara@northwind.example", Status: "active", StatusText: "Active", Access: "Still has access", Standing: []selections.Standing{
			{System: "Keycloak", Status: "active", Text: "Active", Read: "2 minutes ago"}, {System: markup, Status: "removed", Text: "Not there any more", Read: "yesterday"},
		}},
		{Line: "2", Given: markup, Result: "Not found"},
	}
	return m
}

func ambiguous() selections.Show {
	m := listed()
	m.Rows, m.Columns = nil, nil
	m.Report.Choose = "/selections/0199"
	m.Report.Problems = []ui.Problem{{Text: "No person was chosen. Choose one for at least one line."}}
	m.Report.Picks = []selections.Pick{{Line: "7", Given: "sam@northwind.example", Field: ui.Field{
		Name: "line-7", Label: "Line 7: sam@northwind.example", Options: []ui.Option{
			{Value: "1", Label: "Sam Post", Hint: "Active, sam1, Finance"}, {Value: "2", Label: "Sam Post", Hint: "Suspended, sam2, Legal"}, {Label: "Nobody of them", Selected: true},
		},
	}}}
	return m
}

func empty() selections.Show {
	m := picked()
	m.Rows, m.Continue, m.LeftOut = nil, "", ""
	m.Summary, m.Why, m.Empty = "Nobody is selected.", "There is nobody to act upon.", "Nobody is selected. Tick people in the list, or paste one."
	return m
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]templ.Component{
		"new": selections.NewPage(chooser()), "new-refused": selections.NewPage(refused()),
		"picked": selections.ShowPage(picked()), "matching": selections.ShowPage(matching()), "listed": selections.ShowPage(listed()),
		"ambiguous": selections.ShowPage(ambiguous()), "empty": selections.ShowPage(empty()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

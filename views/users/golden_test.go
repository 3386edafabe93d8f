package users_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
	"github.com/rollcall/rollcall/views/users"
)

var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

// Names as they come: over-long, from right to left, with characters that turn
// or break the text around them, and with markup.
var (
	long    = strings.Repeat("Wolfeschlegelsteinhausenbergerdorff", 7)
	hebrew  = "שרה כהן"
	turning = "Amara \u202erofakO\u202c"
	control = "A\tB\x01C"
	markup  = `<img src=x onerror=alert(1)>"'&`
)

func row(name string) users.Row {
	return users.Row{Href: "/users/0199", Name: name, Below: "amara@northwind.example", Status: "active", StatusText: "Active", Department: "Finance", Role: "Employee", LastSeen: now.Add(-12 * time.Minute), Created: now.AddDate(-1, 0, 0)}
}

func columns() []ui.Column {
	return []ui.Column{
		{Label: "User", Sort: "ascending", SortHref: "/users?sort=-name", Request: ui.Request{Target: "#list", PushURL: true}},
		{Label: "Email or username", Class: "compact-only"}, {Label: "Status", Class: "col-status"}, {Label: "Department"}, {Label: "Roles"},
		{Label: "Sessions", Numeric: true, Class: "col-num"}, {Label: "Last sign-in", Class: "col-time"}, {Label: "Created", Class: "col-time", Wide: true},
	}
}

func list() users.List {
	external := row("Bjorn Sato")
	external.External, external.Pending, external.Status, external.StatusText = true, true, "invited", "Invited"
	external.Role, external.LastSeen = "", time.Time{}
	privileged := row("Chiara Berg")
	privileged.Privileged, privileged.MoreRoles, privileged.Sessions, privileged.Department = true, 1200, 3, ""
	return users.List{
		Text: "a", Actions: []ui.Action{{Label: "Export CSV", Href: "/users/export?q=a", Key: "e"}, {Label: "New person", Href: "/users/new"}},
		Tabs:     []ui.Tab{{Label: "All", Href: "/users", Count: "12,481", Current: true}, {Label: "Dormant 90 days", Href: "/users?view=dormant"}},
		TabsHref: "/users/views", View: "Everybody in the directory.",
		Chips: []ui.Chip{{Label: "Status is", Value: "Active", Remove: "/users?q=a", Spoken: "Remove filter Status"}},
		Filter: users.Filter{
			Active: 1, Hidden: []users.Hidden{{Name: "view", Value: "dormant"}}, Statuses: []ui.Option{{Value: "active", Label: "Active", Selected: true}},
			Departments: []ui.Option{{Label: "Any"}, {Value: "7", Label: "Finance"}}, Roles: []ui.Option{{Label: "Any"}}, Providers: []ui.Option{{Label: "Any"}},
			Seen: []ui.Option{{Label: "Any time"}}, External: []ui.Option{{Label: "Everybody"}}, SeenBefore: "2026-08-24",
			Attributes: []ui.Field{{Name: "attr.site", Label: "Site", Options: []ui.Option{{Label: "Any"}, {Value: "Oslo", Label: "Oslo"}}}},
		},
		Result: users.Result{
			Now: now, CountHref: "/users/count?q=a", Columns: columns(), Rows: []users.Row{row("Amara Okafor"), external, privileged}, Sort: "name",
			Exact: []users.Exact{{Row: row("Amara Okafor"), By: "subject"}},
			Sizes: []users.Size{{Rows: 25, Href: "/users?rows=25"}, {Rows: 50, Href: "/users?rows=50", Current: true}},
			Pager: ui.Paging{Label: "Pages of people", Next: "/users?after=c", Request: ui.Request{Target: "#list", PushURL: true}},
		},
	}
}

func selecting() users.List {
	m := list()
	m.Result.Bulk = &users.Bulk{
		Selection: "0199", List: "q=a", Text: "6 selected", Detail: markup, MatchLabel: "Select all 214 that match", Act: "Deactivate 5 of 6…", Once: "once",
		LeftOut: "Left out: " + markup + " (already deactivated).", Outside: "2 of 6 selected are not in this list.", ShowHref: "/selections/0199", ClearHref: "/users?q=a",
	}
	m.Result.Shown = "1 2 3"
	m.Result.Columns = append([]ui.Column{{Class: "col-select", SelectAll: "Select this page, " + users.Users(3)}}, m.Result.Columns...)
	for i := range m.Result.Rows {
		m.Result.Rows[i].ID, m.Result.Rows[i].Selected = ui.Count(i+1), i == 1
	}
	return m
}

func selectingAll() users.List {
	m := selecting()
	m.Result.Bulk = &users.Bulk{
		Selection: "0200", Text: "All 214 that match", Detail: "Department is Finance, as of 10:42 UTC", OnlyLabel: "Select only the 3 on this page", Act: "Deactivate 214…",
		Once: "once", ShowHref: "/selections/0200", ClearHref: "/users?q=a",
	}
	return m
}

func crowded() users.List {
	m := list()
	m.Text = markup
	m.Chips[0].Value = long
	m.Result.Rows = nil
	for _, name := range []string{long, hebrew, turning, control, markup} {
		r := row(name)
		r.Below, r.Department, r.Role = name, name, name
		m.Result.Rows = append(m.Result.Rows, r)
	}
	return m
}

func nobody() users.List {
	m := list()
	m.Result = users.Result{
		Now: now, Notice: "Not understood in the address and left out: colour.",
		Empty:     &ui.Empty{Title: "Nobody matches", Text: "Status is Active, text “a”."},
		EmptyMore: []users.Link{{Label: "Remove filter Status", Href: "/users?q=a"}, {Label: "Show everybody", Href: "/users"}},
	}
	return m
}

func person() users.Person {
	return users.Person{
		Now: now, Path: "/users/0199", Status: "leaving", StatusText: "Leaving 28 Nov", StatusLine: "since 4 Oct, by Goran Novak: “contract ends”",
		Email: "amara@northwind.example", Subject: "8a2c", RevealHref: "/users/0199/reveal", Ticket: "Person: Amara Okafor\nID: 0199\n",
		Overview: []users.Field{
			{Label: "Email", Value: "amara@northwind.example", Copy: "e-mail address", Source: "Managed in Keycloak"}, {Label: "Title"},
			{Label: "Manager", Value: "Ilse Dubois", Href: "/users/0200"}, {Label: "Phone", Hidden: true},
			{Label: "Last sign-in", IsTime: true}, {Label: "Created", IsTime: true, At: now.AddDate(-1, 0, 0), Source: "by Rollcall"},
		},
		Access: users.Marks(nil), Activity: users.Marks([]users.Tag{{Tone: ui.Neutral, Text: "the timeline"}}),
		Identities: []users.Identity{
			{Provider: "Keycloak", Subject: "8a2c", Email: "amara@northwind.example", Verified: true, Primary: true, How: "sign-in rule", Linked: now.AddDate(-1, 0, 0), LastSeen: now},
			{Provider: "Other", Subject: "x", Email: "a@b.example", Linked: now},
			{Provider: "Third", Subject: "y"},
		},
		Sessions: users.Sessions{Now: now, Path: "/users/0199", EndAll: true, Rows: []users.Session{
			{ID: "s1", Device: "Firefox on Windows", IP: "203.0.113.9", Provider: "Keycloak", Started: now, LastSeen: now, Ends: now.Add(time.Hour), EndHref: "/users/0199/sessions/s1/end"},
			{ID: "s2", Device: "Safari on iPhone", IP: "2001:db8::1", Provider: "Keycloak", Started: now, LastSeen: now, Ends: now.Add(time.Hour), Own: true},
		}},
		Danger: []users.Danger{{Title: "Deactivate", Effect: "Ends every session in Rollcall now.", Label: "Deactivate", Href: "/users/0199/deactivate", Key: "d"}},
	}
}

func odd() users.Person {
	m := person()
	m.StatusLine, m.Email, m.Subject, m.Ticket = long, markup, long, markup
	m.Overview = nil
	for _, name := range []string{long, hebrew, turning, control, markup} {
		m.Overview = append(m.Overview, users.Field{Label: name, Value: name, Source: name})
	}
	m.Identities = []users.Identity{{Provider: markup, Subject: long, Email: hebrew, How: turning}}
	return m
}

func form() users.Form {
	field := func(name, label, value string) users.FormField {
		return users.FormField{Field: ui.Field{Name: name, Label: label, Value: value}, Kind: users.KindInput, Was: value}
	}
	owned := field("email", "Email", "amara@northwind.example")
	owned.Owner = "Managed in Keycloak"
	masked := field("phone", "Phone", "")
	masked.Masked = true
	department := field("department", "Department", "Finance")
	department.Kind = users.KindDepartment
	box := field("external", "External", "yes")
	box.Kind, box.Field.Checked, box.Was = users.KindCheckbox, true, "yes"
	ownedBox := box
	ownedBox.Field.Name, ownedBox.Owner = "other", "Managed in Keycloak"
	choice := field("attribute.site", "Site", "Oslo")
	choice.Kind, choice.Field.Options = users.KindSelect, []ui.Option{{Label: "Not set"}, {Value: "Oslo", Label: "Oslo"}}
	return users.Form{
		Action: "/users/0199/edit", Cancel: "/users/0199", Submit: "Save changes", Version: "3", Departments: []string{"Finance", markup},
		Fields:     []users.FormField{field("display_name", "Name", "Amara Okafor"), owned, masked, department, box, ownedBox},
		Attributes: []users.FormField{choice}, Reason: ui.Field{Name: "reason", Label: "Reason"},
	}
}

func refused() users.Form {
	m := form()
	m.Title, m.Problems = "The changes were not saved", []ui.Problem{{Name: "display_name", Text: "Enter a name."}, {Text: "Nothing was saved."}}
	m.Fields[0].Field.Error, m.Fields[0].Field.Value = "Enter a name.", markup
	return m
}

func created() users.Form {
	m := form()
	m.Version, m.Submit = "", "Create person"
	m.Start = &ui.Field{Name: "how", Label: "How this person starts", Options: []ui.Option{{Value: "invite", Label: "Invite", Selected: true, Hint: "Rollcall sends no message."}, {Value: "active", Label: "Active now"}}}
	return m
}

func TestGolden(t *testing.T) {
	t.Parallel()
	reason := ui.ReasonField("", "", "Everybody who may read the audit log")
	for name, c := range map[string]templ.Component{
		"list":            users.ListPage(list()),
		"list-selected":   users.ListPage(selecting()),
		"list-all":        users.SelectedFragment(selectingAll()),
		"bulk":            users.BulkFragment(selecting()),
		"bulk-none":       users.BulkBar(users.Bulk{Text: "Nobody selected", MatchLabel: "Select all that match", Problem: "There is no such selection among yours."}),
		"bulk-nobody":     users.BulkBar(users.Bulk{Selection: "0199", Text: "2 selected", LeftOut: "Left out: 2 people (already deactivated).", ShowHref: "/selections/0199", ClearHref: "/users"}),
		"list-fragment":   users.ListFragment(list()),
		"list-crowded":    users.ListPage(crowded()),
		"list-nobody":     users.ListPage(nobody()),
		"list-empty":      users.Results(users.Result{Empty: &ui.Empty{Title: "No people yet", Text: "People appear here when they sign in.", Command: "rollcall seed --users 1000"}}),
		"list-tabs":       users.ViewTabs(users.List{Tabs: list().Tabs}),
		"count":           users.CountPage(users.Count{Text: "More than 10,000 people match.", ExactHref: "/users/count?exactly=yes"}, "/users"),
		"person":          users.PersonPage(person()),
		"person-empty":    users.PersonPage(users.Person{Now: now, Path: "/users/0199", Status: "invited", StatusText: "Invited", Sessions: users.Sessions{Now: now}}),
		"person-crowded":  users.PersonPage(odd()),
		"person-failed":   users.PersonPage(users.Person{Now: now, Sessions: users.Sessions{Path: "/users/0199", Failed: "The sessions could not be read now."}, Access: users.FailedSection("access", "Access", "The roles could not be read now.", "/users/0199")}),
		"marks":           users.Marks([]users.Tag{{Tone: ui.Ext, Text: "External"}}),
		"form-new":        users.FormPage(created()),
		"form-edit":       users.FormPage(form()),
		"form-refused":    users.FormPage(refused()),
		"conflict":        users.ConflictPage(users.Conflict{Text: "Changed by Goran Novak just now.", Form: form(), Differences: []users.Difference{{Label: "Title", Saved: "", Typed: markup, Kept: "What you typed"}}}),
		"conflict-same":   users.ConflictPage(users.Conflict{Text: "Changed by Goran Novak just now. No field differs from what you typed.", Form: form()}),
		"act":             users.ActPage(users.Act{Action: "/users/0199/suspend", Cancel: "/users/0199", Submit: "Suspend " + long, Kind: ui.Primary, Effects: []string{"Ends 2 sessions."}, Reason: reason}),
		"act-danger":      users.ActPage(users.Act{Action: "/attributes/site/remove", Cancel: "/attributes", Submit: "Remove attribute", Kind: ui.Danger}),
		"act-dated":       users.ActPage(users.Act{Action: "/x", Cancel: "/y", Submit: "Set leaving date", Date: &ui.Field{Name: "leaving_at", Label: "Day", Type: "date"}, Choices: &ui.Field{Name: "for", Label: "For", Options: []ui.Option{{Value: "plain", Label: "Programs"}}}, Reason: reason, Title: "Nothing was changed", Problems: []ui.Problem{{Name: "leaving_at", Text: "The date has passed."}}}),
		"act-blocked":     users.ActPage(users.Act{Blocked: "This is you.", Cancel: "/users/0199"}),
		"act-refused":     users.ActPage(users.Act{Blocked: "This is you.", Cancel: "/users/0199", Title: "Nothing was changed", Problems: []ui.Problem{{Text: "You cannot do this to yourself."}}}),
		"revealed":        users.RevealedPage(users.Revealed{Back: "/users/0199", Fields: []users.Field{{Label: "Phone", Value: "+44 20"}, {Label: "Badge", Value: markup}}}),
		"attributes":      users.AttributesPage(users.Attributes{CanEdit: true, Rows: []users.Attribute{{Key: "site", Label: "Site", Kind: "Choice", Choices: "Bergen, Oslo", EditHref: "/attributes/site/edit", RemoveHref: "/attributes/site/remove"}, {Key: "badge", Label: long, Kind: "Text", Masked: true}}}),
		"attributes-none": users.AttributesPage(users.Attributes{CanEdit: true}),
		"attribute":       users.AttributeFormPage(users.AttributeForm{Action: "/attributes/new", New: true, Key: ui.Field{Name: "key", Label: "Key"}, Label: ui.Field{Name: "label", Label: "Label"}, Kind: ui.Field{Name: "kind", Label: "Kind"}, Choices: ui.Field{Name: "choices", Label: "Choices"}, Masked: ui.Field{Name: "masked", Label: "Masked"}, Position: ui.Field{Name: "position", Label: "Position", Type: "number"}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

// TestMarkup: whatever stands in a name, it is text on the page.
func TestMarkup(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]templ.Component{
		"list": users.ListPage(crowded()), "person": users.PersonPage(odd()), "form": users.FormPage(refused()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if html := uitest.Draw(t, c); strings.Contains(html, "<img") || strings.Contains(html, `onerror=alert(1)>"`) {
				t.Error("markup in a name became markup of the page")
			}
		})
	}
}

// TestOwnSession: the session somebody works in is never offered for ending.
func TestOwnSession(t *testing.T) {
	t.Parallel()
	m := person().Sessions
	m.Rows = m.Rows[1:]
	if html := uitest.Draw(t, users.SessionsSection(m)); strings.Contains(html, "End ") && strings.Contains(html, "sessions/end") {
		t.Error("the page offers to end the own session")
	}
}

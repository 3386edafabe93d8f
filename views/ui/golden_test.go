package ui_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.FixedZone("CET", 3600))

func words(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	})
}

// with gives a component its children.
func with(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func TestComponents(t *testing.T) {
	t.Parallel()

	request := ui.Request{Target: "#list", PushURL: true}
	options := []ui.Option{{Label: "None"}, {Value: "fin", Label: "Finance", Hint: "Pays."}, {Value: "old", Label: "Legacy", Disabled: true}}
	choice := ui.Field{Name: "department", Label: "Department", Value: "fin", Required: true, Options: options}
	wrong := ui.Field{
		Name: "email", Type: "email", Label: "Email", Hint: "Used for messages.", Error: "Enter an address with an @", Value: `a"b`,
		Required: true, MaxLength: 254, Autocomplete: "off", Placeholder: "name@example.com", Mono: true, Wide: true, ReadOnly: true,
		Attrs: templ.Attributes{"spellcheck": "false"}, Request: ui.Request{Post: "/check", Trigger: "change"},
	}

	cases := map[string]templ.Component{
		"button": templ.Join(
			ui.Button(ui.Action{Label: "Save changes"}),
			ui.Button(ui.Action{Label: "Deactivate 211 people", Kind: ui.Danger, ID: "go", Name: "act", Value: "yes", Form: "f", FormAction: "/ops/1", DescribedBy: "about"}),
			ui.Button(ui.Action{Label: "Keep", Key: "k", Small: true, Type: "button", Kind: ui.DangerOutline, Hidden: "Employee", Icon: "check"}),
			ui.Button(ui.Action{Label: "End", Request: ui.Request{Post: "/end", Target: "#s-1", Swap: "outerHTML"}}),
		),
		"button-link": ui.ButtonLink(ui.Action{Label: "Edit", Kind: ui.Primary, Href: "/users/1/edit?a=b&c=d", ID: "edit", Key: "e", DescribedBy: "about", Request: ui.Request{Get: "/users/1/edit"}}),
		"actions":     with(ui.Actions(), words("buttons")),

		"input":         ui.Input(ui.Field{Name: "name", Label: "Name", Value: "Amara <Okafor>"}),
		"input-wrong":   ui.Input(wrong),
		"textarea":      ui.Textarea(ui.ReasonField("Cover", "Give a reason of at least 10 characters", "The auditor and Elif")),
		"select":        ui.Select(choice),
		"checkbox":      ui.Checkbox(ui.Field{Name: "external", Label: "External", Checked: true, Hint: "Works for another company.", Error: "Decide"}),
		"radios":        ui.Radios(choice),
		"checks":        ui.Checks(ui.Field{Name: "status", Label: "Status", Error: "Choose one", Hint: "Any of these.", Options: []ui.Option{{Value: "a", Label: "Active", Selected: true}, {Value: "b", Label: "Invited"}}}),
		"read-only":     templ.Join(ui.ReadOnly("Manager", "Goran Novak", "Managed in Keycloak", "https://id.example/u/1"), ui.ReadOnly("Manager", "", "Managed in Keycloak", "")),
		"error-summary": ui.ErrorSummary("The changes were not saved", []ui.Problem{{Name: "email", Text: "Enter an address"}, {Text: "Somebody else changed it 20 seconds ago"}}),
		"group":         with(ui.Group("Contact"), words("fields")),

		"status-text": ui.StatusText("leaving", "Leaving 28 Nov"),
		"tags":        templ.Join(ui.Tag(ui.Ext, "External"), ui.Tag(ui.Warn, "Privileged"), ui.Tag(ui.Bad, "Break-glass"), ui.Tag(ui.Info, "Test"), ui.Tag(ui.Neutral, "No peer has it")),

		"table": with(ui.Table(ui.Grid{ID: "users", Caption: "Users", UnderBulk: true, Columns: []ui.Column{
			{SelectAll: "Select this page, 50 users", Class: "col-select"},
			{Label: "User", Sort: "ascending", SortHref: "/users?sort=-name", Request: request},
			{Label: "Last seen", Sort: "descending", SortHref: "/users?sort=seen", Class: "col-time", Wide: true},
			{Label: "Created", SortHref: "/users?sort=created"},
			{Label: "Apps", Numeric: true, Class: "col-num"},
			{Label: "Action", Hidden: true},
		}}), words("<tr>"), ui.SelectCell("id", "7", "Select Amara Okafor", true), ui.NameCell("/users/7", "Amara Okafor", "amara@northwind.example"), words("</tr>")),
		"table-plain": with(ui.Table(ui.Grid{Caption: "Roles", ShowCaption: true}), with(ui.EmptyRow(3), words("None"))),
		"pager":       ui.Pager(ui.Paging{Label: "Pages of users", Range: "Rows 51 to 100 of 214", Previous: "/users?before=a", Next: "/users?after=b", Request: request}),
		"pager-one":   ui.Pager(ui.Paging{Label: "Pages of users"}),
		"bulk-bar":    with(ui.BulkBar("bulk", "6 selected"), words("buttons")),
		"diff":        ui.Diff("What changed", []ui.Change{{Label: "Department", Before: "Finance", After: "Sales"}, {Label: "Manager", After: "Goran"}, {Label: "Phone", Before: "1"}}),

		"chips":   with(ui.Chips([]ui.Chip{{Label: "Department is", Value: "Finance", Remove: "/users", Spoken: "Remove filter Department", Request: request}}), words("more")),
		"tabs":    ui.Tabs("Saved views", []ui.Tab{{Label: "All", Href: "/users", Count: "12,481", Current: true, ID: "v-all"}, {Label: "Privileged", Href: "/users?view=privileged", Request: request}}),
		"popover": with(ui.Popover("add-filter", "Add filter"), words("form")),
		"search":  ui.Search(ui.SearchBox{Label: "Search users", Value: "ama", Placeholder: "Name", Request: ui.Request{Get: "/users", Trigger: "input changed delay:300ms, search", Target: "#list", ReplaceURL: true, Sync: "this:replace", Include: "closest form", Select: "#list", Disable: "#go"}}),

		"banner":      with(ui.Banner(ui.Notice{Tone: ui.Warn, Text: "Keycloak not reachable since 10:42.", Href: "/connectors", Link: "Open", ID: "down", Ref: "7F3K-2Q"}), words(" Write actions wait.")),
		"banners":     templ.Join(ui.Banner(ui.Notice{Tone: ui.Info, Text: "a"}), ui.Banner(ui.Notice{Tone: ui.OK, Text: "b"}), ui.Banner(ui.Notice{Tone: ui.Bad, Text: "c"})),
		"empty-state": with(ui.EmptyState(ui.Empty{Title: "No users yet", Text: "Connect a provider.", Command: "rollcall seed", Href: "/connectors", Link: "Connect a provider"}), words("more")),

		"time":  templ.Join(ui.Time(now.Add(-3*time.Hour), now), ui.Time(now.AddDate(0, -5, 0), now), ui.Time(time.Time{}, now)),
		"exact": templ.Join(ui.Exact(now), ui.Exact(time.Time{}), ui.ISO(now)),

		"text":           templ.Join(ui.Kbd("Esc"), ui.VisuallyHidden("hidden"), ui.Mono("abc"), ui.OrNone(""), ui.OrNone("x"), ui.Identifier("f3b1", "subject"), ui.External("https://id.example/", "Keycloak")),
		"progress":       ui.Progress("Deactivation", 96, 211, "96 of 211 done"),
		"status-message": ui.StatusMessage("214 users match"),
		"out-of-band":    words(ui.OutOfBand(ui.WithNonce(context.Background(), uitest.Nonce), "innerHTML")["hx-swap-oob"].(string)),

		"section":     with(ui.Section("access", "Access"), words("content")),
		"panel":       templ.Join(with(ui.Panel("Evidence"), words("content")), with(ui.Panel(""), words("content"))),
		"two-columns": with(ui.TwoColumns(words("side")), words("content")),
		"danger-zone": with(ui.DangerZone(), with(ui.DangerItem("Deactivate", "Ends 2 sessions."), words("button"))),
		"definitions": with(ui.Definitions(), with(ui.Term("Email"), words("a@b")), ui.TermText("Manager", "")),
		"details":     with(ui.Details("Technical detail"), words("invalid_grant")),
		"effects":     ui.Effects([]string{"Ends 2 sessions", "Removes 3 roles"}),
		"wrappers":    templ.Join(with(ui.Meta(), words("m")), with(ui.Stack(), words("s")), with(ui.Form(), words("f"))),
	}

	for name, component := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, component)
		})
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()

	var all []templ.Component
	for _, word := range []string{
		"active", "invited", "suspended", "leaving", "deactivated", "removed",
		"draft", "waiting_for_approval", "running", "paused", "done", "done_with_failures", "undone", "expired",
		"confirmed", "sent", "Sent, not confirmed", "failed", "skipped", "waiting", "drift",
		"keep", "remove", "not_mine", "yes", "no", "unknown", "a word nobody knows",
	} {
		all = append(all, ui.Status(word))
	}

	uitest.Golden(t, "statuses", templ.Join(all...))
}

// An address comes from data sooner or later; none of them may run.
func TestNoAddressRuns(t *testing.T) {
	t.Parallel()

	const evil = "javascript:alert(1)"

	for name, c := range map[string]templ.Component{
		"button link": ui.ButtonLink(ui.Action{Label: "Edit", Href: evil}),
		"form action": ui.Button(ui.Action{Label: "Edit", FormAction: evil}),
		"banner":      ui.Banner(ui.Notice{Text: "a", Href: evil, Link: "b"}),
		"external":    ui.External(evil, "Keycloak"),
		"name cell":   ui.NameCell(evil, "Amara", ""),
		"owner":       ui.ReadOnly("Manager", "Goran", "Keycloak", evil),
		"chip":        ui.Chips([]ui.Chip{{Remove: evil}}),
		"tab":         ui.Tabs("Views", []ui.Tab{{Href: evil}}),
		"sort":        ui.Table(ui.Grid{Columns: []ui.Column{{Label: "Name", SortHref: evil}}}),
		"empty state": ui.EmptyState(ui.Empty{Href: evil, Link: "Go"}),
		"pager":       ui.Pager(ui.Paging{Next: evil}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if drawn := uitest.Draw(t, c); strings.Contains(drawn, evil) {
				t.Errorf("drawn as it came: %s", drawn)
			}
		})
	}
}

func TestErrorSummaryOfNothing(t *testing.T) {
	t.Parallel()

	if got := uitest.Draw(t, ui.ErrorSummary("The changes were not saved", nil)); got != "" {
		t.Errorf("drew %q without a problem to name", got)
	}
}

func TestErrorSummaryLeadsToItsField(t *testing.T) {
	t.Parallel()

	for name, f := range map[string]func(ui.Field) templ.Component{
		"input": ui.Input, "textarea": ui.Textarea, "select": ui.Select, "checkbox": ui.Checkbox, "radios": ui.Radios, "checks": ui.Checks,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			field := ui.Field{Name: "attr[cost]", Label: "Cost", Options: []ui.Option{{Value: "1", Label: "One"}}}
			drawn := uitest.Draw(t, f(field))

			if !containsAttr(drawn, "id", ui.FieldID(field.Name)) {
				t.Errorf("no control has the id %q the summary links to: %s", ui.FieldID(field.Name), drawn)
			}
		})
	}
}

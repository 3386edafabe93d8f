package connectors_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

// long is a name nobody planned for: with markup, without a place to break, and
// from right to left.
const long = `<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</b> قسم المدفوعات`

var (
	working = connectors.Health{Status: "working", Word: "Working", Since: now.Add(-time.Hour)}
	refused = connectors.Health{Status: "refused", Word: "Refused", Text: "Okta answered 401 invalid_client: the secret expired.", Since: now.AddDate(0, 0, -2)}
	list    = connectors.ListModel{
		NewHref: "/connectors/new", Now: now,
		Rows: []connectors.Row{
			{Name: "Keycloak", Href: "/connectors/a", Key: "keycloak", Kind: "Keycloak", State: "enabled", Health: working, LastRead: now, LastWrite: now.Add(-time.Minute), SignIn: true, Events: "followed", SecretAt: now.AddDate(-1, 0, 0), SecretOld: true, WriteBack: true, Owner: "Goran Novak"},
			{Name: long, Href: "/connectors/b", Key: "okta", Kind: "Okta", State: "paused", Health: refused, Events: "off"},
			{Name: "New", Href: "/connectors/c", Key: "c", Kind: "Keycloak", State: "draft", Health: connectors.Health{Status: "not-used", Word: "Not used yet"}, Events: "off"},
		},
		Configured: []connectors.Configured{{Name: "Entra ID", Key: "entra", Issuer: "https://login.example/v2.0", From: "ROLLCALL_OIDC_ISSUER", Health: working}},
	}
	choose = connectors.ChooseModel{Search: "a", Demo: "/connectors/new/demo", Kinds: []connectors.ProductKind{
		{ID: "keycloak", Title: "With an adapter of its own", Gives: "Reads everybody.", Products: []connectors.Product{{Name: "Keycloak", Href: "/connectors/new/keycloak"}}},
		{ID: "oidc", Title: "As an OpenID provider", Gives: "People sign in.", Lacks: "That is all.", Products: []connectors.Product{{Name: "Okta", Href: "/connectors/new/okta"}, {Name: long, Href: "/connectors/new/x"}}},
	}}
	paste = connectors.PasteModel{Product: "Okta", Values: []connectors.PasteValue{
		{Label: "Redirect address", Value: "https://rollcall.example/auth/okta/callback", Where: "General > Login > Sign-in redirect URIs"},
	}}
	problems = []ui.Problem{{Name: "base_url", Text: "The address must begin with https://."}}
	wrong    = map[string]string{"base_url": problems[0].Text}
	stale    = &connectors.StaleModel{Sentence: "Changed by Elif Kaya 20 seconds ago.", Differences: []connectors.Difference{{Label: "Realm", Theirs: "main", Yours: long}}}
)

func form() connectors.FormModel {
	field := func(kind, name, label, value string) connectors.FormField {
		return connectors.FormField{Kind: kind, Field: ui.Field{Name: name, Label: label, Hint: "Where it is.", Value: value, Error: wrong[name]}}
	}
	secret := field("secret", "client_secret", "Client secret", "never drawn")
	secret.Stored = "Ends in 9f2a, stored 3 days ago"
	fresh := field("secret", "hook_secret", "Webhook secret", "never drawn")
	return connectors.FormModel{
		Action: "/connectors/a/edit", Cancel: "/connectors/a", Version: "3", About: []string{"It is in use."}, Paste: paste, Submit: "Save changes",
		NeedsReason: true, Errors: wrong, Problems: problems,
		Groups: []connectors.Group{
			{Legend: "Keycloak", Text: "How it is found.", Fields: []connectors.FormField{field("", "base_url", "Address", "http://x"), secret, fresh}},
			{Legend: "Signing in", Gate: "sign_in", Fields: []connectors.FormField{field("check", "sign_in", "People sign in", "yes"), field("area", "groups", "Groups", long)}},
			{Legend: "More settings", Folded: true, Open: true, Fields: []connectors.FormField{field("select", "every", "Read", ""), field("radios", "create", "Rule", "off")}},
		},
	}
}

func run(running bool) *connectors.RunModel {
	r := &connectors.RunModel{
		Action: "/connectors/a/test", Href: "/connectors/a/test/r1", Running: running, Sentence: "3 checks: 1 failed, 1 skipped, 1 passed", Status: "failed",
		StartedBy: "Goran Novak", StartedAt: now, Report: "Connection test of Keycloak\n1. Name: passed", MayTest: true,
		Checks: []connectors.Check{
			{Key: "dns", Label: "Name", Status: "passed", Sentence: "id.example is 192.0.2.7.", Took: "3 ms"},
			{Key: "token", Label: "Token", Status: "failed", Sentence: long, Fix: "Paste the new secret.", Took: "1.2 s"},
			{Key: "roles", Label: "Roles", Status: "skipped", Sentence: "There is no token."},
		},
	}
	if running {
		r.Status, r.Sentence = "running", "Testing: 3 checks so far"
	}
	return r
}

func mapping() connectors.MappingModel {
	return connectors.MappingModel{
		Name: "Keycloak", Action: "/connectors/a/mapping", Cancel: "/connectors/a", Version: "3", SampleText: "Real people, read just now.", RuleText: "Everybody in a group gets a role.",
		Samples: []connectors.Sample{{Name: "Amara Okafor"}, {Name: long}}, Names: []string{"username", "jobTitle"},
		Owners: []ui.Option{{Value: "source", Label: "The source", Hint: "Its value is taken."}, {Value: "ours", Label: "Rollcall", Hint: "Our value stands."}},
		Roles:  []ui.Option{{Label: "Choose a role"}, {Value: "rollcall.helpdesk", Label: "Helpdesk"}},
		Rows: []connectors.MappingRow{
			{Field: "display_name", Label: "Name", From: "display_name", Owner: "source", Values: []connectors.Value{{Text: "Amara Okafor"}, {Text: long}}},
			{Field: "phone", Label: "Phone", From: "phone", Owner: "ours", Values: []connectors.Value{{Masked: true}, {}}},
			{Field: "title", Label: "Title", Owner: "source", Values: []connectors.Value{{}, {}}, Error: "Choose who owns the field."},
		},
		Rules:       []connectors.RuleRow{{Kind: "group", Name: "/Finance", Role: "rollcall.helpdesk"}, {Kind: "role", Name: "x", Error: "Choose the role it gives."}, {}},
		NeedsReason: true, Next: "/connectors/a/reading",
	}
}

func show() connectors.ShowModel {
	return connectors.ShowModel{
		State: "enabled", Health: working, LastRead: now, Events: "On", Reading: "Changes every 15 minutes, everybody every day", WriteBack: "Off", Guard: "Above 5 percent",
		Facts:   []connectors.Fact{{Label: "Product", Value: "Keycloak"}, {Label: "Address", Value: "https://id.example", Copy: true}},
		Secrets: []connectors.SecretLine{{Label: "Client secret", Hint: "9f2a", At: now.AddDate(-1, 0, 0), Old: true}, {Label: "Webhook secret", At: now}},
		Owner:   "Goran Novak", Changed: "Elif Kaya", ChangedAt: now, Capabilities: "/connectors/a/capabilities", Paste: paste, History: connectors.State("enabled"),
		SecretHref: "/connectors/a/secrets", PauseHref: "/connectors/a/pause", DeleteHref: "/connectors/a/delete", Now: now,
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	draft, readOnly, staled, sampleless := show(), form(), form(), mapping()
	draft.State, draft.Health = "draft", connectors.Health{Status: "not-used", Word: "Not used yet"}
	draft.Setup = &connectors.SetupModel{Steps: []connectors.SetupStep{{Label: "Connection", Href: "/connectors/a/edit", Status: "done", Text: "Saved"}, {Label: "Test", Href: "/connectors/a/test", Status: "waiting", Text: "Not tested yet"}}}
	readOnly.ReadOnly = true
	staled.Stale, staled.Next, staled.New = stale, "Save and continue", false
	sampleless.Samples, sampleless.ReadOnly, sampleless.Stale = nil, true, stale
	for i := range sampleless.Rows {
		sampleless.Rows[i].Values = nil
	}
	typed := ui.Field{Name: "typed", Label: "Type Keycloak to delete it", Required: true}
	dry := connectors.DryRun{Href: "/connectors/a/first", Status: "done", Sentence: "12,481 accounts read", StartedBy: "Goran Novak", StartedAt: now, Counts: []connectors.CountLine{{Figure: "31", Label: "Unclear", Means: "Listed for a person to decide."}}}
	reading := connectors.DryRun{Href: "/connectors/a/first", Running: true, Status: "running", Sentence: "Reading: 200 of 12,481 accounts", StartedBy: "Goran Novak", StartedAt: now}
	for name, c := range map[string]templ.Component{
		"list":              connectors.List(list),
		"list-empty":        connectors.List(connectors.ListModel{NewHref: "/connectors/new", Now: now}),
		"list-reader":       connectors.List(connectors.ListModel{Now: now}),
		"choose":            connectors.Choose(choose),
		"choose-none":       connectors.Choose(connectors.ChooseModel{Search: "x"}),
		"form":              connectors.Form(form()),
		"form-stale":        connectors.Form(staled),
		"form-readonly":     connectors.Form(readOnly),
		"test-none":         connectors.Test(connectors.TestModel{Name: "Keycloak", Action: "/connectors/a/test", MayTest: true, Next: "/connectors/a/mapping", Now: now}),
		"test-running":      connectors.Test(connectors.TestModel{Name: "Keycloak", Action: "/connectors/a/test", MayTest: true, Run: run(true), Now: now}),
		"test-done":         connectors.Test(connectors.TestModel{Name: "Keycloak", Action: "/connectors/a/test", Run: run(false), Outdate: "It was changed after this run.", Paste: paste, Now: now}),
		"mapping":           connectors.Mapping(mapping()),
		"mapping-plain":     connectors.Mapping(sampleless),
		"first":             connectors.First(connectors.FirstModel{Name: "Keycloak", Action: "/connectors/a/first", MayRun: true, Run: &dry, Next: "/connectors/a/enable", Now: now}),
		"first-running":     connectors.First(connectors.FirstModel{Name: "Keycloak", Action: "/connectors/a/first", MayRun: true, Run: &reading, Now: now}),
		"first-none":        connectors.First(connectors.FirstModel{Name: "Okta", Action: "/connectors/a/first", Why: "It lists nobody.", Now: now}),
		"show":              connectors.Framed([]ui.Tab{{Label: "Overview", Href: "/connectors/a", Current: true}}, connectors.Show(show())),
		"show-draft":        connectors.Show(draft),
		"capabilities":      connectors.Capabilities(connectors.CapabilitiesModel{Product: "Keycloak 26.7.3", Can: []string{"List everybody"}, Cannot: []connectors.Cannot{{Label: "Unlock", Why: long}}, Writes: "Can be written back: E-mail."}),
		"capabilities-down": connectors.Capabilities(connectors.CapabilitiesModel{Problem: "It could not be asked what it can do. Keycloak does not answer."}),
		"enable":            connectors.Act(connectors.ActModel{Action: "/connectors/a/enable", Cancel: "/connectors/a", Version: "3", Title: "Keycloak was not enabled", Warnings: []string{"It was not tested."}, Effects: []string{"People can sign in."}, Submit: "Enable Keycloak", Kind: ui.Primary}),
		"delete":            connectors.Act(connectors.ActModel{Action: "/connectors/a/delete", Cancel: "/connectors/a", Version: "3", Title: "Keycloak was not deleted", Effects: []string{"It is removed for good."}, Typed: &typed, NeedsReason: true, Submit: "Delete Keycloak", Kind: ui.Danger, Problems: []ui.Problem{{Name: "typed", Text: "Type Keycloak."}}}),
		"blocked":           connectors.Act(connectors.ActModel{Cancel: "/connectors/a", Blocked: "It cannot be deleted.", BlockedHref: "/connectors/a/pause", BlockedLink: "Pause it"}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

// WEB-27: whatever a model holds, no secret comes back into a form.
func TestSecretsAreNeverDrawn(t *testing.T) {
	t.Parallel()
	if html := uitest.Draw(t, connectors.Form(form())); strings.Contains(html, "never drawn") {
		t.Error("a secret stands in the page")
	}
}

// The results ask for more while there are more to come, and then stop.
func TestPollingEnds(t *testing.T) {
	t.Parallel()
	if html := uitest.Draw(t, connectors.Checks(*run(true), now)); !strings.Contains(html, `hx-trigger="every 1s"`) {
		t.Error("a run that goes on is not asked for again")
	}
	if html := uitest.Draw(t, connectors.Checks(*run(false), now)); strings.Contains(html, "every 1s") {
		t.Error("a run that ended is asked for for ever")
	}
}

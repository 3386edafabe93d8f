package users

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

func TestStatusLine(t *testing.T) {
	t.Parallel()
	march := models.At(now.AddDate(0, -8, 0))
	for name, c := range map[string]struct {
		person directory.Person
		want   string
	}{
		"nothing known":  {directory.Person{}, ""},
		"since":          {directory.Person{StatusSince: march}, "since 22 Mar"},
		"since and whom": {directory.Person{StatusSince: march, StatusBy: "Goran Novak"}, "since 22 Mar, by Goran Novak"},
		"everything":     {directory.Person{StatusSince: march, StatusBy: "Goran Novak", StatusReason: "left the team"}, "since 22 Mar, by Goran Novak: “left the team”"},
		"another year":   {directory.Person{StatusSince: models.At(now.AddDate(-2, 0, 0))}, "since 22 Nov 2024"},
		"only whom":      {directory.Person{StatusBy: "Goran Novak"}, "by Goran Novak"},
		"only a reason":  {directory.Person{StatusReason: "left the team"}, "“left the team”"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := statusLine(c.person, now); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestStatusText(t *testing.T) {
	t.Parallel()
	if got := statusText(models.Leaving, models.At(now.AddDate(0, 0, 6))); got != "Leaving 28 Nov" {
		t.Errorf("got %q", got)
	}
	if got := statusText(models.Active, models.At(now)); got != "Active" {
		t.Errorf("got %q", got)
	}
}

// TestActsOffered: which acts a page offers, by status and permission.
func TestActsOffered(t *testing.T) {
	t.Parallel()
	all := models.AllPermissions
	for name, c := range map[string]struct {
		status  models.Status
		by      reader
		actions string
		danger  string
	}{
		"active":                    {models.Active, reader{can: all}, "Edit, End sessions, Suspend, Merge with ...", "Set leaving date, Deactivate"},
		"leaving":                   {models.Leaving, reader{can: all}, "Edit, End sessions, Suspend, Merge with ...", "Take back, Deactivate"},
		"suspended":                 {models.Suspended, reader{can: all}, "Edit, End sessions, Lift suspension", "Deactivate"},
		"invited":                   {models.Invited, reader{can: all}, "Edit, End sessions, Merge with ...", "Deactivate"},
		"deactivated":               {models.Deactivated, reader{can: all}, "Edit, End sessions, Reactivate", ""},
		"removed":                   {models.Removed, reader{can: all}, "", ""},
		"oneself":                   {models.Active, reader{can: all, id: 7}, "Edit, End sessions", ""},
		"helpdesk":                  {models.Active, reader{can: models.UsersRead | models.UsersSuspend}, "Suspend", ""},
		"helpdesk, suspended":       {models.Suspended, reader{can: models.UsersRead | models.UsersSuspend}, "Lift suspension", ""},
		"helpdesk, deactivated":     {models.Deactivated, reader{can: models.UsersRead | models.UsersSuspend}, "", ""},
		"auditor":                   {models.Active, reader{can: models.UsersRead}, "", ""},
		"who may only deactivate":   {models.Active, reader{can: models.UsersDeactivate}, "", "Set leaving date, Deactivate"},
		"who may only edit, leaver": {models.Leaving, reader{can: models.UsersEdit}, "Edit", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			person := directory.Person{ID: 7, PublicID: "p", Status: c.status}
			var actions, dangers []string
			for _, a := range personActions(person, c.by) {
				actions = append(actions, a.Label)
				if !strings.HasPrefix(a.Href, "/users/p/") && a.Href != "/links/new?a=p" {
					t.Errorf("%s leads to %s", a.Label, a.Href)
				}
			}
			for _, d := range danger(person, c.by) {
				dangers = append(dangers, d.Label)
				if d.Effect == "" || !strings.HasPrefix(d.Href, "/users/p/") {
					t.Errorf("%+v", d)
				}
			}
			got := [2]string{strings.Join(actions, ", "), strings.Join(dangers, ", ")}
			if diff := cmp.Diff([2]string{c.actions, c.danger}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	soon, past := models.At(now.AddDate(0, 0, 6)), models.At(now.AddDate(0, 0, -2))
	for name, c := range map[string]struct {
		person directory.Person
		can    models.Permission
		want   []string
	}{
		"nothing":                       {directory.Person{Status: models.Active}, models.AllPermissions, nil},
		"waits":                         {directory.Person{Status: models.Invited, PendingSince: past}, models.AllPermissions, []string{"warn Signed in by rule 2 days ago and waits to be let in. [Let in]"}},
		"waits, for a reader":           {directory.Person{Status: models.Invited, PendingSince: past}, models.UsersRead, []string{"warn Signed in by rule 2 days ago and waits to be let in. []"}},
		"leaves":                        {directory.Person{Status: models.Leaving, LeavingAt: soon}, models.AllPermissions, []string{"warn Leaves Sat 28 Nov 2026, 10:42 UTC. From then on sign-in is refused. [Deactivate]"}},
		"left":                          {directory.Person{Status: models.Leaving, LeavingAt: past}, models.AllPermissions, []string{"bad Left Fri 20 Nov 2026, 10:42 UTC, and is not deactivated. Sign-in is refused since then; the roles still stand. [Deactivate]"}},
		"left, for a reader":            {directory.Person{Status: models.Leaving, LeavingAt: past}, models.UsersRead, []string{"bad Left Fri 20 Nov 2026, 10:42 UTC, and is not deactivated. Sign-in is refused since then; the roles still stand. []"}},
		"deactivated on a leaving date": {directory.Person{Status: models.Deactivated, LeavingAt: past}, models.AllPermissions, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, n := range warnings(c.person, reader{can: c.can, now: now}) {
				got = append(got, fmt.Sprintf("%s %s [%s]", n.Tone, n.Text, n.Link))
				if (n.Link == "") != (n.Href == "") {
					t.Errorf("a link without address or the reverse: %+v", n)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOverviewMasks(t *testing.T) {
	t.Parallel()
	p := &Pages{Deps: Deps{Providers: func() []Provider { return []Provider{{Key: "keycloak", Name: "Keycloak"}} }}}
	person := directory.Person{
		Email: "amara@northwind.example", Phone: directory.Hide("+44 20"), Sources: directory.Sources{directory.FieldEmail: "keycloak"},
		Attributes: []directory.AttributeValue{
			{Definition: directory.Definition{Key: "badge", Label: "Badge", Masked: true}, Value: directory.Hide("B-77")},
			{Definition: directory.Definition{Key: "site", Label: "Site"}, Value: directory.Hide("Oslo"), Source: "keycloak"},
		},
	}
	for name, c := range map[string]struct {
		can    models.Permission
		masked bool
		want   map[string]string
	}{
		"who sees everything": {models.UsersUnmask, false, map[string]string{"Phone": "+44 20", "Badge": "B-77", "External ID": ""}},
		"who does not":        {models.UsersRead, true, map[string]string{"Phone": "hidden", "Badge": "hidden", "External ID": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields, masked := p.overview(person, reader{can: c.can, now: now})
			if masked != c.masked {
				t.Errorf("masked %v", masked)
			}
			for _, f := range fields {
				value := f.Value
				if f.Hidden {
					value += "hidden"
				}
				if want, asked := c.want[f.Label]; asked && value != want {
					t.Errorf("%s is %q, want %q", f.Label, value, want)
				}
				if managed := f.Source == "Managed in Keycloak"; managed != (f.Label == "Email" || f.Label == "Site") {
					t.Errorf("source of %s is %q", f.Label, f.Source)
				}
			}
		})
	}
}

func TestTicket(t *testing.T) {
	t.Parallel()
	person := directory.Person{
		PublicID: "0199", DisplayName: "Amara Okafor", Email: "amara@northwind.example", Phone: directory.Hide("+44 20"), ExternalID: directory.Hide("HR-1"),
		Status: models.Suspended, StatusSince: models.At(now), StatusBy: "Goran Novak", StatusReason: "lost her phone",
	}
	want := `Person: Amara Okafor
Email: amara@northwind.example
Status: Suspended since 2026-11-22T10:42:00Z, by Goran Novak
Reason: lost her phone
ID: 0199
Page: https://rollcall.example/users/0199
Read: 2026-11-22T10:42:00Z by Nia Ortega
`
	if diff := cmp.Diff(want, ticket(person, "Nia Ortega", now, "https://rollcall.example/users/0199")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	text := func(name, value string) control {
		return control{field: ui.Field{Name: name, Label: name, Value: value}}
	}
	owned := text("email", "new@keycloak")
	owned.owner = "Managed in Keycloak"
	masked := text("phone", "")
	masked.masked = true
	box := control{kind: "checkbox", field: ui.Field{Name: "external", Label: "external", Value: external, Checked: true}}
	controls := []control{text("title", "Principal"), text("team", "Support"), text("name", "same"), text("absent", "stays"), owned, masked, box}
	sent := map[string][]string{
		"title": {"Staff"}, "was.title": {"Engineer"}, // both changed
		"team": {"Platform"}, "was.team": {"Platform"}, // only they
		"name": {" same "}, "was.name": {"other"}, // the same thing
		"email": {"mine@example"}, "was.email": {"old@example"}, // no longer ours to change
		"phone": {"1"}, "was.phone": {"1"},
		"was.external": {""}, // not ticked then, not ticked now; they ticked it
	}
	values, differences := merge(sent, controls)
	if diff := cmp.Diff(map[string]string{"title": "Staff", "team": "Support", "name": "same", "external": external}, values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	var got []string
	for _, d := range differences {
		got = append(got, d.Label+": "+d.Saved+" | "+d.Typed+" | "+d.Kept)
	}
	want := []string{
		"title: Principal | Staff | " + keptYours, "team: Support | Platform | " + keptTheirs,
		"email: new@keycloak | mine@example | Managed in Keycloak", "external: Yes | No | " + keptTheirs,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

func TestJoined(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := joined(names); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A system that no longer knows the account somebody signs in with is said, with
// what is left and what may be done; one they do not sign in with is not.
func TestGoneAtTheProvider(t *testing.T) {
	t.Parallel()
	person := directory.Person{ID: 7, PublicID: "p", Status: models.Active, Identities: []models.Identity{{Provider: "keycloak", Issuer: "https://id", Subject: "sub"}}}
	missing := connector.Held{ConnectorID: 1, System: "keycloak", Name: "Keycloak", Account: "sub", MissingSince: models.At(now.AddDate(0, 0, -19))}
	ledger := connector.Held{ConnectorID: 2, System: "ledger", Name: "Ledger", Account: "l-1", MissingSince: models.At(now)}
	got := gone(person, []connector.Held{missing, ledger}, reader{can: models.AllPermissions, now: now})
	if len(got) != 1 || got[0].Text != "Keycloak no longer knows this person, since 3 Nov. 1 account at other systems still exists." || got[0].Href != "/users/p/deactivate" {
		t.Errorf("%+v", got)
	}
	if got := gone(person, []connector.Held{missing}, reader{can: models.UsersRead, now: now}); len(got) != 1 || got[0].Href != "" || strings.Contains(got[0].Text, "other systems") {
		t.Errorf("for a reader: %+v", got)
	}
	person.Status = models.Deactivated
	if got := gone(person, []connector.Held{missing}, reader{can: models.AllPermissions, now: now}); got[0].Href != "" {
		t.Errorf("deactivated already: %+v", got)
	}
	missing.MissingSince = 0
	if got := gone(person, []connector.Held{missing}, reader{can: models.AllPermissions, now: now}); len(got) != 0 {
		t.Errorf("known there: %+v", got)
	}
}

package roles_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

// long is a name nobody planned for: with markup, without a place to break, and
// from right to left.
const long = `<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</b> قسم المدفوعات`

var (
	payment = roles.Row{
		Name: "Payment approver", Href: "/roles/ledger.payment-approver", Key: "ledger.payment-approver",
		Sentence: "Can release outgoing payments up to 250,000 EUR.", Application: "Ledger", Privileged: true, People: "27", PeopleHref: "/users?role=ledger.payment-approver", Direct: "20",
	}
	list = roles.ListModel{
		Search: "pay", Privileged: true, Application: "Ledger", Unfiltered: "/roles", Next: "/roles?after=c2", First: "/roles?privileged=yes",
		Applications: []ui.Option{{Label: "All applications"}, {Value: "ledger", Label: "Ledger", Selected: true}},
		Rows: []roles.Row{payment, {
			Name: "Admin", Href: "/roles/rollcall.admin", Key: "rollcall.admin", Sentence: "Administers everything.", Application: "Rollcall", BuiltIn: true, ReachesPrivileged: true, People: "10,000+", Direct: "2",
		}},
	}
	direct = roles.Path{
		Why: "Goran Novak", Reason: "Cover for parental leave", Since: now.AddDate(0, -2, 0), Until: now.AddDate(0, 1, 7), State: "now",
		RemoveHref: "/users/u1/roles/7/remove", UntilHref: "/users/u1/roles/7/until",
	}
	access = roles.AccessModel{
		Now: now, All: 34, AllHref: "/users/u1/access", AssignHref: "/users/u1/roles/new", EffectiveHref: "/users/u1/access",
		Roles: []roles.Held{
			{Name: "Payment approver", Href: "/roles/ledger.payment-approver", Application: "Ledger", Privileged: true, More: 3, Paths: []roles.Path{
				direct,
				{Why: "Finance lead ← groups finance at Keycloak", Since: now.AddDate(-1, 0, 0), State: "now", Owned: "Comes with Finance lead"},
			}},
			{Name: long, Application: "Warehouse", Paths: []roles.Path{{Why: long, Reason: long, Since: now.AddDate(0, 0, 4), State: "future"}}},
		},
	}
	problems = []ui.Problem{{Name: "reason", Text: "Write a reason of at least 10 characters. The audit log keeps it."}}
	wrong    = map[string]string{"reason": problems[0].Text}
)

func show() roles.ShowModel {
	return roles.ShowModel{
		Name: "Payment approver", Key: "ledger.payment-approver", Sentence: "Can release outgoing payments.", Application: "Ledger",
		Longest: "90 days", People: "27 people, 20 of them directly", PeopleHref: "/users?role=x", MorePermissions: 2,
		Permissions: []roles.Permission{
			{Sentence: "Release a payment", Application: "ledger", Key: "payments.release"},
			{Sentence: "See payments", Application: "ledger", Key: "payments.read", Via: []roles.Ref{{Name: "Payment reader", Href: "/roles/ledger.payment-reader"}}},
		},
		Contains:    []roles.Ref{{Name: "Payment reader", Href: "/roles/ledger.payment-reader"}},
		ContainedIn: []roles.Ref{{Name: "Finance lead", Href: "/roles/ledger.finance-lead", Privileged: true}},
		Holders: roles.HoldersModel{Role: "Payment approver", Now: now, Next: "/roles/x?after=c", First: "/roles/x?people=first", Rows: []roles.Holder{
			{Name: "Elif Kaya", Href: "/users/u1", Email: "elif.kaya@northwind.example", Status: "active", Paths: access.Roles[0].Paths},
		}},
		History: templ.NopComponent, HistoryHref: "/audit?role=x", RemoveHref: "/roles/x/remove", RemoveHint: "Possible when nobody holds the role.",
	}
}

func form() roles.FormModel {
	return roles.FormModel{
		Action: "/roles/x/edit", Cancel: "/roles/x", Version: "4", Name: "Payment approver", Sentence: "Can release outgoing payments.", Application: "Ledger", MaxDays: "90",
		Permissions: []roles.ChoiceGroup{
			{Label: "Ledger", Options: []ui.Option{{Value: "ledger/payments.release", Label: "Release a payment", Hint: "payments.release", Selected: true}}},
			{Label: "Rollcall", Options: []ui.Option{{Value: "rollcall/users.read", Label: "Find people", Hint: "users.read", Disabled: true}}},
		},
		Contained: []roles.ChoiceGroup{{Label: "Ledger", Options: []ui.Option{{Value: "ledger.payment-reader", Label: "Payment reader", Hint: "Sees payments.", Selected: true}}}},
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	fresh := roles.FormModel{New: true, Action: "/roles/new", Cancel: "/roles", Applications: []ui.Option{{Label: "Choose an application"}}}
	refused := form()
	refused.Errors, refused.Problems, refused.Reason = wrong, problems, "short"
	stale := form()
	stale.Stale = &roles.StaleModel{Sentence: "Changed by Goran Novak 20 seconds ago.", Differences: []roles.Difference{{Label: "Name", Theirs: "Payer", Yours: "Payment approver"}, {Label: "Contained roles", Yours: "ledger.payment-reader"}}}
	choices := roles.ChoicesModel{
		More: true, Hidden: "4 roles are not offered.", Search: "pay",
		Groups: []roles.RoleGroup{{Application: "Ledger", Roles: []roles.RoleChoice{
			{Key: "ledger.payment-approver", Name: "Payment approver", Sentence: "Can release payments.", Note: "At most 90 days.", Privileged: true, Chosen: true},
			{Key: "ledger.payment-reader", Name: "Payment reader", Sentence: "Sees payments.", Note: "Given already.", Disabled: true},
		}}},
	}
	none := choices
	none.Groups, none.Problem, none.More, none.Hidden = nil, "Role is missing.", false, ""
	cases := map[string]templ.Component{
		"list":          roles.List(list),
		"list-no-match": roles.Rows(roles.ListModel{Search: long, Unfiltered: "/roles"}),
		"list-empty":    roles.Rows(roles.ListModel{NewHref: "/roles/new"}),
		"show":          roles.Show(show()),
		"show-empty":    roles.Show(roles.ShowModel{Name: "Viewer", Key: "ledger.viewer", Sentence: "Sees.", Application: "Ledger", Longest: "No limit", People: "0 people", Holders: roles.HoldersModel{Role: "Viewer", Now: now}}),
		"form-new":      roles.Form(fresh),
		"form-refused":  roles.Form(refused),
		"form-stale":    roles.Form(stale),
		"remove":        roles.Remove(roles.RemoveModel{Name: "Viewer", Action: "/roles/x/remove", Cancel: "/roles/x", Effects: []string{"The role disappears."}, Errors: wrong, Problems: problems}),
		"remove-held":   roles.Remove(roles.RemoveModel{Name: "Viewer", Cancel: "/roles/x", Held: "27 people", HeldHref: "/users?role=x"}),
		"access":        roles.Access(access),
		"access-empty":  roles.Access(roles.AccessModel{Now: now, Empty: "Elif Kaya holds no role.", AssignHref: "/users/u1/roles/new"}),
		"access-own":    roles.Access(roles.AccessModel{Now: now, Sentences: true, Roles: []roles.Held{{Name: "Employee", Application: "Rollcall", Sentence: "Sees the own record.", Paths: []roles.Path{{Why: "groups staff at Keycloak", Since: now, State: "now"}}}}}),
		"effective": roles.EffectivePage(roles.EffectiveModel{Name: "Elif Kaya", Access: access, Permissions: []roles.Effective{
			{Sentence: "Release a payment", Application: "ledger", Key: "payments.release", Paths: []string{"Payment approver ← Goran Novak"}, More: 2},
		}}),
		"assign": roles.Assign(roles.AssignModel{
			Name: "Elif Kaya", Action: "/users/u1/roles/new", Cancel: "/users/u1#access", Search: "pay", Choices: choices, Until: "2026-12-31", Today: "2026-11-22",
			Reason: "x", Readers: "Elif Kaya, the admins and the auditors", Errors: wrong, Problems: problems,
		}),
		"assign-none": roles.Choices(none),
		"unassign": roles.Unassign(roles.UnassignModel{
			Person: "Elif Kaya", Role: "Payment approver", Action: "/x", Cancel: "/users/u1#access", Given: "Given 2 days ago by Goran Novak.",
			Lost: []string{"Release a payment (ledger)"}, LostMore: 4, LostRoles: []string{"Payment reader", "Viewer", "Clerk"}, Readers: "The auditor",
		}),
		"unassign-remains": roles.Unassign(roles.UnassignModel{Person: "Elif Kaya", Role: "Payment approver", Remains: []string{"Finance lead ← Goran Novak"}}),
		"unassign-blocked": roles.Unassign(roles.UnassignModel{Person: "Elif Kaya", Cancel: "/users/u1", Blocked: "Keycloak gives Elif Kaya this role."}),
		"until":            roles.Until(roles.UntilModel{Person: "Elif Kaya", Role: "Payment approver", Now: now, Until: "2026-11-22", Today: "2026-11-22", Longest: "At most 90 days from now."}),
		"until-none":       roles.Until(roles.UntilModel{Person: "Elif Kaya", Role: "Viewer"}),
		"application":      roles.Application(roles.ApplicationModel{Name: long, Errors: map[string]string{"key": "Key is missing."}, Problems: []ui.Problem{{Name: "key", Text: "Key is missing."}}}),
		"permission":       roles.NewPermission(roles.PermissionModel{Applications: []ui.Option{{Value: "ledger", Label: "Ledger"}}}),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

// A reader without permissions has addresses for nothing, so nothing may look like an act.
func TestReadOnlyHasNoButtons(t *testing.T) {
	t.Parallel()
	m := show()
	m.RemoveHref, m.Holders.Rows[0].Paths = "", []roles.Path{{Why: "Goran Novak", State: "now"}}
	m.Holders.Next, m.Holders.First = "", ""
	html := uitest.Draw(t, roles.Show(m))
	for _, act := range []string{"<form", `class="btn"`, "btn-danger", ">Remove"} {
		if strings.Contains(html, act) {
			t.Errorf("the role page of a reader holds %s", act)
		}
	}
}

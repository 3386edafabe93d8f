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

var (
	columns = []roles.MatrixColumn{
		{Name: "Payment approver", Href: "/roles/ledger.payment-approver", Privileged: true},
		{Name: long, Href: "/roles/x"},
		{Name: "Auditor", Href: "/roles/rollcall.auditor", BuiltIn: true, Fixed: "Comes with Rollcall"},
	}
	compare = roles.CompareModel{First: "ledger.payer", Name: "Payer", Paged: true, Rows: []roles.CompareRow{
		{Name: "Payer", Key: "ledger.payer", Sentence: "Pays.", Application: "Ledger"},
		{Name: long, Key: "ledger.x", Sentence: long, Application: "Ledger", Href: "/roles/compare?a=ledger.payer&b=ledger.x"},
	}}
)

func matrix(edit bool) roles.MatrixModel {
	m := roles.MatrixModel{
		Applications: []ui.Option{{Label: "Every application"}, {Value: "ledger", Label: "Ledger", Selected: true}}, Application: "ledger",
		Choices:     []ui.Option{{Value: "rollcall.auditor", Label: "Auditor", Hint: "Rollcall", Selected: true}, {Value: "ledger.viewer", Label: "Viewer"}},
		MoreChoices: true, Search: "pay", Differences: true, Columns: columns, Editable: true, EditHref: "/roles/matrix/edit?app=ledger", ShowHref: "/roles/matrix?app=ledger",
		Sentence: "2 of 1,004 permissions differ, 3 roles", Both: "2 people hold both A and B.",
		Notices: []ui.Notice{{Tone: ui.Warn, Text: "There is no role with the key x."}},
		Groups: []roles.MatrixGroup{
			{Key: "ledger/payments", Label: "Payments", Permissions: 1_000, Counts: []int{2, 1_000, 0}, Open: true, Href: "/roles/matrix?app=ledger", Next: "payments.see", NextHref: "/roles/matrix?after=payments.see", Rows: []roles.MatrixRow{
				{Sentence: "Release a payment", Key: "payments.release", Shown: "4:7", Cells: []roles.MatrixCell{
					{Own: true, Via: "Payment reader", Label: "Payment approver: release a payment", Edit: edit, Ticked: false, Value: "7:4"},
					{Label: "x: release a payment", Edit: edit, Ticked: true, Value: "8:4"}, {Own: true},
				}},
				{Sentence: long, Key: "payments.see", Note: "You do not hold it, so you cannot give or take it.", Cells: []roles.MatrixCell{
					{Via: "Payment reader, through Viewer", Href: "/roles/ledger.payment-reader"}, {}, {Own: true, Via: "Viewer"},
				}},
			}},
			{Key: "ledger/payees", Label: "Payees", Permissions: 4, Counts: []int{0, 4, 0}, Href: "/roles/matrix?open=ledger%2Fpayees"},
		},
	}
	if edit {
		m.Edit, m.Action, m.Changes, m.Unseen, m.Problems = true, "/roles/matrix/edit", 3, 1, problems
		m.Hidden = []roles.Hidden{{Name: "column", Value: "7"}, {Name: "v", Value: "7:2"}}
	}
	return m
}

func review() roles.ReviewModel {
	return roles.ReviewModel{
		Action: "/roles/matrix/review", Back: "/roles/matrix/edit?give=7:4", Discard: "/roles/matrix", Hidden: []roles.Hidden{{Name: "give", Value: "7:4"}},
		Sentence: "2 roles change: 1 permission is given, 1 permission is taken away. Nothing is changed until you send it.", Same: "1 change is so already and is left out.",
		Roles: []roles.ReviewRole{
			{Name: "Payment approver", Href: "/roles/x", Privileged: true, People: "27", Gains: []roles.ReviewPermission{{Sentence: "Release a payment", Key: "payments.release", Via: "Viewer"}}},
			{Name: long, Href: "/roles/y", People: "10,000+", Loses: []roles.ReviewPermission{{Sentence: long, Key: "payments.see"}}},
		},
		Effects: []roles.ReviewEffect{{Sentence: "Release a payment", Key: "payments.release", Application: "Ledger", Gain: "At least 9,400 people"}, {Sentence: long, Key: "payments.see", Application: "Ledger", Lose: "1 person"}},
		Stale:   []roles.StaleRole{{Sentence: "Payment approver was changed by Goran Novak 20 seconds ago, after you opened the matrix.", Gains: []string{"ledger/a", "ledger/b"}, Losses: []string{"ledger/c"}}},
		Submit:  "Change 2 roles", Reason: "short", Errors: wrong, Problems: problems,
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
	notYours := review()
	notYours.Stale, notYours.Problems, notYours.Refused = nil, nil, "You hold Payment approver yourself. Somebody else has to make it."
	cases := map[string]templ.Component{
		"list":                    roles.List(list),
		"list-no-match":           roles.Rows(roles.ListModel{Search: long, Unfiltered: "/roles"}),
		"list-empty":              roles.Rows(roles.ListModel{NewHref: "/roles/new"}),
		"show":                    roles.Show(show()),
		"matrix":                  roles.Matrix(matrix(false)),
		"matrix-edit":             roles.EditMatrix(matrix(true)),
		"matrix-edit-fixed":       roles.EditMatrix(roles.MatrixModel{Edit: true, ShowHref: "/roles/matrix", Columns: []roles.MatrixColumn{{Name: "Admin", BuiltIn: true, Fixed: "Comes with Rollcall"}}}),
		"matrix-built-in":         roles.Grid(roles.MatrixModel{EditHref: "/x", Columns: []roles.MatrixColumn{{Name: "Admin", BuiltIn: true, Fixed: "Comes with Rollcall"}}, Groups: []roles.MatrixGroup{{Key: "a", Label: "Audit", Open: true, Counts: []int{0}}}}),
		"matrix-no-roles":         roles.Grid(roles.MatrixModel{}),
		"matrix-no-match":         roles.Grid(roles.MatrixModel{Search: long, Differences: true, Unfiltered: "/roles/matrix", Columns: columns}),
		"matrix-one-role":         roles.Grid(roles.MatrixModel{Differences: true, Unfiltered: "/roles/matrix", Columns: columns[:1]}),
		"matrix-same":             roles.Grid(roles.MatrixModel{Matched: 4, Search: "pay", Differences: true, Unfiltered: "/roles/matrix", Columns: columns}),
		"matrix-none":             roles.Grid(roles.MatrixModel{Columns: columns}),
		"matrix-review":           roles.Review(review()),
		"matrix-review-not-yours": roles.Review(notYours),
		"matrix-review-same":      roles.Review(roles.ReviewModel{Action: "/x", Discard: "/roles/matrix"}),
		"matrix-blocked":          roles.Review(roles.ReviewModel{Discard: "/roles/matrix", Blocked: []ui.Problem{{Text: "Nothing is changed yet."}}}),
		"compare":                 roles.Compare(compare),
		"compare-first":           roles.Compare(roles.CompareModel{Search: "pay", Rows: compare.Rows[1:], Next: "/roles/compare?after=c"}),
		"compare-no-match":        roles.CompareRows(roles.CompareModel{First: "ledger.payer", Search: long}),
		"compare-none":            roles.CompareRows(roles.CompareModel{}),
		"show-empty":              roles.Show(roles.ShowModel{Name: "Viewer", Key: "ledger.viewer", Sentence: "Sees.", Application: "Ledger", Longest: "No limit", People: "0 people", Holders: roles.HoldersModel{Role: "Viewer", Now: now}}),
		"form-new":                roles.Form(fresh),
		"form-refused":            roles.Form(refused),
		"form-stale":              roles.Form(stale),
		"remove":                  roles.Remove(roles.RemoveModel{Name: "Viewer", Action: "/roles/x/remove", Cancel: "/roles/x", Effects: []string{"The role disappears."}, Errors: wrong, Problems: problems}),
		"remove-held":             roles.Remove(roles.RemoveModel{Name: "Viewer", Cancel: "/roles/x", Held: "27 people", HeldHref: "/users?role=x"}),
		"access":                  roles.Access(access),
		"access-empty":            roles.Access(roles.AccessModel{Now: now, Empty: "Elif Kaya holds no role.", AssignHref: "/users/u1/roles/new"}),
		"access-own":              roles.Access(roles.AccessModel{Now: now, Sentences: true, Roles: []roles.Held{{Name: "Employee", Application: "Rollcall", Sentence: "Sees the own record.", Paths: []roles.Path{{Why: "groups staff at Keycloak", Since: now, State: "now"}}}}}),
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

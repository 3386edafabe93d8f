package ops_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

// long is a name nobody planned for: with markup, without a place to break, and
// from right to left.
const long = `<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</b> قسم المدفوعات`

var steps = []ops.Step{{Label: "Select", Href: "/users"}, {Label: "Preview", Current: true}, {Label: "Reason"}, {Label: "Confirm"}}

func lists() map[string]templ.Component {
	tabs := []ui.Tab{{Label: "All", Href: "/ops", Current: true}, {Label: "Open", Href: "/ops?state=open"}}
	return map[string]templ.Component{
		"list": ops.ListPage(ops.List{Tabs: tabs, Now: now, Pager: ui.Paging{Label: "Pages of operations", First: "/ops", Next: "/ops?after=80"}, Rows: []ops.Row{
			{Href: "/ops/1", Code: "DEA-118", Name: "Deactivation of 211 people", About: "Department is Sales", Tag: "Risk", State: "waiting-for-approval", StateText: "Waiting for approval", Note: "until", NoteAt: now.Add(time.Hour), People: 211, By: "Goran Novak", At: ago(time.Hour)},
			{Href: "/ops/2", Code: "DEA-117", Name: "Deactivation of " + long, State: "rejected", StateText: "Rejected", Note: "Ilse Weber rejected it: they stay.", People: 1, By: long, At: ago(26 * time.Hour)},
			{Href: "/ops/3", Code: "DEA-116", Name: "Deactivation being planned", About: long, State: "running", StateText: "Planning", People: 4_200, By: "Amara Okafor", At: now},
		}}),
		"list-none": ops.ListPage(ops.List{Tabs: tabs, Empty: &ui.Empty{Title: "Nobody was deactivated yet", Text: "A deactivation is planned first.", Href: "/users", Link: "Select people"}}),
		"approvals": ops.ApprovalsPage(ops.Approvals{Now: now, Rows: []ops.Waiting{
			{Href: "/ops/1", Code: "DEA-118", Text: "Goran Novak asks to deactivate 211 people", Privileged: 3, Reason: "The office in Brno closes.", Since: ago(23 * time.Hour), Due: now.Add(time.Hour), Urgent: true},
			{Href: "/ops/2", Code: "DEA-119", Text: "Goran Novak asks to deactivate " + long, Reason: long, Since: ago(time.Minute), Due: now.Add(24 * time.Hour)},
		}}),
		"approvals-none": ops.ApprovalsPage(ops.Approvals{Empty: &ui.Empty{Title: "No approvals waiting"}}),
	}
}

func plan() ops.Plan {
	return ops.Plan{
		ID: "1", Steps: steps, Hash: "9c41 77ab", AsOf: ago(time.Minute), At: now,
		Lead:     []ops.Part{{Text: "211 people", Strong: true}, {Text: "lose sign-in now."}, {Text: "3 left out: 2 are already deactivated, 1 is you."}},
		Friction: []string{"It concerns 211 people, more than 10.", "3 of them hold privileged access."},
		Now:      []ops.Effect{{Text: "Block sign-in", N: 211}, {Text: "End sessions in Rollcall", N: 86}, {Text: "Disable accounts", N: 612, Note: "in 9 systems"}},
		Later:    []ops.Effect{{Text: "Remove role grants", N: 1_204}}, LaterHead: "After 7 days", LaterNote: "Until then it can be undone.",
		Needed: "2 to settle",
		Breaks: []ops.Break{
			{Text: "3 people with privileged access go.", Href: "/ops/1/preview?who=privileged#people", Link: "See the 3"},
			{Text: "9 people signed in during the last 24 hours. Is this right?", Href: "/ops/1/preview?who=recent#people", Link: "See the 9", Press: &ops.Press{Action: "/ops/1/leave-out-recent", Label: "Leave out the 9", Hidden: "who signed in during the last 24 hours"}},
			{Text: "Warehouse cannot switch accounts off from here. Somebody has to do it there: 44 accounts."},
		},
		Settle: &ops.Settle{
			Action: "/ops/1/settle", Submit: "Set for all 41", Field: ui.Field{Name: "manager", Label: "New manager", Hint: "E-mail address, username or ID.", Autocomplete: "off"}, More: "/ops/1/preview?who=managers#people",
			Managers: []ops.Manager{{ID: "u1", Name: "Elif Kaya", Href: "/users/u1", Reports: 40}, {ID: "u2", Name: long, Reports: 1, New: "Goran Novak"}},
		},
		Systems: []ops.System{
			{Name: "Keycloak", Product: "Keycloak", Accounts: 198, Can: "Disables the accounts, ends their sessions and revokes their tokens. The accounts can be enabled again.", Tokens: "A token that an application there got before works until Thu 26 Nov 2026, 12:36 UTC at the latest, if it runs now.", Last: ago(2 * time.Minute)},
			{Name: "Warehouse", Product: "oidc", Accounts: 44, Lacks: []string{"Accounts there cannot be switched off from here: switch them off there."}, Warning: "This connector is paused."},
		},
		People: ops.People{
			Caption: "People of the list", Moves: true, Page: "/ops/1/preview", CSV: "/ops/1/csv", Tabs: []ui.Tab{{Label: "All", Href: "/ops/1/preview#people", Count: "214", Current: true}, {Label: "Left out", Href: "/ops/1/preview?who=out#people", Count: "3"}},
			Pager: ui.Paging{Label: "Pages of people", Range: "Places 1 to 3 of 214", Next: "/ops/1/preview?after=3#people"},
			Rows: []ops.Person{
				{ID: "u1", Name: "Elif Kaya", Href: "/users/u1", Below: "elif.kaya@northwind.example", Department: "Sales", State: "active", StateText: "Active", Tags: []ops.Tag{{Tone: ui.Warn, Text: "Privileged"}, {Tone: ui.Info, Text: "Signed in 2 hours ago"}}, Sessions: 2, Roles: 7, Accounts: 3, Move: &ops.Press{Action: "/ops/1/leave-out", Label: "Leave out", Hidden: "Elif Kaya"}},
				{ID: "u2", Name: long, State: "leaving", StateText: "Leaving", Out: "Left out by hand", Move: &ops.Press{Action: "/ops/1/take-in", Label: "Take back in", Hidden: long}},
				{ID: "u3", Name: "Amara Okafor", Below: "amara.okafor@northwind.example", State: "active", StateText: "Active", Out: "This is you"},
			},
		},
	}
}

func previews() map[string]templ.Component {
	full := plan()
	one := ops.Plan{
		ID: "2", Steps: steps, Hash: "77ab 9c41", AsOf: now, At: now, One: true, Lead: []ops.Part{{Text: "Elif Kaya", Strong: true}, {Text: "loses sign-in now."}},
		Now: []ops.Effect{{Text: "Block sign-in", N: 1}}, Later: []ops.Effect{{Text: "Remove role grants", N: 7}}, LaterHead: "After 7 days", LaterNote: "Until then it can be undone.",
		People: ops.People{Caption: "People of the list", Rows: full.People.Rows[:1]},
	}
	wrong := plan()
	wrong.Settle.Field.Value, wrong.Settle.Field.Error = long, "Nobody here has exactly this e-mail address, username or ID."
	wrong.Settle.Problems = []ui.Problem{{Name: "manager", Text: wrong.Settle.Field.Error}}
	return map[string]templ.Component{
		"preview":         ops.PreviewPage(ops.Preview{Plan: full, Blocked: "2 managers leave people behind. Choose who manages them from now on, then go on.", Cancel: "/ops/1/cancel"}),
		"preview-wrong":   ops.PreviewPage(ops.Preview{Plan: wrong, Blocked: "2 managers leave people behind.", Cancel: "/ops/1/cancel"}),
		"preview-one":     ops.PreviewPage(ops.Preview{Plan: one, Continue: "/ops/2/reason", Cancel: "/ops/2/cancel"}),
		"preview-stale":   ops.PreviewPage(ops.Preview{Plan: one, Blocked: "This plan is older than 24 hours.", Replan: &ops.Press{Action: "/ops/2/replan", Label: "Plan it again"}, Cancel: "/ops/2/cancel"}),
		"preview-nobody":  ops.PreviewPage(ops.Preview{Plan: ops.Plan{ID: "3", Lead: []ops.Part{{Text: "Nobody", Strong: true}, {Text: "loses sign-in."}}, At: now, People: ops.People{Empty: "Nobody of the list."}}}),
		"planning":        ops.PlanningPage(ops.Planning{ID: "1", Running: true, Sentence: "Rollcall looks at each person.", Done: 4_200, Of: 10_000, Words: "Counting effects: 4,200 of 10,000", Cancel: "/ops/1/cancel"}),
		"planning-follow": ops.PlanningPage(ops.Planning{ID: "1", Running: true, Follow: true, Sentence: "Rollcall looks at each person.", Words: "Counting effects: 0 of 0"}),
	}
}

func shows() map[string]templ.Component {
	frozen := plan()
	frozen.Settle, frozen.Steps, frozen.People.Moves = nil, nil, false
	changed := &ops.Changed{Sentences: []string{"3 people no longer exist.", "2 people changed since and will be left as they are."}, More: "and 4 more.", People: []ops.ChangedPerson{
		{Name: "Elif Kaya", Href: "/users/u1", Was: "Active", State: "deactivated", Text: "Deactivated"}, {Name: long, Was: "Active", State: "active", Text: "Active, access changed"},
	}}
	facts := []ops.Fact{{Label: "Reason", Text: long}, {Label: "Ticket"}, {Label: "List", Text: "9c41 77ab", Mono: true}, {Label: "Asked for", At: ago(time.Hour)}}
	said := []ops.Said{{What: "asked for this", By: "Goran Novak", Text: "The office in Brno closes.", At: ago(time.Hour), List: "9c41 77ab"}, {What: "asks", By: long, Text: long, At: now}}
	return map[string]templ.Component{
		"show-waiting": ops.ShowPage(ops.Show{
			State: "waiting-for-approval", StateText: "Waiting for approval", Sentence: "Goran Novak asks for it.", Facts: facts, Said: said, Changed: changed, Plan: &frozen, Now: now,
			Notice: &ui.Notice{Tone: ui.Bad, Text: "Everybody had to be out by Sun 22 Nov 2026, 10:00 UTC, and that is not proven."},
			Decide: &ops.Decide{Sentence: "The list is frozen as list 9c41 77ab.", Acts: []ui.Action{{Label: "Approve...", Href: "/ops/1/approve"}, {Label: "Reject...", Href: "/ops/1/reject"}, {Label: "Ask a question...", Href: "/ops/1/ask"}}},
		}),
		"show-own": ops.ShowPage(ops.Show{
			State: "waiting-for-approval", StateText: "Waiting for approval", Why: "You asked for this yourself. Somebody else has to approve it.", Facts: facts, Changed: &ops.Changed{Sentences: []string{"Nobody changed."}}, Plan: &frozen, Now: now,
			Acts: []ui.Action{{Label: "Answer the question", Kind: ui.Primary, Href: "/ops/1/answer"}, {Label: "Cancel DEA-118", Href: "/ops/1/cancel"}},
		}),
		"show-ended": ops.ShowPage(ops.Show{
			State: "done-with-failures", StateText: "Done with failures", Sentence: "2 steps failed.", Bad: true, Facts: facts, Said: said[:1], Now: now,
			Counts: []ui.Tab{{Label: "Out everywhere", Count: "209"}, {Label: "Out here, a step failed or is not confirmed", Count: "2"}}, People: &ops.People{Caption: "People of the list", Run: true, Rows: frozen.People.Rows[:1]},
		}),
		"show-expired": ops.ShowPage(ops.Show{State: "expired", StateText: "Expired", Sentence: "Nobody decided within 24 hours.", Replan: &ops.Press{Action: "/ops/1/replan", Label: "Plan it again"}, Now: now}),
	}
}

func acts() map[string]templ.Component {
	reason := ui.ReasonField(long, "", "The approvers and the auditors")
	short := ui.ReasonField("no", "Write at least 10 characters.", "The approvers and the auditors")
	changed := &ops.Changed{Sentences: []string{"Nobody changed."}}
	return map[string]templ.Component{
		"act-reason": ops.ActPage(ops.Act{
			Steps: steps, Action: "/ops/1/reason", Cancel: "/ops/1/preview", Back: "Back to the preview", Reason: &reason, Submit: "Continue: confirm", Kind: ui.Primary,
			When: &ops.When{
				Choice: ui.Field{Name: "when", Label: "When", Options: []ui.Option{{Value: "now", Label: "At once", Selected: true}, {Value: "later", Label: "At a certain time"}}},
				At:     ui.Field{Name: "at", Label: "Begins", Type: "datetime-local", Hint: "In UTC."},
			},
			Fields: []ui.Field{{Name: "undo_days", Label: "Undo window", Options: []ui.Option{{Value: "7", Label: "7 days", Selected: true}}}, {Name: "ticket", Label: "Ticket"}},
		}),
		"act-confirm": ops.ActPage(ops.Act{
			Steps: steps, Action: "/ops/1/confirm", Cancel: "/ops/1/reason", Back: "Back to the reason", Hash: "9c41", Friction: []string{"It concerns 211 people, more than 10."}, Effects: []string{"Nobody loses anything yet."},
			Facts: []ops.Fact{{Label: "Reason", Text: long}}, Typed: &ui.Field{Name: "typed", Label: "Type 211", Required: true}, Submit: "Ask to deactivate 211 people", Kind: ui.Primary,
		}),
		"act-approve": ops.ActPage(ops.Act{Action: "/ops/1/approve", Cancel: "/ops/1", Back: "Back without deciding", Hash: "9c41", Changed: changed, Reason: &reason, Submit: "Approve: deactivate 211 people now", Kind: ui.Danger}),
		"act-refused": ops.ActPage(ops.Act{Action: "/ops/1/reject", Cancel: "/ops/1", Title: "Nothing was rejected", Problems: []ui.Problem{{Name: "reason", Text: "Write at least 10 characters."}}, Reason: &short, Submit: "Reject DEA-118", Kind: ui.Primary}),
		"act-blocked": ops.ActPage(ops.Act{Cancel: "/ops/1", Blocked: "You asked for this yourself. Somebody else has to approve it."}),
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, part := range []map[string]templ.Component{lists(), previews(), shows(), acts()} {
		for name, c := range part {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				uitest.Golden(t, name, c)
			})
		}
	}
}

package ops_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

func live() ops.Live {
	return ops.Live{
		ID: "1", Refresh: "/ops/1/progress?came=failed", Running: true, State: "running", StateText: "Running", Now: now,
		Sentence: "96 of 211 done, 2 failed, 1 not confirmed. About 3 minutes left.", Done: 96, Of: 211, Words: "96 of 211 done",
		Meta: []ops.Part{{Text: "Asked for by Goran Novak"}, {Text: "Approved by " + long}, {Text: "list 9c41 77ab", Strong: true}},
		Acts: []ops.Steer{
			{Action: "/ops/1/pause", Button: ui.Action{Label: "Pause", ID: "act-pause", Key: "p"}},
			{Button: ui.Action{Label: "Stop remaining 112...", ID: "act-stop", Kind: ui.DangerOutline, Href: "/ops/1/stop"}},
		},
		Links: []ui.Action{{Label: "Receipts", Href: "/ops/1/receipts"}},
		Causes: []ops.Cause{
			{System: "ledger-prod", What: "Account switched off", Sentence: "ledger-prod answered 403: scope users.write is missing.", N: 2, Href: "/connectors/c1",
				Retry: &ops.Steer{Action: "/ops/1/retry", Button: ui.Action{Label: "Retry 2", Hidden: "at ledger-prod", ID: "retry-0", Small: true}, Hidden: []ops.Hidden{{Name: "at", Value: "c1"}}}},
			{System: long, What: "Sessions ended", Sentence: long, N: 1_204},
		},
		AppsNote: "An application counts as confirmed only when it was asked itself.",
		Apps: []ops.App{
			{Name: "Ledger", System: "Keycloak", Told: []ops.Told{{Word: "sent", N: 86}, {Word: "confirmed", N: 4}}, Until: "Until 14:00:03 UTC at the latest", Left: "3 minutes left."},
			{Name: long, System: long, Told: []ops.Told{{Word: "never-told", N: 44}}, Until: "Not known", Left: "The system does not say how long its tokens work."},
		},
		People: ops.Came{
			Tabs: []ui.Tab{{Label: "All", Count: "211", Href: "/ops/1#people"}, {Label: "Failed", Href: "/ops/1?came=failed#people", Current: true}}, Later: "Later (29 Nov)", Empty: "Nobody here.",
			Pager: ui.Paging{Label: "Pages of people", Next: "/ops/1?after=50&came=failed#people"},
			Rows: []ops.Line{
				{Name: "Elif Kaya", Href: "/users/u1", Below: "elif.kaya@northwind.example", SignIn: ops.Cell{Word: "confirmed", Text: "10:51:02"},
					Sessions: ops.Cell{Word: "sent", Note: "Keycloak accepted it. It cannot list sessions."}, Tokens: ops.Cell{Word: "failed", Note: "Keycloak answered 403."}, Later: ops.Cell{Word: "waiting", Text: "9 role grants"}},
				{Name: long, Below: long, SignIn: ops.Cell{Word: "skipped", Note: long}},
				{Name: "Jonas Weber", Below: "jonas.weber@northwind.example", Back: "Let in again at 11:02:10.", SignIn: ops.Cell{Word: "confirmed", Text: "10:51:02"}, Sessions: ops.Cell{Word: "nothing", Text: "Nothing to end"}, Tokens: ops.Cell{Word: "paused", Text: "Keycloak"}},
			},
		},
	}
}

func runs() map[string]templ.Component {
	running := ops.Run{Live: live(), Now: now, Facts: []ops.Fact{{Label: "People", Text: "211 of 214 selected"}, {Label: "Began", At: ago(time.Minute)}}, Said: []ops.Said{{What: "asked for this", By: "Goran Novak", Text: "The office in Brno closes.", At: ago(time.Hour), List: "9c41 77ab"}}}
	followed := running
	followed.Once = true
	done := running
	done.Live.Running, done.Live.State, done.Live.StateText, done.Live.Of = false, "done-with-failures", "Done with failures", 0
	done.Live.Sentence = "208 people are out. 3 not out everywhere, or not proven. Steps: 2 failed, 1 not confirmed."
	done.Live.Undo = &ui.Notice{Tone: ui.Info, Text: "Undo possible until Sun 29 Nov 2026, 10:42 UTC.", Href: "/ops/1/undo", Link: "Undo all or some"}
	done.Live.Notices = []ui.Notice{{Tone: ui.Warn, Text: "The rest was stopped by Ilse Weber."}}
	reader := done
	reader.Live.Acts, reader.Live.Causes, reader.Live.Apps, reader.Live.AppsNote, reader.Said = nil, nil, nil, "", nil
	reader.Live.People = ops.Came{Later: "Later", Empty: "Nobody here."}
	return map[string]templ.Component{
		"run": ops.RunPage(running), "run-followed": ops.RunPage(followed), "run-done": ops.RunPage(done), "run-reader": ops.RunPage(reader), "run-progress": ops.LivePart(live()),
	}
}

func receipts() map[string]templ.Component {
	m := ops.Receipts{
		Lead: []ops.Part{{Text: "Done with failures"}, {Text: "list 9c41 77ab", Strong: true}}, Tabs: []ui.Tab{{Label: "All", Count: "211", Href: "/ops/1/receipts", Current: true}},
		Acts: []ui.Action{{Label: "Signed certificate", Href: "/ops/1/certificates"}, {Label: "Download CSV", Href: "/ops/1/receipts/csv"}}, Pager: ui.Paging{Label: "Pages of receipts", Next: "/ops/1/receipts?after=50"}, Now: now,
		Rows: []ops.Receipted{
			{Name: "Elif Kaya", Href: "/users/u1", Below: "elif.kaya@northwind.example", Steps: []ops.Receipt{
				{At: ago(time.Hour), Where: "Rollcall", What: "Sign-in blocked, sessions ended", Outcome: "confirmed", Sentence: "Was Active, is deactivated.", Proof: []ops.Proof{{Label: "Before", Text: "Active"}}, Number: "#18,204", Event: "/audit/18204"},
				{At: ago(time.Hour), Where: "Keycloak", What: "Sessions ended", Outcome: "sent", Sentence: "Keycloak accepted it.", ByHand: "open the sessions of account 8f2a at Keycloak.", Number: "#18,205"},
				{Where: long, What: "Tokens Rollcall holds", Outcome: "waiting", Sentence: "Waits for its turn.", Proof: []ops.Proof{{Label: "Step", Text: long}}},
			}},
			{Name: long, Below: long},
		},
	}
	return map[string]templ.Component{"receipts": ops.ReceiptsPage(m), "receipts-none": ops.ReceiptsPage(ops.Receipts{Empty: "Nobody here"})}
}

func undos() map[string]templ.Component {
	m := ops.Undo{
		Action: "/ops/1/undo", Cancel: "/ops/1", Until: "Sun 29 Nov 2026, 10:42 UTC", Left: "6 days left.", Submit: "Undo DEA-118",
		Back: []string{"14 people may sign in again.", "26 roles that are still recorded work again."}, Not: []string{"3 sessions that ended here stay ended."},
		Who: []ops.ChangedPerson{{Name: "Elif Kaya", Href: "/users/u1", State: "active", Text: "Active, by Goran Novak"}, {Name: long, State: "removed", Text: "Removed, by " + long}}, More: "and 4 more.",
		Choice: &ui.Field{Name: "who", Label: "Who is let in again", Required: true, Options: []ui.Option{{Value: "all", Label: "All 14 people"}, {Value: "some", Label: "Only those who are ticked below", Selected: true}}},
		People: []ops.Tick{{ID: "u3", Name: "Jonas Weber", Below: "jonas.weber@northwind.example", Ticked: true}, {ID: "u4", Name: long, Below: long}},
		Range:  "Those of this page; what is ticked on another page is not kept.", Pager: ui.Paging{Label: "Pages of people", Next: "/ops/1/undo?after=200"}, Reason: ui.ReasonField("", "", "The auditors"),
	}
	refused := m
	refused.Problems, refused.Few = []ui.Problem{{Name: "people", Text: "Nobody is chosen. Nothing was undone."}}, "Nobody is chosen. Nothing was undone."
	one := m
	one.Choice, one.Who, one.People, one.More, one.Submit = nil, nil, nil, "", "Let Elif Kaya in again"
	denied := one
	denied.Denied = "Undoing needs the permission users.deactivate, and you do not hold it."
	return map[string]templ.Component{
		"undo": ops.UndoPage(m), "undo-refused": ops.UndoPage(refused), "undo-one": ops.UndoPage(one), "undo-denied": ops.UndoPage(denied),
		"undo-closed": ops.UndoPage(ops.Undo{Closed: "The undo window of DEA-118 has closed. Reactivate people one by one.", Cancel: "/ops/1"}),
	}
}

func TestGoldenRuns(t *testing.T) {
	t.Parallel()
	for _, part := range []map[string]templ.Component{runs(), receipts(), undos()} {
		for name, c := range part {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				uitest.Golden(t, name, c)
			})
		}
	}
}

package links_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

// long is a name nobody planned for: with markup, without a place to break, and
// from right to left.
const long = `<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</b> قسم المدفوعات`

var (
	tabs     = []ui.Tab{{Label: "Suggested", Href: "/links", Count: "3", Current: true}, {Label: "Linked", Href: "/links?state=linked", Count: "1,000+"}}
	problems = []ui.Problem{{Name: "reason", Text: "Write a reason of at least 10 characters. The audit log keeps it."}}
	wrong    = map[string]string{"reason": problems[0].Text}
	list     = links.ListModel{
		Tabs: tabs, State: "Suggested", Now: now, Checked: "12,481 people looked through 3 hours ago.", Next: "/links?after=x", First: "/links",
		Rows: []links.Row{
			{Href: "/links/1", Title: "Björn Sato and Bjorn Sato", Kind: "Two records", Strength: "Strong", Tone: ui.OK, For: []string{"Same employee ID"}, Against: []string{"Different departments: Treasury, Finance"}},
			{Href: "/links/2", Title: long, Kind: "Account in Ledger", Strength: "Possible", Tone: ui.Neutral, For: []string{"Same e-mail address", long}},
		},
	}
	decided = links.ListModel{Tabs: tabs, State: "Linked", Now: now, Decided: true, Rows: []links.Row{
		{Href: "/links/3", Title: "Elif Kaya and E. Kaya", Kind: "Two records", Note: "E. Kaya was merged into Elif Kaya.", At: now.AddDate(0, 0, -3), By: "Goran Novak"},
	}}
	frozen = &links.Frozen{
		Hash: "9c41aa07", StayName: "Björn Sato", GoName: "Bjorn Sato", Same: 4, Effects: []string{"Björn Sato will sign in with 2 identities."},
		Fields: []links.FrozenField{{Label: "Email", Stay: "b.sato@northwind.example", Go: "b.sato2@moravia.example", GoPicked: true}, {Label: "Title", Stay: "Analyst", StayPicked: true}},
		Roles:  []links.FrozenRole{{Name: "Payment approver", Note: "Access widens, and somebody chose so.", Keep: true, Widens: true}, {Name: "Employee", Note: "Nobody chose it."}},
	}
	people = []links.Person{
		{Label: "Stays", Name: "Björn Sato", Href: "/users/1", Status: "active"},
		{Label: "Is taken in", Name: long, Status: "invited", Lines: []string{"Disabled there."}},
	}
	suggested = links.CaseModel{
		Now: now, State: "suggested", StateLine: "Possible: same e-mail address. Found yesterday.", People: people, EmailOnly: true,
		For: []string{"Same e-mail address"}, Against: []string{"The e-mail address is not verified for both"},
		Actions: []ui.Action{{Label: "Compare and merge", Kind: ui.Primary, Href: "/links/new?a=1&b=2"}, {Label: "Not the same person", Href: "/links/1/reject"}},
	}
	asked = links.CaseModel{
		Now: now, State: "proof-asked", StateLine: "Waits for a second admin until Sun 29 Nov 2026, 10:42 UTC.", People: people, Plan: frozen,
		Reason: "same person, seen the passport", ReasonBy: "Amara Okafor, 22 Nov",
		Decide: &links.Decision{Approve: "/links/1/approve", Reject: "/links/1/reject", Hash: "9c41", Sentence: "Approving merges the two at once.", Label: "Approve and merge the two", Problems: problems, Errors: wrong},
	}
	compare = links.CompareModel{
		Now: now, Draft: "/links/new/d1", Facts: "f1", StayName: "Björn Sato", GoName: "Bjorn Sato", Changed: true,
		Rows: []links.CompareRow{
			{
				Name: "email", Label: "Email", Changed: true, Problem: "Email: the two differ. Choose one.",
				Stay: links.Cell{Text: "b.sato@northwind.example", Source: "Managed in Keycloak", At: now.AddDate(0, -3, 0)},
				Go:   links.Cell{Text: long, Source: "Kept in Rollcall", Picked: true},
			},
			{Name: "manager", Label: "Manager", Stay: links.Cell{Text: "Bjorn Sato", Source: "Kept in Rollcall", Blocked: "Nobody can be their own manager."}, Go: links.Cell{Source: "Kept in Rollcall", Picked: true}},
		},
		Same:     []links.SameRow{{Label: "Department", Text: "Treasury"}},
		Result:   links.ResultModel{Open: 1, Fields: []links.SameRow{{Label: "Department", Text: "Treasury"}, {Label: "Manager"}}},
		Problems: []ui.Problem{{Name: "pick.email", Text: "Email: the two differ. Choose one."}},
	}
	access = links.AccessModel{
		Draft: "/links/new/d1", Facts: "f1", StayName: "Björn Sato", GoName: "Bjorn Sato", Held: []string{"Employee"},
		Offers: []links.Offer{
			{ID: "7", Name: "Employee", Sentence: "See own access", Why: "Given by Goran Novak", Keep: true, Note: "Björn Sato holds it already: Goran Novak."},
			{ID: "8", Name: "Payment approver", Sentence: long, Why: "Because of groups finance at Keycloak", Until: now.AddDate(0, 1, 0), Privileged: true, Widens: true, Changed: true, Note: "New for Björn Sato.", Refusal: "You may not assign or remove privileged roles."},
		},
		Accounts: []links.System{{Name: "ledger-prod", Stay: []string{"b.sato"}, Go: []string{"b.sato2 (disabled)"}, Twice: true}},
	}
)

func TestGolden(t *testing.T) {
	t.Parallel()
	found := links.Found{PublicID: "u1", Name: "Björn Sato", About: "b.sato@northwind.example, Analyst", Status: "active"}
	for name, c := range map[string]templ.Component{
		"list": links.List(list), "list-rows": links.Rows(list), "list-decided": links.List(decided),
		"list-empty": links.List(links.ListModel{Tabs: tabs, Empty: ui.Empty{Title: "No likely duplicates among 12,481 people", Text: "Checked today."}}),
		"suggested":  links.Case(suggested), "asked": links.Case(asked),
		"changed": links.Case(links.CaseModel{
			Now: now, State: "proof-asked", People: people, Plan: frozen, Changed: []string{"Title of Bjorn Sato changed: was none, is Analyst."},
			Stopped: "Bjorn Sato is deactivated.", CannotDo: "You asked for this yourself.",
		}),
		"receipt": links.Case(links.CaseModel{
			Now: now, State: "linked", StateLine: "yesterday by Goran Novak", People: people, Receipt: frozen.Effects, Plan: frozen, Until: "It can be taken apart until Tue 22 Dec 2026, 10:42 UTC.",
			Actions: []ui.Action{{Label: "Take the merge apart", Kind: ui.DangerOutline, Href: "/links/1/split"}},
		}),
		"choose": links.Choose(links.ChooseModel{A: links.Picker{Name: "a", Label: "Who stays", Chosen: found}, B: links.Picker{Name: "b", Label: "Who is taken in", Search: "sato", Found: []links.Found{found}, More: true}}),
		"choose-refused": links.Choose(links.ChooseModel{
			A: links.Picker{Name: "a", Label: "Who stays", Problem: "Search for the person who stays, and choose one."}, B: links.Picker{Name: "b", Label: "Who is taken in", Search: long},
			Problems: []ui.Problem{{Name: "a", Text: "Search for the person who stays, and choose one."}},
		}),
		"pickers": links.Pickers(links.ChooseModel{A: links.Picker{Name: "a", Label: "Who stays", Search: "sato", Found: []links.Found{found}}, B: links.Picker{Name: "b", Label: "Who is taken in"}}),
		"compare": links.Compare(compare), "compare-equal": links.Compare(links.CompareModel{Draft: "/links/new/d1", StayName: "A", GoName: "B"}),
		"result": links.Result(compare.Result),
		"access": links.Access(access), "access-none": links.Access(links.AccessModel{Draft: "/links/new/d1", StayName: "A", GoName: "B", Changed: true, Problems: problems}),
		"confirm": links.Confirm(links.ConfirmModel{
			Draft: "/links/new/d1", Facts: "f1", Effects: frozen.Effects, Widens: []string{"Payment approver: releases payments."}, Submit: "Ask for the merge", Problems: problems,
			Proof:  ui.Field{Name: "proof", Label: "How it is proved", Required: true, Options: []ui.Option{{Value: "sign-in", Label: "The person signs in with both", Disabled: true}, {Value: "second-admin", Label: "A second admin approves"}}},
			Reason: ui.ReasonField("x", problems[0].Text, "The admins"),
		}),
		"act": links.ActPage(links.Act{
			Action: "/links/1/split", Cancel: "/links/1", Title: "Nothing was taken apart", Effects: []string{"Bjorn Sato comes back."}, Kept: []string{"Changed since and kept: Email."}, Submit: "Take the merge apart", Kind: ui.Danger,
			Tick: &ui.Field{Name: "locked", Label: "Leave them without a way in"}, Reason: ui.ReasonField("", "", "The admins"),
		}),
		"act-form": links.ActPage(links.Act{
			Action: "/users/1/identities/new", Cancel: "/users/1", Submit: "Ask for the link", Kind: ui.Primary, Title: "Nothing was asked for", Problems: problems,
			Fields:  []ui.Field{{Name: "provider", Label: "Provider", Options: []ui.Option{{Label: "Choose one"}, {Value: "k", Label: "Keycloak"}}}, {Name: "subject", Label: "Subject", Mono: true}},
			Choices: &ui.Field{Name: "proof", Label: "How it is proved", Options: []ui.Option{{Value: "sign-in", Label: "The person signs in"}}}, Reason: ui.ReasonField("", problems[0].Text, ""),
		}),
		"act-blocked": links.ActPage(links.Act{Cancel: "/links/1", Blocked: "This merge cannot be split automatically."}),
		"asked-me": links.Asked(links.AskedModel{
			Sentence: "Amara Okafor asks you to prove that both are you.", Effects: frozen.Effects, Until: "Until Sun 29 Nov 2026, 10:42 UTC.",
			Ways: []links.Way{{Label: "Sign in at Keycloak", Action: "/me/links/1", Provider: "keycloak"}},
		}),
		"asked-done": links.Asked(links.AskedModel{Done: "Nobody waits for this proof any more."}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
			if html := uitest.Draw(t, c); strings.Contains(html, "<b>Donau") {
				t.Error("markup in a name is not escaped")
			}
		})
	}
}

// Nothing is chosen where the two disagree, and what widens is not ticked.
func TestNothingIsPreChosen(t *testing.T) {
	t.Parallel()
	m := compare
	m.Rows = []links.CompareRow{{Name: "email", Label: "Email", Stay: links.Cell{Text: "a"}, Go: links.Cell{Text: "b"}}}
	if html := uitest.Draw(t, links.Compare(m)); strings.Contains(html, " checked") {
		t.Error("a value is chosen by the page")
	}
	if html := uitest.Draw(t, links.Access(access)); strings.Count(html, " checked") != 1 {
		t.Error("a role that widens access is ticked by the page")
	}
}

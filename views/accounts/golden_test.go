package accounts_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/accounts"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

const markup = `<img src=x onerror=alert(1)>"'&`

func locked() accounts.SignIn {
	return accounts.SignIn{
		Name: "Elif", Path: "/users/0199/signin", Mark: "no", Now: now, ReadAt: now.Add(-3 * time.Second),
		Sentence: "No. Locked by Keycloak at 09:58 UTC after 5 wrong passwords, the last from 203.0.113.9. Unlocks by itself at 10:58 UTC.",
		Groups: []accounts.Group{
			{Name: "Rollcall", Checks: []accounts.Check{
				{Mark: "yes", Text: "Status in Rollcall is Active since 4 Mar 2024."}, {Mark: "yes", Text: "Has a role in Rollcall."},
				{Mark: "note", Text: "Last turned away here 2 days ago: had no role."},
			}},
			{Name: "Keycloak", Checks: []accounts.Check{
				{Mark: "no", Text: "Locked at 09:58 UTC after 5 wrong passwords."}, {Mark: "unknown", Text: "Which factors are enrolled is not known."},
			}},
		},
		Do: &ui.Action{Label: "Unlock now", Kind: ui.Primary, Href: "/users/0199/accounts/ab12/unlock"},
	}
}

func later() accounts.SignIn {
	m := locked()
	m.Later, m.Mark, m.Sentence, m.Do = true, "unknown", "Not known. Nothing in Rollcall keeps Elif out. Keycloak has not been asked yet.", nil
	return m
}

func refused() accounts.SignIn {
	m := locked()
	m.Name, m.Do, m.Advice, m.Alone = markup, nil, "You may not unlock accounts: it needs the permission accounts.unlock. Ask an admin.", true
	m.Groups[1] = accounts.Group{Name: markup, Checks: []accounts.Check{{Mark: "no", Text: markup}}}
	return m
}

func held() accounts.Accounts {
	return accounts.Accounts{Path: "/users/0199/accounts", Now: now, Summary: "2 of 3 read just now", Rows: []accounts.Account{
		{System: "Keycloak", Name: "elif.kaya", ID: "8f2a-11", State: "active", Word: "Active", Match: "yes", Matches: "In step", ReadAt: now},
		{System: "Ledger", Name: markup, ID: markup, State: "active", Word: "Active", Match: "drift", Matches: "Drift: active there, deactivated here", Href: "/sync/drift", ReadAt: now.Add(-time.Hour)},
		{System: "Warehouse", ID: "77", Match: "unknown", Matches: "Not known", Why: "Warehouse did not answer in time."},
	}}
}

func open() accounts.Sessions {
	return accounts.Sessions{Path: "/users/0199/sessions", CanEnd: true, Now: now, Systems: []accounts.System{
		{Name: "Keycloak", ReadAt: now, Rows: []accounts.Session{
			{ID: "s-ab", Apps: "Ledger and Rollcall", IP: "203.0.113.9", Short: "01234567…", Started: now.Add(-3 * time.Hour), Seen: now.Add(-time.Minute), EndHref: "/users/0199/accounts/ab/sessions/cd/end"},
			{ID: "s-cd", Apps: markup, Offline: true, Short: "89abcdef…", Started: now.AddDate(0, -2, 0), Seen: now.AddDate(0, -1, 0), EndHref: "/users/0199/accounts/ab/sessions/ef/end"},
		}},
		{Name: "Okta", Failed: "Okta did not answer in time.", Retry: true},
		{Name: "Warehouse", Failed: "Warehouse cannot list sessions."},
		{Name: "dex", ReadAt: now},
	}}
}

func outcome(openYet bool) accounts.Outcomes {
	m := accounts.Outcomes{
		ID: "act-0199", Title: "Deactivated", By: "Goran Novak", At: now.Add(-2 * time.Minute), Reason: markup, Now: now,
		Refresh: "/users/0199/outcomes/latest", All: "/users/0199/outcomes", Live: true,
		Lines: []accounts.Line{
			{Where: "Rollcall", What: "Sessions", Outcome: "confirmed", Sentence: "2 sessions ended with the change itself. The next request is refused.", At: now.Add(-2 * time.Minute)},
			{Where: "Keycloak", What: "Account", Outcome: "confirmed", Sentence: "Deactivated at Keycloak: active before, deactivated when read back.", At: now.Add(-time.Minute),
				Proof: []accounts.Proof{{Label: "Account", Text: "8f2a-11"}, {Label: "Read before", Text: "2026-11-22T10:40:01Z: account known, active; SHA-256 01234567…"}}},
			{Where: "Keycloak", What: "Sessions", Outcome: "confirmed", Sentence: "1 session ended at Keycloak: open before, gone when read back.", At: now.Add(-time.Minute)},
			{Where: "Ledger", Within: true, What: "Sign-out", Outcome: "sent", Sentence: "Told at its sign-out address. What it did is not known; a token it holds works until 10:45:00 UTC at the latest.", At: now.Add(-time.Minute)},
			{Where: "Warehouse", Within: true, What: "Sign-out", Outcome: "never-told", Sentence: "It has no sign-out address: ends by 10:45:00 UTC when its token expires.", At: now.Add(-time.Minute)},
			{Where: "Keycloak", What: "Offline access", Outcome: "nothing", Sentence: "Nothing to take back: no application held an offline session at Keycloak.", At: now.Add(-time.Minute)},
			{Where: "Okta", What: "Account", Outcome: "failed", Sentence: "Okta answered that it was done, but the account is still active there.", At: now},
		},
	}
	if openYet {
		m.Open = true
		m.Lines = append(m.Lines, accounts.Line{Where: "dex", What: "Account", Outcome: "waiting", Sentence: "dex does not answer.", Next: "Next try at 10:42:08 UTC."})
	}
	return m
}

func TestGolden(t *testing.T) {
	t.Parallel()
	proven := outcome(false)
	proven.Proofs, proven.Live, proven.All = true, false, ""
	alone := held()
	alone.Alone, alone.Store = true, "/users/0199/accounts/read"
	for name, c := range map[string]templ.Component{
		"signin-locked":  accounts.SignInSection(locked()),
		"signin-later":   accounts.SignInSection(later()),
		"signin-page":    accounts.SignInPage(refused()),
		"accounts":       accounts.AccountsTable(held()),
		"accounts-page":  accounts.AccountsPage(alone),
		"accounts-none":  accounts.AccountsPage(accounts.Accounts{}),
		"sessions":       accounts.SystemSessions(open()),
		"sessions-later": accounts.SystemSessions(accounts.Sessions{Path: "/users/0199/sessions", Later: true, Names: "Keycloak and Okta", Now: now}),
		"sessions-none":  accounts.SessionsPage(accounts.Sessions{}),
		"outcomes-open":  accounts.LatestSection(outcome(true)),
		"outcomes-page":  accounts.OutcomesPage(accounts.Page{Acts: []accounts.Outcomes{proven}, Older: "/users/0199/outcomes?after=7"}),
		"outcomes-none":  accounts.OutcomesPage(accounts.Page{}),
		"act":            accounts.ActPage(accounts.Act{Action: "/x", Cancel: "/y", Once: "form", Effects: []string{"Lifts the lock."}, Submit: "Unlock account", Kind: ui.Primary, Reason: ui.ReasonField("", "", "Everybody who may read the audit log")}),
		"act-refused":    accounts.ActPage(accounts.Act{Action: "/x", Cancel: "/y", Problems: []ui.Problem{{Text: "Somebody was faster."}}, Submit: "Unlock account", Reason: ui.ReasonField(markup, "Write a reason.", "Everybody")}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

package accounts

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/accounts"
	"github.com/rollcall/rollcall/views/ui"
)

// Accounts answers GET /users/:id/accounts; with ?read=now every system is asked.
func (p *Pages) Accounts(c *web.Call) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	read := p.Insight.Accounts
	if c.Query("read") == "now" {
		read = p.Insight.ReadAccounts
	}
	list, err := read(c.Ctx(), c.Tenant(), subject(person))
	if err != nil {
		return err
	}
	m := p.accountsModel(c, person, list)
	part := view.AccountsTable(m)
	m.Alone = true
	return c.Render(web.Page{
		Title: "Accounts of " + person.DisplayName, Crumbs: crumbs(person, "Accounts"), Fragment: part, Status: m.Summary,
	}, view.AccountsPage(m))
}

// ReadAccounts answers POST /users/:id/accounts/read.
func (p *Pages) ReadAccounts(c *web.Call) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	if p.Read != nil {
		if err := p.Read(c.Ctx(), c.Actor(), person.PublicID); err != nil {
			return err
		}
	}
	return c.Redirect(path(person) + "?ok=accounts-read#identities")
}

// AccountsSection draws the accounts as they were read last; nil when there are
// none.
func (p *Pages) AccountsSection(c *web.Call, person directory.Person) (web.Component, error) {
	list, err := p.Insight.Accounts(c.Ctx(), c.Tenant(), subject(person))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return view.AccountsTable(p.accountsModel(c, person, list)), nil
}

func (p *Pages) accountsModel(c *web.Call, person directory.Person, list []insight.Account) view.Accounts {
	m := view.Accounts{Path: path(person) + "/accounts", Now: c.Now()}
	if p.Read != nil && c.Can(models.SyncRead) {
		m.Store = path(person) + "/accounts/read"
	}
	live := 0
	for _, a := range list {
		row := view.Account{System: a.Name, Name: a.Username, ID: a.Held.Account, ReadAt: a.ReadAt, Why: a.Why}
		row.State, row.Word = stateWords(a)
		row.Match, row.Matches = matchWords(a, person.Status)
		if row.Match == drift && p.Drift != "" && c.Can(models.SyncRead) {
			row.Href = p.Drift
		}
		m.Rows = append(m.Rows, row)
		if a.Live {
			live++
		}
	}
	switch {
	case live == len(list) && live > 0:
		m.Summary = "All read just now"
	case live > 0:
		m.Summary = ui.Count(live) + " of " + ui.Count(len(list)) + " read just now"
	}
	return m
}

const drift = "drift"

// stateWords says how an account stands at its system.
func stateWords(a insight.Account) (state, word string) {
	switch {
	case a.Gone:
		return string(models.Removed), "Not there"
	case a.Is == insight.Yes:
		return string(models.Active), "Active"
	case a.Is == insight.No:
		return string(models.Deactivated), "Deactivated"
	}
	return "", ""
}

// matchWords says whether that is as it should be.
func matchWords(a insight.Account, here models.Status) (match, words string) {
	in, known := a.InStep()
	switch {
	case !known:
		return "unknown", "Not known"
	case in:
		return "yes", "In step"
	case a.Gone:
		return drift, "Drift: unknown there, " + word(here) + " here"
	case a.Is == insight.Yes:
		return drift, "Drift: active there, " + word(here) + " here"
	}
	return drift, "Drift: deactivated there, " + word(here) + " here"
}

func word(s models.Status) string {
	switch s {
	case models.Deactivated:
		return "deactivated"
	case models.Suspended:
		return "suspended"
	case models.Removed:
		return "removed"
	case models.Leaving:
		return "leaving"
	case models.Active, models.Invited:
	}
	return "active"
}

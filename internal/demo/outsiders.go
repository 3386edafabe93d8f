package demo

import (
	"fmt"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// outsiders gives what an outside system knows: the accounts of the people who
// come from it, in step with the directory as far as no story says otherwise.
func (c *company) outsiders(provider string) []connector.Account {
	var all []connector.Account
	known := map[string]bool{}
	for _, p := range c.people {
		if p.provider == provider {
			all = append(all, p.account())
			known[p.subject] = true
		}
	}
	if provider != ProviderKey {
		return all
	}
	for _, a := range accounts() { // who may be chosen at the provider and is nobody here yet
		if !known[a.Subject] {
			all = append(all, connector.Account{
				ID: a.Subject, Username: a.Username, Email: a.Email, EmailVerified: true, DisplayName: a.Name, GivenName: a.Given, FamilyName: a.Family,
				Enabled: true, Attributes: map[string][]string{}, Groups: a.Groups, Roles: []string{}, CreatedAt: c.now.AddDate(0, 0, -3),
			})
		}
	}
	return all
}

// account is what the system that a person comes from says of them. Two who are
// out here were forgotten there: they sign in, and the console turns them away.
func (p *person) account() connector.Account {
	a := connector.Account{
		ID: p.subject, Username: p.username, Email: p.email, EmailVerified: true, DisplayName: p.name(), GivenName: p.Given, FamilyName: p.Family,
		Enabled: p.status != models.Suspended && p.status != models.Deactivated || p.key == partSuspended || p.key == partDeactivated, Groups: claims(p), Roles: []string{}, CreatedAt: p.created,
		Attributes: map[string][]string{
			"department": {p.dept.name}, "title": {p.title}, "location": {p.site}, "cost_centre": {p.costCentre}, "employee_id": {fmt.Sprintf("NW-%06d", p.number)},
		},
	}
	if a.Groups == nil {
		a.Groups = []string{}
	}
	if p.phone != "" {
		a.Attributes["phone"] = []string{p.phone}
	}
	return a
}

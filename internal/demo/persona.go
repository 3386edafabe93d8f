package demo

import "github.com/rollcall/rollcall/models"

// What the console must be told about the provider of the demo.
const (
	ProviderKey  = "northwind"
	ProviderName = "Northwind ID"
	ProviderPath = "/demo-provider" // below the site's address; the issuer is both together
	ClientID     = "rollcall"

	// EmailDomain is the organisation's; people of it are let wait for approval
	// when they sign in unknown.
	EmailDomain = "northwind.example"

	// Banner stands on every page.
	Banner = "Demo data, resets on restart."
)

// Keys of the two places people's accounts come from. Only the first can be
// signed in with; the second is what a bought company brought along.
const supplierKey = "keycloak"

// SourceNames gives the names of the providers in the data, for pages.
var SourceNames = map[string]string{ProviderKey: ProviderName, supplierKey: "Keycloak"}

// RoleRule gives a console role to whoever has a value in a claim.
type RoleRule struct {
	Claim   string
	Value   string
	RoleKey string
}

// RoleRules are the explicit mappings of claims to roles that the demo's data
// assumes; the console must be configured with exactly these.
func RoleRules() []RoleRule {
	return []RoleRule{
		{Claim: "groups", Value: groupStaff, RoleKey: models.RoleEmployee},
		{Claim: "groups", Value: groupServiceDesk, RoleKey: models.RoleHelpdesk},
		{Claim: "groups", Value: groupPeopleLeads, RoleKey: models.RoleManager},
		{Claim: "groups", Value: groupInternalAudit, RoleKey: models.RoleAuditor},
	}
}

// Groups the provider puts into the claim.
const (
	groupStaff         = "staff"
	groupServiceDesk   = "service-desk"
	groupPeopleLeads   = "people-leads"
	groupInternalAudit = "internal-audit"
)

// Persona is somebody to try the console as.
type Persona struct {
	Key      string // "admin"
	Name     string // "Amara Okafor"
	Role     string // "Admin"
	Enter    string // label of the console's button: "Enter as admin"
	Hint     string // value of login_hint that signs in at once
	Subject  string // at the provider; never changes
	Sentence string // what there is to see
}

// Keys of the personas.
const (
	PersonaAdmin    = "admin"
	PersonaHelpdesk = "helpdesk"
	PersonaManager  = "manager"
	PersonaAuditor  = "auditor"
	PersonaEmployee = "employee"
)

// Personas lists the five who can do their work in the console.
func Personas() []Persona {
	return []Persona{
		{Key: PersonaAdmin, Name: "Amara Okafor", Role: "Admin", Enter: "Enter as admin", Hint: PersonaAdmin, Subject: "nw-amara-okafor", Sentence: "Finds and edits people, gives roles, deactivates, reads the log."},
		{Key: PersonaHelpdesk, Name: "Jonas Lindqvist", Role: "Helpdesk", Enter: "Enter as helpdesk", Hint: PersonaHelpdesk, Subject: "nw-jonas-lindqvist", Sentence: "Answers whether somebody can sign in, suspends, ends sessions."},
		{Key: PersonaManager, Name: "Elif Kaya", Role: "Manager", Enter: "Enter as manager", Hint: PersonaManager, Subject: "nw-elif-kaya", Sentence: "Leads nine people; the last day of one of them has passed."},
		{Key: PersonaAuditor, Name: "Ilse Weber", Role: "Auditor", Enter: "Enter as auditor", Hint: PersonaAuditor, Subject: "nw-ilse-weber", Sentence: "Reads everything, changes nothing."},
		{Key: PersonaEmployee, Name: "Mateus Carvalho", Role: "Employee", Enter: "Enter as employee", Hint: PersonaEmployee, Subject: "nw-mateus-carvalho", Sentence: "Sees own access and own sessions."},
	}
}

// Account is somebody the provider knows.
type Account struct {
	Key      string // what the page's button and login_hint send
	Subject  string
	Given    string
	Family   string
	Name     string
	Email    string
	Username string
	Groups   []string
	Role     string // "admin": stands on the button
	Sentence string
	Refused  bool // the console will not let them in, which is what there is to see
}

// subjectBjornAgain is the second account of somebody who came with a bought company.
const subjectBjornAgain = "nw-b-sato"

// accounts lists who may be chosen at the provider: the personas, and a few
// whom the console treats differently.
func accounts() []Account {
	groups := map[string][]string{
		PersonaHelpdesk: {groupStaff, groupServiceDesk},
		PersonaManager:  {groupStaff, groupPeopleLeads},
		PersonaAuditor:  {groupStaff, groupInternalAudit},
	}
	var all []Account
	for _, p := range Personas() {
		given, family := splitName(p.Name)
		a := Account{Key: p.Key, Subject: p.Subject, Given: given, Family: family, Name: p.Name, Role: p.Role, Sentence: p.Sentence, Groups: groups[p.Key]}
		if a.Groups == nil {
			a.Groups = []string{groupStaff}
		}
		all = append(all, a)
	}
	all = append(all,
		Account{Key: "second-admin", Subject: "nw-goran-novak", Given: "Goran", Family: "Novak", Name: "Goran Novak", Groups: []string{groupStaff}, Role: "Second admin", Sentence: "Approves or rejects what the first admin asks for."},
		Account{Key: "two-records", Subject: "nw-bjorn-sato", Given: "Björn", Family: "Sato", Name: "Björn Sato", Groups: []string{groupStaff}, Role: "Two records", Sentence: "May be the same person as the next."},
		Account{Key: "two-records-again", Subject: subjectBjornAgain, Given: "Bjorn", Family: "Sato", Name: "Bjorn Sato", Username: "b.sato", Groups: []string{groupStaff}, Role: "Second record", Sentence: "Proves that both are one human, when an admin asks."},
		Account{Key: "invited", Subject: "nw-sofia-marchetti", Given: "Sofia", Family: "Marchetti", Name: "Sofia Marchetti", Groups: []string{groupStaff}, Role: "Invited", Sentence: "Comes for the first time and becomes active."},
		Account{Key: "unknown", Subject: "nw-kwabena-asante", Given: "Kwabena", Family: "Asante", Name: "Kwabena Asante", Groups: []string{groupStaff}, Role: "Not in the directory", Sentence: "Is created by rule and waits for approval.", Refused: true},
		Account{Key: "suspended", Subject: "nw-dmitri-volkov", Given: "Dmitri", Family: "Volkov", Name: "Dmitri Volkov", Groups: []string{groupStaff}, Role: "Suspended", Sentence: "Is turned away with the reason and the next step.", Refused: true},
		Account{Key: "deactivated", Subject: "nw-hannah-brandt", Given: "Hannah", Family: "Brandt", Name: "Hannah Brandt", Groups: []string{groupStaff}, Role: "Deactivated", Sentence: "Is turned away for good.", Refused: true},
	)
	for i := range all {
		if all[i].Username == "" {
			all[i].Username = handle(all[i].Given, all[i].Family)
		}
		all[i].Email = all[i].Username + "@" + EmailDomain
	}
	return all
}

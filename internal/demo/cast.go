package demo

import (
	"slices"

	"github.com/rollcall/rollcall/internal/seed"
)

// Keys of people who play a part besides the personas.
const (
	partChiefSecurity = "chief-security" // second admin
	partStandIn       = "stand-in"       // third admin, for some weeks
	partLeaver        = "leaver"         // in the manager's team, left and still in
	partInvited       = "invited"
	partSuspended     = "suspended"
	partDeactivated   = "deactivated"
	partTwoAccounts   = "two-accounts" // signs in at both providers
	partLetIn         = "let-in"       // came by rule and was let in
)

// teamOfManager is how many people the manager persona leads.
const teamOfManager = 9

// part is a role in the play: who takes it, and where they work.
type part struct {
	key        string
	name       string
	department string
	title      string
	subject    string // "": as everybody
}

func playbill() []part {
	parts := []part{
		{partChiefSecurity, "Goran Novak", "Information Security", "Chief Information Security Officer", "nw-goran-novak"},
		{PersonaAdmin, "", "Information Security", "Identity and Access Manager", ""},
		{partStandIn, "Priya Raman", "IT Operations", "Senior Systems Administrator", ""},
		{PersonaHelpdesk, "", "Service Desk", "Senior Service Desk Analyst", ""},
		{PersonaAuditor, "", "Internal Audit", "IT Auditor", ""},
		{PersonaManager, "", "Finance", "Team Lead, Accounts Payable", ""},
		{PersonaEmployee, "", "Finance", "Accounts Payable Specialist", ""},
		{partLeaver, "Henrik Solberg", "Finance", "Accounts Payable Specialist", ""},
		{partTwoAccounts, "Björn Sato", "Treasury and Tax", "Treasury Analyst", "nw-bjorn-sato"},
		{partLetIn, "Tomáš Růžička", "Marketing", "Event Manager", ""},
		{partInvited, "Sofia Marchetti", "Marketing", "Content Editor", "nw-sofia-marchetti"},
		{partSuspended, "Dmitri Volkov", "Site Reliability", "Site Reliability Engineer", "nw-dmitri-volkov"},
		{partDeactivated, "Hannah Brandt", "Sales EMEA", "Key Account Manager", "nw-hannah-brandt"},
	}
	for _, p := range Personas() {
		for i := range parts {
			if parts[i].key == p.Key {
				parts[i].name, parts[i].subject = p.Name, p.Subject
			}
		}
	}
	return parts
}

// cast gives the parts to people of the right departments.
func (c *company) cast() {
	lead := c.managersTeam()
	for _, part := range playbill() {
		var p *person
		switch part.key {
		case PersonaManager:
			p = lead
		case partChiefSecurity:
			p = c.find(func(p *person) bool { return p.dept.name == part.department && p.depth == 1 })
		case PersonaEmployee, partLeaver:
			p = c.find(func(p *person) bool { return p.boss == lead && p.key == "" })
		default:
			p = c.find(func(p *person) bool {
				return p.dept.name == part.department && p.key == "" && !p.leads() && p.boss != lead
			})
		}
		p.Given, p.Family = splitName(part.name)
		p.key, p.title, p.subject, p.external = part.key, part.title, part.subject, false
		c.parts[part.key] = p
		c.reserve(p)
	}
	c.scripts()
}

// reserve keeps the address of somebody who plays a part from namesakes.
func (c *company) reserve(p *person) {
	p.username = handle(p.Given, p.Family)
	c.handles[p.username]++
}

func (c *company) find(match func(*person) bool) *person {
	i := slices.IndexFunc(c.people, match)
	if i < 0 {
		panic("demo: nobody left for a part") // a company without would be a mistake in this package
	}
	return c.people[i]
}

// managersTeam finds a team in Finance and makes it the size it must have, by
// moving people from or to another team of the same level.
func (c *company) managersTeam() *person {
	small := func(p *person) bool {
		return p.dept.name == "Finance" && p.leads() && !slices.ContainsFunc(c.people, func(q *person) bool { return q.boss == p && q.leads() })
	}
	lead := c.find(small)
	other := c.find(func(p *person) bool { return small(p) && p != lead && p.depth == lead.depth })
	for lead.reports != teamOfManager {
		from, to := other, lead
		if lead.reports > teamOfManager {
			from, to = lead, other
		}
		mover := c.find(func(p *person) bool { return p.boss == from })
		mover.boss = to
		from.reports--
		to.reports++
	}
	lead.title = "Team Lead, Accounts Payable"
	for _, p := range c.people {
		if p.boss == lead {
			p.external = false
		}
	}
	return lead
}

// scripts writes some names as their owners write them.
func (c *company) scripts() {
	for _, s := range []struct{ given, family, display, handle, site string }{
		{"陽子", "田中", "田中 陽子", "yoko.tanaka", "Tokyo"},
		{"健一", "佐藤", "佐藤 健一", "kenichi.sato", "Tokyo"},
		{"小明", "王", "王小明", "xiaoming.wang", "Shanghai"},
		{"Ольга", "Петренко", "Ольга Петренко", "olha.petrenko", "Warsaw"},
		{"Αλέξανδρος", "Παπαδόπουλος", "Αλέξανδρος Παπαδόπουλος", "alexandros.papadopoulos", "Berlin"},
		{"أحمد", "حسن", "أحمد حسن", "ahmed.hassan", "Dubai"},
		{"נועה", "כהן", "נועה כהן", "noa.cohen", "London"},
		{"민준", "김", "김민준", "minjun.kim", "Singapore"},
	} {
		p := c.find(func(p *person) bool {
			return p.key == "" && !p.leads() && !p.external && slices.Contains(p.dept.sites, s.site)
		})
		p.Name = seed.Name{Given: s.given, Family: s.family}
		p.key, p.display, p.username = "script", s.display, s.handle
		c.handles[s.handle]++
	}
}

package demo

import (
	"math/rand/v2"
	"time"

	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/models"
)

// special gives the roles that have a story.
func (g *granter) special() {
	r := seed.Source(seedNumber+5, 0)
	g.administrators()
	g.payments(r)
	g.deployers(r)
	g.deskTwice(r)
	g.overdueWithPower(r)
	g.gone(r)
	g.ahead(r)
}

func (g *granter) administrators() {
	g.all = append(g.all,
		grant{to: g.parts[partChiefSecurity], role: models.RoleAdmin, by: amara, at: g.opened.Add(26 * time.Hour), reason: "Second administrator, so that nobody is the last one"},
		grant{to: g.parts[partStandIn], role: models.RoleAdmin, by: goran, at: g.now.Add(-12 * 24 * time.Hour), until: g.day(20).Add(18 * time.Hour), reason: "Stands in for Amara Okafor during her leave"},
		grant{to: g.parts[partStandIn], role: helpdeskLead, by: amara, at: g.opened.Add(28 * time.Hour), reason: "Runs the service desk of all regions"},
		grant{to: g.parts[PersonaAdmin], role: vpnAdmin, by: goran, at: g.opened.Add(30 * time.Hour), until: g.day(40), reason: "Runs the VPN until the new gateway is in place"},
		grant{to: g.parts[PersonaEmployee], role: paymentPreparer, by: amara, at: g.now.Add(-33 * 24 * time.Hour), until: g.day(4).Add(18 * time.Hour), reason: "REQ-2291: prepares the payments of the Iberian subsidiaries until the audit is over"},
		grant{to: g.parts[PersonaEmployee], role: ledgerAccountant, by: amara, at: g.now.Add(-33 * 24 * time.Hour), reason: "REQ-2291: posts for the Iberian subsidiaries"},
		grant{to: g.parts[PersonaManager], role: financeLead, by: goran, at: g.now.Add(-190 * 24 * time.Hour), reason: "Leads Accounts Payable since June"},
		grant{to: g.parts[partLeaver], role: paymentApprover, by: goran, at: g.now.Add(-160 * 24 * time.Hour), reason: "Covers for Elif Kaya during her holiday"},
	)
}

// payments hands out the power to release money, mostly without an end.
func (g *granter) payments(r *rand.Rand) {
	n := 0
	for _, p := range g.people {
		if p.dept.kind != kindFinance || p.key != "" || !p.in() || p.external {
			continue
		}
		one := grant{to: p, by: pick(r, []string{amara, goran}), at: g.now.Add(-time.Duration(50+r.IntN(300)) * 24 * time.Hour)}
		switch {
		case n < privilegedNoEnd:
			one.role, one.reason = paymentApprover, "Releases payments of the own team"
		case n < privilegedNoEnd+6:
			one.role, one.until, one.reason = paymentApprover, g.day(30+r.IntN(90)), "Covers for a colleague on parental leave"
		case n < privilegedNoEnd+11:
			one.role, one.until, one.reason = periodClose, g.day(45), "Year-end close"
		case n < privilegedNoEnd+17:
			one.role, one.reason = financeLead, "Leads an accounting team"
		default:
			return
		}
		one.at = latest(one.at, p.created.Add(time.Hour))
		g.all = append(g.all, one)
		n++
	}
}

// deployers have what they have for a time; eight of them for five more days.
func (g *granter) deployers(r *rand.Rand) {
	n := 0
	for _, p := range g.people {
		if p.dept.kind != kindOperations || p.key != "" || p.leads() || p.status != models.Active || p.external {
			continue
		}
		at := latest(g.now.Add(-time.Duration(2+r.IntN(24))*24*time.Hour), p.created)
		switch {
		case n < endingInFiveDays-1: // the employee persona's is the eighth
			g.all = append(g.all, grant{to: p, role: onCall, by: goran, at: at, until: g.now.Add(time.Duration(10+n*15) * time.Hour), reason: "On call this fortnight"})
		case n < 16:
			g.all = append(g.all, grant{to: p, role: onCall, by: goran, at: at, until: g.day(8 + n%6), reason: "On call this fortnight"})
		case n < 50:
			g.all = append(g.all, grant{to: p, role: deployProduction, by: goran, at: at, until: g.day(20 + r.IntN(120)), reason: "Deploys the services of the own team"})
		case n < 53:
			g.all = append(g.all, grant{to: p, role: vpnAdmin, by: goran, at: at, reason: "Looks after the VPN gateways"})
		default:
			return
		}
		n++
	}
}

// deskTwice gives people a role they also have by claim: taking one path away
// leaves the other.
func (g *granter) deskTwice(r *rand.Rand) {
	g.all = append(g.all, grant{to: g.parts[PersonaHelpdesk], role: models.RoleHelpdesk, by: amara, at: g.now.Add(-38 * 24 * time.Hour), reason: "Directory group was late; given by hand until it works"})
	n := 1
	for _, p := range g.people {
		if n == twoPaths {
			return
		}
		if p.dept.kind == kindDesk && p.key == "" && p.provider == ProviderKey && p.internal() && p.in() {
			at := latest(g.now.Add(-time.Duration(38*24+r.IntN(48))*time.Hour), p.created)
			g.all = append(g.all, grant{to: p, role: models.RoleHelpdesk, by: amara, at: at, reason: "Directory group was late; given by hand until it works"})
			n++
		}
	}
}

// overdueWithPower leaves privileged roles with people whose last day has passed.
func (g *granter) overdueWithPower(r *rand.Rand) {
	roles := []string{payrollAdmin, deployProduction}
	for _, p := range g.people {
		if len(roles) > 0 && p.key == "" && p.status == models.Leaving && p.leaving.Before(g.now) {
			g.all = append(g.all, grant{to: p, role: roles[0], by: goran, at: latest(g.now.Add(-time.Duration(60+r.IntN(60))*24*time.Hour), p.created), until: g.day(60), reason: "Needed for the migration"})
			roles = roles[1:]
		}
	}
	n := 0
	for _, p := range g.people {
		if p.dept.name == "Payroll" && p.status == models.Active && p.internal() && n < 5 {
			g.all = append(g.all, grant{to: p, role: payrollAdmin, by: amara, at: latest(p.created, g.opened.Add(50*time.Hour)), until: g.day(90 + n*20), reason: "Runs payroll of the own country"})
			n++
		}
	}
}

// gone adds roles people had: some taken away, some ended by their date.
func (g *granter) gone(r *rand.Rand) {
	n := 0
	for i := 7; i < len(g.people) && n < takenAway+endedByDate; i += 41 {
		p := g.people[i]
		if p.status != models.Active || !p.created.Equal(g.opened) || p.key != "" {
			continue
		}
		ended := weekday(g.now.Add(-time.Duration(1+r.IntN(40)) * 24 * time.Hour)).Truncate(24 * time.Hour).Add(workingHour(r))
		one := grant{to: p, by: pick(r, []string{amara, goran}), at: ended.Add(-time.Duration(30+r.IntN(200)) * 24 * time.Hour), reason: pick(r, projectReasons)}
		one.at = latest(one.at, g.opened.Add(48*time.Hour))
		if n < takenAway {
			one.role, one.removed, one.why = pick(r, []string{reportsViewer, crmUser, deployStaging, ledgerReader, wikiEditor, codeContributor}), ended, pick(r, removalReasons)
		} else {
			one.role, one.until, one.expired = pick(r, []string{deployProduction, onCall, crmLead}), ended, true
		}
		if g.has(p, one.role) {
			continue
		}
		g.all = append(g.all, one)
		n++
	}
}

// ahead gives a few roles that begin later.
func (g *granter) ahead(r *rand.Rand) {
	n := 0
	for i := 11; i < len(g.people) && n < 5; i += 211 {
		if p := g.people[i]; p.status == models.Active && p.dept.kind == kindEngineering && p.internal() && p.key == "" {
			g.all = append(g.all, grant{to: p, role: onCall, by: goran, at: g.now.Add(-time.Duration(10+r.IntN(80)) * time.Hour), from: g.day(7), until: g.day(21), reason: "On call the fortnight after next"})
			n++
		}
	}
}

var projectReasons = []string{
	"Helps with the migration of the customer data", "Project Harbour, until its end", "Covers for a colleague on leave", "REQ-1834: quarter-end reports",
	"Trial of the new desk, four weeks", "Support of the Memphis go-live",
}

var removalReasons = []string{
	"Moved to another team and does not need it any more", "Project Harbour is over", "Not used for ninety days, agreed with the manager",
	"Given by mistake to the wrong person of the same name", "The colleague is back from leave",
}

package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/models"
)

// grant is a role somebody holds, held or will hold.
type grant struct {
	to      *person
	role    string
	claim   string // value of the groups claim it came by; "" when a person gave it
	reason  string
	by      string
	at      time.Time // when it was given
	from    time.Time // zero: at once
	until   time.Time // zero: no end
	removed time.Time // taken away again; the log tells
	why     string    // of the removal
	expired bool      // ended by its date; the log tells
}

// held reports whether the grant is still recorded.
func (g grant) held() bool { return g.removed.IsZero() && !g.expired }

// Counts of the stories about access.
const (
	endingInFiveDays = 8
	twoPaths         = 25 // helpdesk by claim and by a person
	privilegedNoEnd  = 12 // payment approvers
	endedByDate      = 24
	takenAway        = 60
)

// grants gives everybody what their work needs, and some a bit more.
func (c *company) grants() []grant {
	g := &granter{company: c}
	for i, p := range c.people {
		r := seed.Source(seedNumber+4, i)
		if p.status != models.Invited {
			g.byClaim(p)
			if g.parts[p.key] == nil { // who plays a part has what the part says
				g.byWork(p, r)
			}
		}
	}
	g.special()
	slices.SortStableFunc(g.all, func(a, b grant) int { return a.at.Compare(b.at) })
	return g.all
}

type granter struct {
	*company
	all []grant
}

// has reports whether somebody was given a role already.
func (g *granter) has(p *person, role string) bool {
	return slices.ContainsFunc(g.all, func(x grant) bool { return x.to == p && x.role == role })
}

// claims gives the groups the provider puts into a person's claims.
func claims(p *person) []string {
	if p.provider != ProviderKey || p.external {
		return nil
	}
	groups := []string{groupStaff}
	if p.leads() {
		groups = append(groups, groupPeopleLeads)
	}
	switch p.dept.kind {
	case kindDesk:
		groups = append(groups, groupServiceDesk)
	case kindAudit:
		groups = append(groups, groupInternalAudit)
	}
	return groups
}

func (g *granter) byClaim(p *person) {
	for _, value := range claims(p) {
		for _, rule := range RoleRules() {
			if rule.Value == value {
				g.all = append(g.all, grant{to: p, role: rule.RoleKey, claim: value, by: rollcall, at: p.created})
			}
		}
	}
}

// give adds a role a person gave: with the first access list, or a day or two
// after somebody came.
func (g *granter) give(p *person, role string, r *rand.Rand) {
	n := grant{to: p, role: role, at: p.created.Add(time.Duration(20+r.IntN(30)) * time.Hour), by: pick(r, []string{amara, goran}), reason: fmt.Sprintf("REQ-%d: joined %s", 1000+r.IntN(3000), p.dept.name)}
	if p.created.Equal(g.opened) || n.at.After(g.now) {
		n.at, n.by, n.reason = p.created, rollcall, "Taken over from the old access list"
	}
	g.all = append(g.all, n)
}

// byWork gives the roles that belong to a department.
func (g *granter) byWork(p *person, r *rand.Rand) {
	chance := func(share float64, role string) {
		if r.Float64() < share {
			g.give(p, role, r)
		}
	}
	switch p.dept.kind {
	case kindFinance:
		chance(0.55, ledgerReader)
		chance(0.35, ledgerAccountant)
		chance(0.1, paymentPreparer)
	case kindSales:
		chance(0.86, crmUser)
		if p.leads() {
			chance(0.7, crmLead)
		}
	case kindSupport:
		chance(0.9, supportAgent)
		chance(0.3, crmUser)
		if p.leads() {
			chance(0.9, supportLead)
		}
	case kindEngineering, kindOperations:
		chance(0.8, codeContributor)
		chance(0.24, deployStaging)
	case kindWarehouse:
		g.inWarehouse(p, r)
	case kindPersonnel:
		chance(0.4, recordsEditor)
		if p.dept.name == "Payroll" {
			chance(0.8, payrollViewer)
		}
	case kindAudit:
		chance(0.6, ledgerReader)
	case kindOffice, kindSecurity, kindDesk:
		chance(0.2, reportsViewer)
	}
	if p.dept.kind != kindWarehouse {
		chance(0.42, vpnUser)
		chance(0.14, wikiEditor)
	}
}

func (g *granter) inWarehouse(p *person, r *rand.Rand) {
	switch {
	case p.leads():
		g.give(p, shiftLead, r)
	case p.title == "Stock Controller" || p.title == "Inventory Controller":
		g.give(p, stockKeeper, r)
	case r.Float64() < 0.75:
		g.give(p, picker, r)
	}
}

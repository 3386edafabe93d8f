package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/demo/outside"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

// Sizes of the stories about sources. Tests hold the engine's answers against them.
const (
	renamedPeople = 17  // whose department has another name at the source
	keptIn        = 2   // deactivated here, and enabled at the source
	gatewaysTwice = 3   // who run gateways by hand and by the group there
	mistyped      = 7   // whose address at the source is none
	shownOfWorks  = 312 // that a changed filter leaves over
)

const (
	renamed   = "Customer Support EMEA"
	renamedTo = "Customer Care EMEA"
	feedName  = "svc-people-feed" // the account by which People Operations writes
)

// before puts into the outside systems what they hold when they are connected.
func (l *loader) before() error {
	north := l.company.outsiders(ProviderKey)
	north = append(north, service(feedName, "People feed"))
	gateways := l.gateways()
	for i := range north {
		for _, p := range gateways[1:] { // the first one has the role by hand alone
			if north[i].ID == p.subject {
				north[i].Groups = append(north[i].Groups, groupGateways)
			}
		}
		if north[i].ID == merged.of(l).subject { // as the merge of before settled it
			north[i].Attributes["title"] = []string{merged.in.Title}
		}
		if north[i].ID == bjornAgain.subject { // whose record came with a list, not from here
			north[i].GivenName = bjornAgain.of(l).Given
			north[i].Attributes = map[string][]string{
				"title": {bjornAgain.in.Title}, "department": {bjornAgain.in.Department}, "location": {bjornAgain.in.Attributes["location"]},
			}
		}
	}
	if err := l.outsiders.northwind.Fill(north); err != nil {
		return err
	}
	if err := l.outsiders.works.Fill(l.company.outsiders(supplierKey)); err != nil {
		return err
	}
	for _, app := range []connector.App{
		{ClientID: ClientID, Name: "Rollcall", SignOutURL: "https://rollcall.northwind.example/auth/northwind/backchannel-logout", TokenLifetime: 5 * time.Minute, SelfContained: true},
		{ClientID: "ledger-prod", Name: "Ledger", SignOutURL: "https://ledger.northwind.example/logout", TokenLifetime: 5 * time.Minute, SelfContained: true},
		{ClientID: "warehouse", Name: "Warehouse", TokenLifetime: 4 * time.Hour, SelfContained: true},
		{ClientID: "crm", Name: "CRM", SignOutURL: "https://crm.northwind.example/oidc/ended", TokenLifetime: 15 * time.Minute},
	} {
		if err := l.outsiders.northwind.Offer(app); err != nil {
			return err
		}
	}
	return nil
}

func service(id, name string) connector.Account {
	return connector.Account{ID: id, Username: id, DisplayName: name, Enabled: true, Attributes: map[string][]string{}, Groups: []string{}, Roles: []string{}}
}

// gateways are the people who run the VPN gateways, as the access list has them.
func (l *loader) gateways() []*person {
	var all []*person
	for _, g := range l.grants {
		if g.role == vpnAdmin && g.held() {
			all = append(all, g.to)
		}
	}
	need(all, 2)
	return all
}

// syncActs tell what happened with the sources, oldest first.
func (l *loader) syncActs(issuer string) []act {
	ago := func(d time.Duration) time.Time { return l.company.now.Add(-d) }
	day := 24 * time.Hour
	north, works := &l.sources.northwind, &l.sources.works
	all := []act{
		{ago(6*day + 3*time.Hour), l.connect(issuer)},
		{ago(6*day + 2*time.Hour), l.read}, // the first read of all
		{ago(5 * day), l.read},
		{ago(3 * day), l.read},
		{ago(50 * time.Hour), l.edits},
		{ago(49 * time.Hour), l.read},
		{ago(27 * time.Hour), l.ask(goran, works)}, // somebody asked how the move of the plant shows
		{ago(26 * time.Hour), l.rename},
		{ago(26*time.Hour - 10*time.Minute), l.read},
		{ago(25 * time.Hour), l.putAside},
		{ago(5 * time.Hour), l.strangers},
		{ago(5*time.Hour - 4*time.Minute), l.read},
		{ago(2 * time.Hour), l.filtered},
		{ago(2*time.Hour - time.Minute), l.ask(amara, works)},
		{ago(4 * time.Minute), l.read},
	}
	return append(all, l.happenings(north, works)...)
}

// happenings are sign-ins the systems told of: one until a minute ago, the other
// until it fell silent.
func (l *loader) happenings(north, works *connector.Connector) []act {
	var all []act
	tell := func(of *connector.Connector, p *person, at time.Time) {
		e := connector.Event{ID: reference(l.company.r), Kind: connector.EventSignedIn, AccountID: p.subject, App: "ledger-prod", IP: address(l.company.r, p.site)}
		all = append(all, act{at, l.heard(of, e)})
	}
	in := func(p *person) bool { return p.in() && !p.last.IsZero() }
	staff, bought := l.company.somebody(ProviderKey, in), l.company.somebody(supplierKey, in)
	for i := range 60 {
		tell(north, staff[i*7%len(staff)], l.company.now.Add(-time.Duration(30+i*70)*time.Second))
	}
	for i := range 40 {
		tell(works, bought[i*5%len(bought)], l.company.now.Add(-185*time.Minute-time.Duration(i)*4*time.Minute))
	}
	return all
}

// edits are what people changed there for themselves and others.
func (l *loader) edits(context.Context) error {
	n := l.outsiders.northwind
	staff := need(l.company.somebody(ProviderKey, func(p *person) bool { return p.internal() && p.dept.name == "Procurement" }), 2)
	for i, p := range staff {
		err := n.Change(p.subject, p.subject, func(a *connector.Account) {
			a.Email = fmt.Sprintf("%s.%s@%s", a.GivenName[:1], handleOf(a.Username), EmailDomain)
			a.EmailVerified = i == 0
		})
		if err != nil {
			return err
		}
	}
	for _, p := range l.keptIn() { // somebody switched them on again
		if err := n.Change(p.subject, l.company.parts[partStandIn].subject, func(a *connector.Account) { a.Enabled = true }); err != nil {
			return err
		}
	}
	lead := l.company.parts[PersonaManager] // privileged: leads a team that releases payments
	return n.Change(lead.subject, feedName, func(a *connector.Account) { a.Attributes["title"] = []string{"Head of Accounts Payable"} })
}

// keptIn are people who are out here and were let in again there.
func (l *loader) keptIn() []*person {
	var all []*person
	for _, p := range l.company.people {
		if p.status == models.Deactivated && p.provider == ProviderKey && p.key == "" && !p.leads() && within(p.since, l.company.now, 60) {
			all = append(all, p)
		}
	}
	return need(all, keptIn)
}

func handleOf(username string) string {
	for i := len(username) - 1; i >= 0; i-- {
		if username[i] == '.' {
			return username[i+1:]
		}
	}
	return username
}

// rename gives a department another name there, for some of its people.
func (l *loader) rename(context.Context) error {
	for _, p := range need(l.company.somebody(ProviderKey, func(p *person) bool { return p.dept.name == renamed }), renamedPeople) {
		err := l.outsiders.northwind.Change(p.subject, feedName, func(a *connector.Account) { a.Attributes["department"] = []string{renamedTo} })
		if err != nil {
			return err
		}
	}
	return nil
}

// putAside is a difference that somebody knows about.
func (l *loader) putAside(ctx context.Context) error {
	page, err := l.sync.Drifts(ctx, l.tenant, sync.DriftQuery{Kind: models.DriftOrphan})
	if err != nil {
		return err
	}
	feed := slices.IndexFunc(page.Rows, func(d sync.DriftView) bool { return d.Account.Key == feedName })
	if feed < 0 {
		return errs.New(errs.Internal, "demo: the account of the people feed was not found")
	}
	_, err = l.sync.Resolve(ctx, l.admin(goran), sync.Resolution{
		IDs: []string{page.Rows[feed].PublicID}, Way: sync.Ignore, Until: models.At(l.company.now.AddDate(0, 0, 40)), Reason: "Account of the people feed, owned by People Operations",
	})
	return err
}

// strangers are accounts that somebody made there and nobody knows here, and one
// that somebody removed.
func (l *loader) strangers(context.Context) error {
	n, by := l.outsiders.northwind, l.company.parts[partStandIn].subject
	for _, a := range []connector.Account{service("svc-backup", "Backup"), service("svc-monitoring", "Monitoring probe")} {
		if err := n.Put(a, by); err != nil {
			return err
		}
	}
	twin := l.company.parts[PersonaManager].account()
	twin.ID, twin.Username, twin.Groups = "nw-elif-kaya-2", "elif.kaya2", []string{groupStaff}
	if err := n.Put(twin, by); err != nil {
		return err
	}
	if err := l.mistype(); err != nil {
		return err
	}
	gone := need(l.company.somebody(ProviderKey, func(p *person) bool { return p.dept.name == "Talent Acquisition" }), 1)[0]
	return n.Remove(gone.subject, by)
}

// mistype puts addresses there that nobody can write to, as a list did that was
// filled in by hand: the read takes the rest of each account and says so.
func (l *loader) mistype() error {
	staff := need(l.company.somebody(ProviderKey, func(p *person) bool { return p.internal() && !p.leads() && p.dept.name == "Talent Acquisition" }), 1+mistyped)
	for _, p := range staff[1:] { // the first one is removed there
		err := l.outsiders.northwind.Change(p.subject, feedName, func(a *connector.Account) { a.Email = a.Username + " (see sheet 2)" })
		if err != nil {
			return err
		}
	}
	return nil
}

// filtered is the mistake that a safety stop is for: since then the console sees
// few of the works' people, and hears of nothing there.
func (l *loader) filtered(context.Context) error {
	return l.outsiders.works.Break(outside.Fault{SeesOnly: shownOfWorks, Lists: 1, Silent: true})
}

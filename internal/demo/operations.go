package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/demo/outside"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Keys of the people that operations are about.
const (
	cutSixDays = "cut-six-days-ago" // the undo window closes tomorrow
	cutToday   = "cut-today"        // one step failed, one is not confirmed, one account was switched on again
	cutAsked   = "cut-asked"        // waits for a second admin
	cutWaits   = "cut-waits"        // a risk, which waits for Goran for too long
)

// Sizes of the stories about operations.
const (
	peopleSixDays = 4
	peopleToday   = 14
	peopleAsked   = 16
	peopleWait    = 11
)

// cutOffPeople are out by an operation.
const cutOffPeople = peopleSixDays + peopleToday

// castOperations chooses whom the operations are about: people in whom nothing
// else is going on, so that they stand in no other story.
func (c *company) castOperations(take func(int, func(*person) bool, func(*person))) {
	in := func(names ...string) func(*person) bool {
		return func(p *person) bool {
			if p.provider != ProviderKey || !p.created.Equal(c.opened) {
				return false
			}
			for _, name := range names {
				if p.dept.name == name {
					return true
				}
			}
			return false
		}
	}
	marked := func(key string) func(*person) { return func(p *person) { p.key = key } }
	take(peopleSixDays, in("Facilities"), marked(cutSixDays))
	take(peopleToday, in("Warehouse Memphis"), marked(cutToday))
	take(peopleAsked, in("Regional Services"), marked(cutAsked))
	take(peopleWait, in("Supply Planning"), marked(cutWaits))
}

// keyed gives the people of one story.
func (c *company) keyed(key string) []*person {
	var all []*person
	for _, p := range c.people {
		if p.key == key {
			all = append(all, p)
		}
	}
	return all
}

// signer makes the engine that signs certificates, under the demo's own address.
func signer(s *store.Store, ring *secret.Keyring, issuer string) (*certify.Engine, error) {
	at, err := url.Parse(issuer)
	if err != nil {
		return nil, fmt.Errorf("the demo's own address: %w", err)
	}
	return certify.New(certify.Deps{Store: s, Keyring: ring, Version: "demo", Signer: at.Host}), nil
}

// operationActs tell what was deactivated in operations, oldest first.
func (l *loader) operationActs() []act {
	ago := func(d time.Duration) time.Time { return l.company.now.Add(-d) }
	day := 24 * time.Hour
	desk := plot{
		key: cutSixDays, list: "temporary-reception.csv", asks: amara, reason: "Contracts of the temporary reception ended on Friday, confirmed by Procurement", ticket: "PO-912",
	}
	shift := plot{
		key: cutToday, list: "night-shift-memphis.csv", asks: amara, approves: goran, reason: "The Memphis warehouse closes its night shift; list of People Operations of today", ticket: "PO-947",
	}
	return []act{
		{ago(6*day + 90*time.Minute), l.cutOff(desk)},
		{ago(6*day + 20*time.Minute), l.lookAgain},
		{ago(6 * day), l.certifyFirst},
		{ago(190 * time.Minute), l.troubled},
		{ago(184 * time.Minute), l.asked(shift)},
		{ago(3 * time.Hour), l.cutOff(shift)},
		{ago(110 * time.Minute), l.switchedOn},
		{ago(100 * time.Minute), l.lookAgain},
		{ago(40 * time.Minute), l.asked(plot{
			key: cutWaits, list: "supply-planning-leak.csv", asks: amara, reason: "Passwords of Supply Planning stood in a shared file that a supplier could read", ticket: "SEC-51", risk: 95 * time.Minute,
		})},
		{ago(12 * time.Minute), l.asked(plot{
			key: cutAsked, list: "regional-services.csv", asks: goran, reason: "Regional Services closes two offices, agreed with People Operations", ticket: "PO-953",
		})},
		{ago(time.Minute), l.lookAgain}, // what came due meanwhile
	}
}

// plot is one operation: whom it is about, who asks and who approves.
type plot struct {
	key, list, asks, approves, reason, ticket string

	risk time.Duration // for how long a risk that it answers had been known; 0: it answers none
}

// asked plans an operation and asks for it.
func (l *loader) asked(p plot) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := l.request(ctx, p)
		return err
	}
}

func (l *loader) request(ctx context.Context, p plot) (models.Operation, error) {
	actor := l.admin(p.asks)
	var list strings.Builder
	for _, one := range l.company.keyed(p.key) {
		list.WriteString(one.email + "\n")
	}
	sel, err := l.people.Paste(ctx, actor, p.list, strings.NewReader(list.String()))
	if err != nil {
		return models.Operation{}, err
	}
	op, err := l.operations.Create(ctx, actor, sel.PublicID, p.key)
	if err != nil {
		return op, err
	}
	needs, err := l.operations.Needs(ctx, l.tenant, op)
	if err != nil {
		return op, err
	}
	in := operation.Request{
		ID: op.PublicID, ListHash: op.ListHash, Reason: p.reason, Ticket: p.ticket, UndoDays: 7, Typed: needs.Count, Fresh: models.At(l.clock.now()),
	}
	if p.risk > 0 {
		in.Risk, in.RiskKnownAt = true, models.At(l.clock.now().Add(-p.risk))
	}
	return l.operations.Ask(ctx, actor, in)
}

// cutOff approves what was asked for, where somebody has to, and lets it run to
// its end.
func (l *loader) cutOff(p plot) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := l.enter(l.company.keyed(p.key)); err != nil {
			return err
		}
		op, err := l.begin(ctx, p)
		if err != nil {
			return err
		}
		for range 60 {
			if err := l.lookAgain(ctx); err != nil {
				return err
			}
			if op, err = l.operations.Get(ctx, l.tenant, op.PublicID); err != nil {
				return err
			}
			if op.Phase == models.PhaseWindow {
				return nil
			}
			l.clock.set(l.clock.now().Add(time.Second))
		}
		return errs.New(errs.Internal, "demo: %s did not end: it is %s, %s", op.Code(), op.State, op.Sentence)
	}
}

func (l *loader) begin(ctx context.Context, p plot) (models.Operation, error) {
	if p.approves == "" {
		return l.request(ctx, p)
	}
	waiting, err := l.operations.Waiting(ctx, l.admin(p.approves))
	if err != nil || len(waiting) == 0 {
		return models.Operation{}, errs.Wrap(err, errs.Internal, "demo: nothing waits for %s", p.approves)
	}
	return l.operations.Approve(ctx, l.admin(p.approves), operation.Decision{
		ID: waiting[0].PublicID, ListHash: waiting[0].ListHash, Reason: "Checked against the list of People Operations", Fresh: models.At(l.clock.now()),
	})
}

// lookAgain does what is due about operations and at the outside systems.
func (l *loader) lookAgain(ctx context.Context) error {
	for {
		if err := l.operations.Drain(ctx, l.tenant); err != nil {
			return err
		}
		if n, err := l.work.Drain(ctx, l.tenant); err != nil || n == 0 {
			return err
		}
	}
}

// enter lets people be signed in to applications before they are cut off.
func (l *loader) enter(people []*person) error {
	for i, p := range people {
		for _, app := range [][]string{{"ledger-prod"}, {"warehouse"}, {"crm", "warehouse"}}[i%3] {
			one := connector.Session{ID: seed.PublicID(l.clock.now(), l.company.r), AccountID: p.subject, StartedAt: l.clock.now(), SeenAt: l.clock.now(), IP: address(l.company.r, p.site), Apps: []string{app}}
			if err := l.outsiders.northwind.Admit(one); err != nil {
				return err
			}
		}
	}
	return nil
}

// troubled lets one account of the night shift be guarded at the provider, and
// the sessions of another one be hidden there.
func (l *loader) troubled(context.Context) error {
	shift := l.company.keyed(cutToday)
	return l.outsiders.northwind.Break(outside.Fault{Guards: shift[len(shift)-1].subject, Hides: shift[len(shift)-2].subject})
}

// switchedOn is somebody at the provider who lets one of them in again there.
func (l *loader) switchedOn(context.Context) error {
	return l.outsiders.northwind.Change(l.company.keyed(cutToday)[6].subject, l.company.parts[partStandIn].subject, func(a *connector.Account) { a.Enabled = true })
}

// certifyFirst issues the certificate of what has ended.
func (l *loader) certifyFirst(ctx context.Context) error {
	page, err := l.operations.List(ctx, l.tenant, operation.Query{Group: operation.GroupEnded})
	if err != nil {
		return err
	}
	for _, op := range page.Rows {
		if _, err := l.certify.Issue(ctx, l.admin(ilse), op.PublicID); err != nil {
			return err
		}
	}
	return nil
}

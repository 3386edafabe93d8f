package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

// Tenant is the organisation of the demo.
var Tenant = store.NewTenant{Slug: "northwind", Name: "Northwind Group", Environment: "demo"}

// LoadOptions say where the demo's data goes and how it is reached.
type LoadOptions struct {
	URL    string    // an empty database; it is migrated first
	Issuer string    // of the demo's provider
	Now    time.Time // the moment the stories lead up to
	Dir    string    // of the outside systems' journals; "": they are forgotten
	Key    string    // seals what is secret; "": one that is forgotten
}

// Summary says what Load wrote.
type Summary struct {
	Tenant      int64
	People      int
	Assignments int
	Events      int // told from memory; the engines' own come on top
	Sessions    int
	Took        time.Duration
}

// loader writes the company.
type loader struct {
	company *company
	grants  []grant
	extras  []*person // to whom the acts happen
	roles   map[string]access.RoleRef
	tenant  int64

	clock    *clock
	store    *store.Store
	people   *directory.Engine
	access   *access.Engine
	offboard *offboard.Engine
	sessions *session.Manager
	link     *link.Engine
	log      *audit.Log
	issuer   string // of the demo's provider

	outsiders  *systems
	connectors *connector.Engine
	sync       *sync.Engine
	sources    sources

	work       *jobs.Engine // steps at the outside systems
	operations *operation.Engine
	certify    *certify.Engine
}

// Load writes the demo into an empty database: organisation, people, roles, and
// what happened in the last weeks. It works with a clock of its own that walks
// from the beginning to now, and leaves the database closed.
func Load(ctx context.Context, o LoadOptions) (Summary, error) {
	began := time.Now()
	l, err := open(ctx, o)
	if err != nil {
		return Summary{}, err
	}
	sum, err := l.write(ctx, o)
	if closing := errors.Join(l.outsiders.finish(), l.store.Close()); err == nil && closing != nil {
		err = fmt.Errorf("close the demo's data: %w", closing)
	}
	sum.Took = time.Since(began)
	return sum, err
}

func open(ctx context.Context, o LoadOptions) (*loader, error) {
	l := &loader{company: compose(o.Now), issuer: o.Issuer, clock: new(clock), roles: map[string]access.RoleRef{}}
	l.clock.set(l.company.opened)
	var err error
	if l.store, err = store.Open(ctx, store.Options{URL: o.URL, Clock: l.clock.now, Relaxed: true}); err != nil {
		return nil, err
	}
	if o.Key == "" {
		o.Key = secret.NewKey().Hex()
	}
	ring, err := secret.Load(secret.Source{Text: o.Key})
	if err != nil {
		return nil, err
	}
	if l.outsiders, err = openSystems(o.Dir, l.clock.now); err != nil {
		return nil, err
	}
	if l.sessions, err = session.New(session.Options{Store: l.store, Keyring: ring}); err != nil {
		return nil, err
	}
	l.people = directory.New(l.store, directory.WithSourceNames(SourceNames))
	l.access = access.New(l.store)
	l.link = link.New(l.store, l.people, l.access, l.sessions)
	l.log = audit.New(l.store)
	l.connectors = connector.New(l.store, ring, connector.Options{
		Kinds: l.outsiders.kinds(), Reserved: []connector.Reserved{{Key: ProviderKey, Issuer: o.Issuer, From: "the demo"}}, Loopback: true, Now: l.clock.now,
	})
	l.work = jobs.New(l.store, jobs.Options{Log: slog.New(slog.DiscardHandler)}) // steps that fail are part of the story
	l.offboard = offboard.New(offboard.Deps{Store: l.store, People: l.people, Access: l.access, Sessions: l.sessions, Jobs: l.work, Systems: l.connectors})
	l.operations = operation.New(operation.Deps{
		Store: l.store, People: l.people, Access: l.access, Sessions: l.sessions, Jobs: l.work, Offboard: l.offboard, Selections: l.people, Systems: l.connectors,
	})
	if l.certify, err = signer(l.store, ring, o.Issuer); err != nil {
		return nil, err
	}
	l.sync, err = sync.New(sync.Deps{Store: l.store, Directory: l.people, Access: l.access, Jobs: jobs.New(l.store, jobs.Options{}), Systems: l.connectors})
	return l, err
}

func (l *loader) write(ctx context.Context, o LoadOptions) (Summary, error) {
	if err := l.store.Migrate(ctx); err != nil {
		return Summary{}, err
	}
	tenant, err := l.store.EnsureTenant(ctx, Tenant)
	if err != nil {
		return Summary{}, err
	}
	l.tenant = tenant.ID
	sum := Summary{Tenant: tenant.ID}
	if err := l.access.EnsureBuiltIns(ctx, l.tenant); err != nil {
		return sum, err
	}
	if err := l.furnish(ctx); err != nil {
		return sum, fmt.Errorf("put the demo's roles in place: %w", err)
	}
	if sum.People, err = l.loadPeople(ctx, o.Issuer); err != nil {
		return sum, fmt.Errorf("load the demo's people: %w", err)
	}
	if sum.Assignments, err = l.loadGrants(ctx); err != nil {
		return sum, fmt.Errorf("load the demo's assignments: %w", err)
	}
	sum.Sessions = liveSessions
	if err := l.before(); err != nil {
		return sum, fmt.Errorf("fill the demo's outside systems: %w", err)
	}
	if sum.Events, err = l.replay(ctx, slices.Concat(l.acts(), l.signInsOfNow(o.Issuer), l.syncActs(o.Issuer), l.operationActs())); err != nil {
		return sum, fmt.Errorf("replay the demo's history: %w", err)
	}
	return sum, nil
}

func (l *loader) loadPeople(ctx context.Context, issuer string) (int, error) {
	issuers := map[string]string{ProviderKey: issuer, supplierKey: worksIssuer}
	records := make([]directory.NewRecord, len(l.company.people))
	for i, p := range l.company.people {
		records[i] = p.record(issuers)
		if p.key == partTwoAccounts {
			second := records[i].Identities[0]
			second.Provider, second.Issuer, second.Subject, second.How, second.By = supplierKey, issuers[supplierKey], seed.PublicID(p.created, l.company.r), "linked by an admin", amara
			second.Email = p.username + "@moravia-works.example"
			records[i].Identities = append(records[i].Identities, second)
		}
	}
	loaded, err := l.people.Load(ctx, l.system(), records)
	for i := range loaded {
		l.company.people[i].id = loaded[i].ID
	}
	return len(loaded), err
}

func (l *loader) loadGrants(ctx context.Context) (int, error) {
	first := l.company.parts[PersonaAdmin]
	err := l.store.Change(ctx, l.admin(amara), func(ctx context.Context, tx *store.Tx) error {
		return l.access.AssignFirstAdmin(ctx, tx, first.id) // so that the door for a first admin is shut
	})
	if err != nil {
		return 0, err
	}
	l.grants = l.company.grants()
	l.extras = l.company.extras(l.grants)
	for cursor := ""; ; {
		page, err := l.access.ListRoles(ctx, l.tenant, access.RoleFilter{After: cursor, Limit: access.MaxPageSize})
		if err != nil {
			return 0, err
		}
		for _, row := range page.Rows {
			l.roles[row.Key] = row.Ref()
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	ids := map[string]int64{rollcall: 0, amara: l.company.parts[PersonaAdmin].id, goran: l.company.parts[partChiefSecurity].id}
	rows := make([]access.LoadRow, 0, len(l.grants))
	for _, g := range l.grants {
		if !g.held() {
			continue
		}
		row := access.LoadRow{
			UserID: g.to.id, RoleKey: g.role, Source: models.SourceDirect, Reason: g.reason, GrantedByID: ids[g.by], GrantedBy: g.by,
			From: models.At(latest(g.at, g.from)), Until: models.At(g.until), CreatedAt: models.At(g.at),
		}
		if g.claim != "" {
			row.Source, row.SourceRef, row.GrantedBy = models.SourceClaim, claimRef(g.claim), ProviderKey
		}
		rows = append(rows, row)
	}
	return l.access.Load(ctx, l.system(), rows)
}

// extras chooses people for the acts: ordinary, known for long, recently in,
// and without the roles the acts are about.
func (c *company) extras(grants []grant) []*person {
	busy := map[*person]bool{}
	for _, g := range grants {
		if g.claim == "" && slices.Contains([]string{crmExporter, paymentPreparer, reportsViewer, vpnUser, vpnAdmin}, g.role) {
			busy[g.to] = true
		}
	}
	var all []*person
	for i := 100; i < len(c.people); i += 71 {
		p := c.people[i]
		if p.plainLeaf() && !busy[p] && !p.live && p.internal() && p.provider == ProviderKey && p.created.Equal(c.opened) && c.now.Sub(p.last) < 40*24*time.Hour {
			all = append(all, p)
		}
	}
	return all
}

// batch is how many lines of the log go into one transaction.
const batch = 500

// replay writes the log from memory and lets the engines act in between, in the
// order of time, so that numbers in the log rise with it.
func (l *loader) replay(ctx context.Context, acts []act) (int, error) {
	entries := l.remember()
	written := 0
	until := func(at time.Time) error {
		n, _ := slices.BinarySearchFunc(entries, at, func(e entry, at time.Time) int { return e.at.Compare(at) })
		for chunk := range slices.Chunk(entries[:n], batch) {
			if err := l.tell(ctx, chunk); err != nil {
				return err
			}
		}
		entries, written = entries[n:], written+n
		return nil
	}
	slices.SortStableFunc(acts, func(a, b act) int { return a.at.Compare(b.at) })
	for i, a := range acts {
		if err := until(a.at); err != nil {
			return written, err
		}
		l.clock.set(a.at)
		if err := a.do(ctx); err != nil {
			return written, fmt.Errorf("act %d of %s: %w", i, a.at.Format(time.DateTime), err)
		}
	}
	err := until(l.company.now.Add(time.Second))
	return written, err
}

// tell writes lines of the log: the first as every engine does, the rest at
// once. Nothing else writes lines of the past; it is possible here because the
// whole organisation is invented.
func (l *loader) tell(ctx context.Context, entries []entry) error {
	l.clock.set(entries[len(entries)-1].at)
	return l.store.Change(ctx, l.system(), func(ctx context.Context, tx *store.Tx) error {
		first := entries[0]
		tx.Now, tx.Actor = models.At(first.at), first.actor
		if err := tx.Record(ctx, first.event); err != nil {
			return err
		}
		if len(entries) == 1 {
			return nil
		}
		rows := make([]models.AuditEvent, 0, len(entries)-1)
		for _, e := range entries[1:] {
			rows = append(rows, e.row())
		}
		if _, err := tx.Insert(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("write history: %w", err)
		}
		return nil
	})
}

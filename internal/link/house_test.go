package link_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	reason = "same person, seen the passport"
	issuer = "https://id.example"
)

// TestMain keeps the properties short: each of their steps is a transaction.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// house is the engines on one database, as one replica holds them.
type house struct {
	t        testing.TB
	db       *store.Store
	tenant   int64
	people   *directory.Engine
	access   *access.Engine
	sessions *session.Manager
	link     *link.Engine
}

func build(t testing.TB, db *dbtest.DB, st *store.Store) *house {
	t.Helper()
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := session.New(session.Options{Store: st, Keyring: ring})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: st, tenant: db.Tenant, people: directory.New(st, directory.WithSourceNames(map[string]string{"p": "Keycloak", "q": "Entra"})), access: access.New(st), sessions: sessions}
	if err := h.access.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	h.link = link.New(st, h.people, h.access, sessions)
	return h
}

// each runs fn in a fresh house per database.
func each(t *testing.T, fn func(t *testing.T, h *house, db *dbtest.DB)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) { fn(t, build(t, db, db.Store), db) })
}

func (h *house) system() models.Actor { return models.SystemActor(h.tenant, "Test") }

// person is somebody a test made.
type person struct {
	id       int64
	publicID string
	name     string
}

// add writes a record with one identity at provider p, and gives it roles.
func (h *house) add(name string, roles ...string) person {
	h.t.Helper()
	word := strings.ToLower(strings.ReplaceAll(name, " ", "."))
	return h.load(directory.NewRecord{
		DisplayName: name, Username: word, Email: word + "@northwind.example",
		Identities: []directory.NewIdentity{{Provider: "p", Issuer: issuer, Subject: word, Email: word + "@northwind.example", EmailVerified: true, How: "test"}},
	}, roles...)
}

func (h *house) load(r directory.NewRecord, roles ...string) person {
	h.t.Helper()
	made, err := h.people.Load(h.t.Context(), h.system(), []directory.NewRecord{r})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, role := range roles {
		h.give(made[0].ID, access.LoadRow{RoleKey: role})
	}
	return person{made[0].ID, made[0].PublicID, r.DisplayName}
}

func (h *house) give(user int64, row access.LoadRow) {
	h.t.Helper()
	row.UserID = user
	if row.Source == "" {
		row.Source = models.SourceDirect
	}
	if row.Until == 0 {
		row.Until = models.Forever
	}
	if row.GrantedBy == "" {
		row.GrantedBy = "Test"
	}
	if _, err := h.access.Load(h.t.Context(), h.system(), []access.LoadRow{row}); err != nil {
		h.t.Fatal(err)
	}
}

// as gives a person as actor, who may do what their roles say.
func (h *house) as(p person) models.Actor {
	h.t.Helper()
	var can models.Permission
	h.change(func(ctx context.Context, tx *store.Tx) error {
		var err error
		can, err = h.access.MaskIn(ctx, tx, p.id)
		return err
	})
	return models.Actor{Tenant: h.tenant, Kind: models.ActorUser, UserID: p.id, Name: p.name, Can: can, Via: models.ViaWeb}
}

// change writes past the engines, with an event.
func (h *house) change(fn func(context.Context, *store.Tx) error) {
	h.t.Helper()
	err := h.db.Change(h.t.Context(), h.system(), func(ctx context.Context, tx *store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.UserEdit, Target: store.Ref{Kind: models.KindUser, ID: 1, Name: "test"}})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// signIn opens a session that began with the first identity of a person.
func (h *house) signIn(p person, ip string) string {
	h.t.Helper()
	var token string
	got := h.get(p)
	h.change(func(ctx context.Context, tx *store.Tx) error {
		begun, err := h.sessions.Begin(ctx, tx, session.Start{
			UserID: p.id, UserName: p.name, IdentityID: got.Identities[0].ID, Provider: "p", Issuer: issuer, Subject: got.Identities[0].Subject, IP: ip, UserAgent: "test",
		})
		token = begun.Token
		return err
	})
	return token
}

func (h *house) get(p person) directory.Person {
	h.t.Helper()
	got, err := h.people.GetByID(h.t.Context(), h.tenant, p.id)
	if err != nil {
		h.t.Fatal(err)
	}
	return got
}

// system of accounts outside.
func (h *house) connector(name string) int64 {
	h.t.Helper()
	row := models.Connector{PublicID: name, Key: name, Name: name, Kind: models.ConnectorDemo, State: models.ConnectorEnabled, Version: 1}
	h.change(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Insert(&row).Exec(ctx)
		return err
	})
	return row.ID
}

func (h *house) account(connector, user int64, name string) int64 {
	h.t.Helper()
	email := name + "@northwind.example"
	row := models.Account{
		ConnectorID: connector, Key: name, UserID: user, Username: name, DisplayName: name, SortName: name,
		Email: email, EmailNorm: email, Enabled: true,
	}
	h.change(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Insert(&row).Exec(ctx)
		return err
	})
	return row.ID
}

// prepare compares two people, chooses the value of who stays everywhere, keeps
// the roles a test names, and gives the draft.
func (h *house) prepare(by models.Actor, stay, gone person, picks map[string]link.Pick, keep ...string) link.Draft {
	h.t.Helper()
	d, err := h.link.Begin(h.t.Context(), by, stay.publicID, gone.publicID)
	if err != nil {
		h.t.Fatalf("Begin: %v", err)
	}
	all := map[string]link.Pick{}
	for _, f := range d.Plan.Fields {
		all[f.Name] = f.Pick
		if f.Pick == link.PickNone {
			all[f.Name] = link.PickStay
		}
		if p, chosen := picks[f.Name]; chosen {
			all[f.Name] = p
		}
	}
	if d, err = h.link.Choose(h.t.Context(), by, d.PublicID, d.Plan.Facts, all); err != nil {
		h.t.Fatalf("Choose: %v", err)
	}
	var ids []int64
	for _, r := range d.Plan.Roles {
		if r.Keep || contains(keep, r.Key) {
			ids = append(ids, r.AssignmentID)
		}
	}
	if d, err = h.link.ChooseRoles(h.t.Context(), by, d.PublicID, d.Plan.Facts, ids); err != nil {
		h.t.Fatalf("ChooseRoles: %v", err)
	}
	return d
}

func contains(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}

// ask prepares a merge and asks a second admin for it.
func (h *house) ask(by models.Actor, stay, gone person, keep ...string) models.Link {
	h.t.Helper()
	d := h.prepare(by, stay, gone, nil, keep...)
	row, err := h.link.Ask(h.t.Context(), by, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: reason})
	if err != nil {
		h.t.Fatalf("Ask: %v", err)
	}
	return row
}

// merge asks and approves.
func (h *house) merge(by, second models.Actor, stay, gone person, keep ...string) models.Link {
	h.t.Helper()
	row := h.ask(by, stay, gone, keep...)
	done, err := h.link.Approve(h.t.Context(), second, row.PublicID, row.PlanHash)
	if err != nil {
		h.t.Fatalf("Approve: %v", err)
	}
	return done
}

func (h *house) events(action models.Action) []models.AuditEvent {
	h.t.Helper()
	rows := []models.AuditEvent{}
	if err := h.db.Read(h.tenant).Select(&rows).Where("e.action = ?", action).OrderExpr("e.id").Scan(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return rows
}

func (h *house) links(state models.LinkState) []link.Case {
	h.t.Helper()
	page, err := h.link.List(h.t.Context(), h.tenant, link.Filter{State: state})
	if err != nil {
		h.t.Fatal(err)
	}
	return page.Rows
}

func wantKind(t testing.TB, err error, kind errs.Kind, words string) {
	t.Helper()
	if !errs.Is(err, kind) || !strings.Contains(fmt.Sprint(err), words) {
		t.Errorf("error is %v (%v), want %v with %q", err, errs.KindOf(err), kind, words)
	}
}

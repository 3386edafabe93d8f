package insight_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/scripted"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// house is the engine over one database, with one scripted Keycloak.
type house struct {
	t       *testing.T
	db      *dbtest.DB
	people  *directory.Engine
	access  *access.Engine
	insight *insight.Engine
	kc      *scripted.System
	systems map[int64]connector.System
	down    string // sentence of the provider while it does not answer
}

func (h *house) Open(_ context.Context, _, id int64) (connector.System, error) {
	if s := h.systems[id]; s != nil {
		return s, nil
	}
	return nil, errors.New("no such connector")
}

func build(t *testing.T, db *dbtest.DB) *house {
	t.Helper()
	h := &house{
		t: t, db: db, people: directory.New(db.Store), access: access.New(db.Store), kc: scripted.New(db.Clock.Now), systems: map[int64]connector.System{},
	}
	if err := h.access.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	h.insight = insight.New(insight.Deps{
		Store: db.Store, Access: h.access, Systems: h, Patience: 50 * time.Millisecond,
		Providers: func() []insight.Provider {
			return []insight.Provider{{Key: "keycloak", Name: "Keycloak", OK: h.down == "", Since: dbtest.Start.Add(-5 * time.Minute), Sentence: h.down}}
		},
	})
	return h
}

// connect puts the connector in.
func (h *house) connect(state models.ConnectorState) int64 {
	h.t.Helper()
	row := models.Connector{PublicID: uuid.NewString(), Key: "keycloak", Kind: models.ConnectorKeycloak, Name: "Keycloak", State: state, Settings: "{}", Mapping: "{}", Sync: "{}"}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		row.ID = 0
		_, err := tx.Insert(&row).Exec(ctx)
		return err
	})
	h.systems[row.ID] = h.kc
	return row.ID
}

func (h *house) write(fn func(context.Context, *store.Tx) error) {
	h.t.Helper()
	err := h.db.Store.Change(h.t.Context(), h.db.Actor(), func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(fn(ctx, tx), tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}}))
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// add puts Elif in: with an account at Keycloak, a second factor, and a role.
func (h *house) add(change ...func(*directory.NewRecord)) directory.Person {
	h.t.Helper()
	record := directory.NewRecord{
		DisplayName: "Elif Kaya", GivenName: "Elif", Status: models.Active, StatusSince: models.At(dbtest.Start.Add(-30 * 24 * time.Hour)),
		LastSignInAt: models.At(dbtest.Start.Add(-3 * time.Hour)),
		Identities:   []directory.NewIdentity{{Provider: "keycloak", Issuer: "https://id.example", Subject: "elif", How: "test"}},
	}
	for _, c := range change {
		c(&record)
	}
	made, err := h.people.Load(h.t.Context(), h.db.Actor(), []directory.NewRecord{record})
	if err != nil {
		h.t.Fatal(err)
	}
	row := access.LoadRow{UserID: made[0].ID, RoleKey: models.RoleEmployee, Source: models.SourceDirect, Until: models.Forever, GrantedBy: "Test"}
	if _, err := h.access.Load(h.t.Context(), h.db.Actor(), []access.LoadRow{row}); err != nil {
		h.t.Fatal(err)
	}
	h.kc.Add(connector.Account{ID: "elif", EmailVerified: true})
	h.kc.Enroll("elif", connector.Factor{Kind: connector.FactorPassword}, connector.Factor{Kind: connector.FactorCode})
	h.kc.Lock("elif", connector.Lock{Protected: true})
	return h.person(made[0].ID)
}

func (h *house) person(id int64) directory.Person {
	h.t.Helper()
	p, err := h.people.GetByID(h.t.Context(), h.db.Tenant, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) ask(p directory.Person, can models.Permission) insight.Answer {
	h.t.Helper()
	reader := models.Actor{Tenant: h.db.Tenant, Kind: models.ActorUser, UserID: 999_999, Name: "Goran", Can: can}
	a, err := h.insight.SignIn(h.t.Context(), reader, h.person(p.ID))
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) want(a insight.Answer, can insight.Mark, words ...string) {
	h.t.Helper()
	if a.Can != can {
		h.t.Errorf("can: %s, want %s: %s", a.Can, can, a.Sentence)
	}
	all := a.Sentence
	for _, f := range a.Facts {
		all += "\n" + string(f.Mark) + " " + f.Key + ": " + f.Text
	}
	for _, w := range words {
		if !strings.Contains(all, w) {
			h.t.Errorf("the answer does not say %q:\n%s", w, all)
		}
	}
}

const (
	everything = models.AllPermissions
	helpdesk   = models.UsersRead | models.UsersSuspend | models.SessionsEnd | models.AccountsUnlock
)

func TestYes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		h.connect(models.ConnectorEnabled)
		h.kc.Happened("elif",
			connector.Event{Kind: connector.EventSignedIn, At: dbtest.Start.Add(-2 * time.Hour), App: "ledger"},
			connector.Event{Kind: connector.EventSignInFailed, At: dbtest.Start.Add(-25 * time.Hour), Reason: "invalid_user_credentials", IP: "203.0.113.9"})
		a := h.ask(elif, helpdesk)
		h.want(a, insight.Yes, "Yes. Nothing in Rollcall or at Keycloak keeps Elif out.", "yes account: The account is active.", "yes lock: Not locked.",
			"yes role: Has a role", "yes factors: Enrolled: a password and one-time codes.", "yes email: ", "yes provider: Keycloak answers.",
			"Last signed in there 2 hours ago to ledger.", "Last failed there 1 day ago: wrong password or code, from 203.0.113.9. Signed in since then.", "Last signed in to Rollcall 3 hours ago.")
		if a.Next.Step != insight.StepNone || !a.ReadAt.Equal(dbtest.Start) {
			t.Errorf("next %+v, read %v", a.Next, a.ReadAt)
		}
		h.kc.Set("elif", func(x *connector.Account) {
			x.Demands = []string{"UPDATE_PASSWORD", "made_up"}
			x.EmailVerified = false
		})
		h.kc.Enroll("elif", connector.Factor{Kind: connector.FactorPassword})
		h.want(h.ask(elif, helpdesk), insight.Yes, `Keycloak asks for this first: a new password and "made_up".`, "note email: ", "note factors: Enrolled: a password. No second factor.")
	})
}

// Locked by wrong passwords: the sentence, and the one step, for who may and who
// may not.
func TestLocked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		id := h.connect(models.ConnectorEnabled)
		h.kc.Lock("elif", connector.Lock{
			Locked: true, Failures: 5, Since: dbtest.Start.Add(-44 * time.Minute), From: "203.0.113.9", Until: dbtest.Start.Add(20 * time.Minute), Protected: true,
		})
		a := h.ask(elif, helpdesk)
		h.want(a, insight.No, "No. Locked by Keycloak at 09:58 UTC after 5 wrong passwords, the last from 203.0.113.9. Unlocks by itself at 11:02 UTC.", "no lock: Locked at 09:58 UTC")
		if a.Next.Step != insight.StepUnlock || !a.Next.May || a.Next.At != (insight.Place{ConnectorID: id, Account: "elif"}) {
			t.Errorf("next %+v", a.Next)
		}
		a = h.ask(elif, models.UsersRead)
		if a.Next.May || a.Next.Sentence != "You may not unlock accounts: it needs the permission accounts.unlock. Ask an admin." {
			t.Errorf("next for who may not: %+v", a.Next)
		}
		h.kc.Lock("elif", connector.Lock{Locked: true, Forever: true})
		h.want(h.ask(elif, helpdesk), insight.No, "No. Locked by Keycloak. It stays locked until somebody unlocks it.")
	})
}

// What Rollcall itself says, and what the reader may do about it.
func TestKeptOutHere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.connect(models.ConnectorEnabled)
		for _, c := range []struct {
			name     string
			status   models.Status
			leaving  time.Duration
			pending  bool
			sentence string
			step     insight.Step
			may      bool // a helpdesk may
		}{
			{"deactivated", models.Deactivated, 0, false, "No. Deactivated in Rollcall since 23 Oct, 10:42 UTC", insight.StepReactivate, false},
			{"suspended", models.Suspended, 0, false, "No. Suspended in Rollcall since", insight.StepResume, true},
			{"left", models.Leaving, -time.Hour, false, "No. The leaving date has passed: 09:42 UTC.", insight.StepStay, false},
			{"waiting", models.Active, 0, true, "No. Waits to be let in since", insight.StepLetIn, false},
			{"removed", models.Removed, 0, false, "No. The record was removed since", insight.StepNone, false},
		} {
			person := h.add(func(r *directory.NewRecord) {
				r.Status = c.status
				r.Identities[0].Subject = c.name
				if c.leaving != 0 {
					r.LeavingAt = models.At(dbtest.Start.Add(c.leaving))
				}
				if c.pending {
					r.PendingSince = models.At(dbtest.Start.Add(-time.Hour))
				}
			})
			h.kc.Add(connector.Account{ID: c.name})
			a := h.ask(person, helpdesk)
			h.want(a, insight.No, c.sentence, "yes account: The account is active.")
			if a.Next.Step != c.step || a.Next.May != c.may {
				t.Errorf("%s: next %+v", c.name, a.Next)
			}
			if c.step == insight.StepReactivate && a.Next.Sentence != "You may not reactivate: it needs the permission users.deactivate. Ask an admin." {
				t.Errorf("%s: %q", c.name, a.Next.Sentence)
			}
			if a = h.ask(person, everything); c.step != insight.StepNone && !a.Next.May {
				t.Errorf("%s: an admin may not: %+v", c.name, a.Next)
			}
		}
		bare, err := h.people.Load(t.Context(), db.Actor(), []directory.NewRecord{{
			DisplayName: "Ada", Status: models.Active, Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: "https://id.example", Subject: "ada"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		h.kc.Add(connector.Account{ID: "ada"})
		a := h.ask(directory.Person{ID: bare[0].ID}, everything)
		h.want(a, insight.No, "No. Has no role in Rollcall", "note success: Never signed in to Rollcall.")
		if a.Next.Step != insight.StepGiveRole || !a.Next.May {
			t.Errorf("next %+v", a.Next)
		}
	})
}

// What the system says about the account.
func TestKeptOutThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		h.connect(models.ConnectorEnabled)
		h.kc.Set("elif", func(a *connector.Account) { a.Enabled = false })
		h.kc.Lock("elif", connector.Lock{Locked: true})
		a := h.ask(elif, everything)
		h.want(a, insight.No, "No. The account is deactivated at Keycloak, although Rollcall would let them in. One more thing below keeps them out.")
		if a.Next.Step != insight.StepThere || a.Next.Sentence == "" {
			t.Errorf("next %+v", a.Next)
		}
		h.kc.Remove("elif")
		h.want(h.ask(elif, everything), insight.No, "No. Keycloak does not know the account any more.")
		h.down = "Keycloak does not answer."
		h.want(h.ask(elif, everything), insight.No, "No. Keycloak does not answer, since 10:37 UTC. Nobody can sign in with it until then.")
	})
}

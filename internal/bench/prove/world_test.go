package prove_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/bench/prove/keeper"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	atOnce  = 12   // as many as the product has steps under way
	rate    = 5000 // requests a second that the connector may make: more than are made
	patient = 20 * time.Minute
)

// person is somebody of the realm, and who they are here.
type person struct {
	username, account string
	id                int64
	publicID          string
	console           *keeper.Pair // of the plain client's people
}

// world is a realm, the product beside it, and who judges.
type world struct {
	t          *testing.T
	ctx        context.Context
	realm      *kctest.Realm
	keeper     *keeper.Keeper
	plain      *keeper.Plain
	ear        *keeper.Ear
	apps       []keeper.App // with a working address, a dead one, and none
	keys       []string     // Keycloak's own ids of them, and of the console
	app        *app.App
	url        string
	connector  connector.Connector
	amara, ben models.Actor // who asks, and who approves
}

// The applications by how they can be told of ended sessions.
const (
	hears = "ledger"
	dead  = "crm"
	deaf  = "warehouse"
)

// newWorld makes a realm and the product on a database. through is an address in
// front of Keycloak that the connector uses; "": Keycloak itself.
func newWorld(t *testing.T, dialect store.Dialect, through func(base string) string) *world {
	t.Helper()
	// A token that runs out by itself would prove nothing.
	realm := kctest.Open(t, kctest.Object{"accessTokenLifespan": 3600, "ssoSessionIdleTimeout": 7200})
	at, err := keeper.At(os.Getenv("ROLLCALL_TEST_KEYCLOAK"), realm.Name)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: t.Context(), realm: realm, keeper: &keeper.Keeper{Realm: at}}
	w.clients()
	w.product(dialect)
	w.connect(through)
	return w
}

// clients makes the applications, one that may see their tokens, and one that may not.
func (w *world) clients() {
	w.t.Helper()
	var err error
	if w.ear, err = keeper.Listen(w.ctx, w.keeper.Realm, hears); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.ear.Close)
	add := func(c kctest.Client) keeper.App {
		c.Secret = rand.Text()
		w.realm.AddClient(w.t, c)
		return keeper.App{ID: c.ID, Secret: c.Secret}
	}
	w.keeper.Eye, w.keeper.Blind = add(kctest.Client{ID: "auditor"}), add(kctest.Client{ID: "outsider"})
	for _, c := range []kctest.Client{{ID: hears, BackChannel: w.ear.URL}, {ID: dead, BackChannel: "http://" + nobody(w.t) + "/backchannel"}, {ID: deaf}} {
		w.apps = append(w.apps, add(c))
		key := w.realm.ClientKey(w.t, c.ID)
		w.keys = append(w.keys, key)
		w.realm.Call(w.t, http.MethodPost, "/clients/"+key+"/protocol-mappers/models", kctest.Object{
			"name": "auditor", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
			"config": kctest.Object{"included.client.audience": "auditor", "access.token.claim": "true", "introspection.token.claim": "true"},
		}, nil)
	}
}

// nobody gives an address at which nobody listens any more.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// product starts the whole product as it is served, on a database of its own and
// with the machine's clock.
func (w *world) product(dialect store.Dialect) {
	w.t.Helper()
	db := dbtest.One(w.t, dialect)
	server := httptest.NewUnstartedServer(nil)
	w.url = "http://" + server.Listener.Addr().String()
	public, err := url.Parse(w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	w.app, err = app.New(w.ctx, &config.Config{
		DatabaseURL: config.Secret(db.URL), PublicURL: public, SecretKey: config.Secret(secret.NewKey().Hex()), Contact: "the service desk",
		Tenant: config.Tenant{Slug: dbtest.Tenant.Slug, Name: dbtest.Tenant.Name, Environment: dbtest.Tenant.Environment},
	}, app.Options{Log: slog.New(slog.NewTextHandler(testLog{w.t}, &slog.HandlerOptions{Level: slog.LevelWarn})), Version: "prove"})
	if err != nil {
		w.t.Fatal(err)
	}
	server.Config.Handler = w.app.Handler()
	server.Start()
	w.t.Cleanup(func() {
		server.Close()
		if err := w.app.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
	})
	w.amara, w.ben = w.admin("Amara Okafor"), w.admin("Ben Sato")
}

// testLog shows what the product warns of.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	if l.t.Context().Err() == nil { // afterwards a test must not be written to
		l.t.Log(strings.TrimSpace(string(p)))
	}
	return len(p), nil
}

func (w *world) admin(name string) models.Actor {
	w.t.Helper()
	word := strings.ToLower(strings.Fields(name)[0])
	actor := models.SystemActor(w.app.Tenant.ID, "Test")
	now := w.app.Store.Now()
	made, err := w.app.People.Load(w.ctx, actor, []directory.NewRecord{{
		DisplayName: name, Username: word, Email: word + "@northwind.example", Status: models.Active, CreatedAt: now, StatusSince: now,
		Identities: []directory.NewIdentity{{Provider: "test", Issuer: "https://id.example", Subject: word, How: "test"}},
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.give(models.RoleAdmin, made[0].ID)
	return models.Actor{Tenant: w.app.Tenant.ID, Kind: models.ActorUser, UserID: made[0].ID, Name: name, Can: models.AllPermissions, Via: models.ViaWeb}
}

func (w *world) give(role string, users ...int64) {
	w.t.Helper()
	var rows []access.LoadRow
	for _, id := range users {
		rows = append(rows, access.LoadRow{UserID: id, RoleKey: role, Source: models.SourceDirect, Until: models.Forever, GrantedBy: "Test"})
	}
	if _, err := w.app.Access.Load(w.ctx, models.SystemActor(w.app.Tenant.ID, "Test"), rows); err != nil {
		w.t.Fatal(err)
	}
}

// connect connects the realm with the least that a service account needs. People
// sign in to the console with it as well, by a client that is not in the audience
// of its own access tokens, as Keycloak makes them.
func (w *world) connect(through func(string) string) {
	w.t.Helper()
	settings, secrets := w.realm.Service(w.t, "rollcall-service", kctest.LeastRoles...)
	w.plain = &keeper.Plain{Realm: w.keeper.Realm, Service: keeper.App{ID: settings.ClientID, Secret: secrets.Client}}
	console := kctest.Client{ID: "console", Secret: rand.Text(), Redirects: []string{w.url + "/*"}}
	w.keys = append(w.keys, w.realm.AddClient(w.t, console))
	w.plain.Console = keeper.App{ID: console.ID, Secret: console.Secret}
	settings.Rate = rate
	settings.SignIn = &connector.SignIn{ClientID: console.ID, Create: string(config.CreateDomains), Domains: []string{"example.org"}, Refresh: true}
	if through != nil {
		settings.BaseURL = through(settings.BaseURL)
	}
	schedule := connector.DefaultSchedule()
	schedule.CreateUsers, schedule.Events, schedule.Every, schedule.FullEvery = true, false, 0, 0 // it is read when the test says so
	c, err := w.app.Connectors.Create(w.ctx, w.amara, connector.NewConnector{
		Kind: models.ConnectorKeycloak, Key: "keycloak", Name: "Keycloak", Settings: settings,
		Secrets: connector.NewSecrets{Client: secrets.Client, SignIn: console.Secret}, Schedule: &schedule,
	})
	if err == nil {
		c, err = w.app.Connectors.Enable(w.ctx, w.amara, c.PublicID, c.Version, "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.connector = c
}

// people makes n people of each sort who can sign in, with what Keycloak gives
// everybody: without its default roles there are no offline tokens.
func (w *world) people(sorts map[string]int) map[string][]person {
	w.t.Helper()
	out := map[string][]person{}
	var all []*person
	for sort, n := range sorts {
		out[sort] = make([]person, n)
		for i := range n {
			out[sort][i].username = fmt.Sprintf("%s%04d", sort, i+1)
			all = append(all, &out[sort][i])
		}
	}
	err := keeper.Each(w.ctx, all, 4, func(ctx context.Context, p *person) error {
		if err := w.keeper.Admin(ctx, http.MethodPost, "/users", kctest.Somebody(p.username), nil); err != nil {
			return err
		}
		var found []kctest.Person
		err := w.keeper.Admin(ctx, http.MethodGet, "/users?exact=true&username="+url.QueryEscape(p.username), nil, &found)
		if err == nil && len(found) == 1 {
			p.account = found[0].ID
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// until waits for something.
func (w *world) until(what string, done func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patient); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("not within %s: %s", patient, what)
		}
	}
}

// sync reads everybody for the first time, and finds out who they are here.
func (w *world) sync(groups ...[]person) {
	w.t.Helper()
	run, err := w.app.Sync.Start(w.ctx, w.amara, w.connector.PublicID, models.RunFull)
	if err != nil {
		w.t.Fatal(err)
	}
	w.until("everybody is read", func() bool {
		now, err := w.app.Sync.RunOf(w.ctx, w.app.Tenant.ID, run.PublicID)
		if err != nil {
			w.t.Fatal(err)
		}
		if now.State.Over() && now.State != models.RunDone {
			w.t.Fatalf("%s: %s", now.State, now.Sentence)
		}
		return now.State == models.RunDone
	})
	var ids []int64
	for _, people := range groups {
		for i := range people {
			p := &people[i]
			sel, _, err := w.app.People.FindIdentity(w.ctx, w.app.Tenant.ID, w.realm.Issuer, p.account)
			if err != nil {
				w.t.Fatalf("%s is not here: %v", p.username, err)
			}
			p.id, p.publicID = sel.ID, sel.PublicID
			ids = append(ids, p.id)
		}
	}
	w.give(models.RoleEmployee, ids...)
}

// signInEverywhere signs people in to each application, once for the browser and
// once for good; and to the console by its pages when they are to be cut off by the
// product, or as bare tokens when by the plain client.
func (w *world) signInEverywhere(people []person, byPages bool) {
	w.t.Helper()
	type visit struct{ *person }
	var visits []visit
	for i := range people {
		visits = append(visits, visit{&people[i]})
	}
	err := keeper.Each(w.ctx, visits, 4, func(ctx context.Context, v visit) error {
		for _, a := range w.apps {
			for _, offline := range []bool{false, true} {
				if err := w.keeper.SignIn(ctx, a, v.username, kctest.Password, offline); err != nil {
					return err
				}
			}
		}
		if byPages {
			return signInByPages(ctx, w.url, v.username)
		}
		var err error
		v.console, err = w.plain.SignIn(ctx, v.username, kctest.Password)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

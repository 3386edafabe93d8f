package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Options say what is measured, and how long.
type Options struct {
	URL      string        // of the database
	Database string        // its name in the lines: sqlite, postgres, mariadb
	People   int           // how many people Seed makes
	Plain    bool          // Seed leaves the database without the statistics of ANALYZE
	Budget   time.Duration // how long each way of an act is measured; 0: 3 s
	Acts     string        // only acts whose name holds this; "": all
	Seed     uint64        // of the data and of the samples
	Out      io.Writer     // the lines
	Log      io.Writer     // what happens meanwhile
}

// company is the organisation that is measured.
var company = config.Tenant{Slug: "bench", Name: "Bench", Environment: "test"}

// Seed fills an empty database: people, roles, sign-ins and the log, and then
// the statistics that a running database has.
func Seed(ctx context.Context, o Options) error {
	st, err := store.Open(ctx, store.Options{URL: o.URL, Relaxed: true})
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.Migrate(ctx); err != nil {
		return err
	}
	tenant, err := st.EnsureTenant(ctx, store.NewTenant{Slug: company.Slug, Name: company.Name, Environment: company.Environment})
	if err != nil {
		return err
	}
	roles := access.New(st)
	if err := roles.EnsureBuiltIns(ctx, tenant.ID); err != nil {
		return err
	}
	direct, err := newDirect(ctx, st, tenant.ID)
	if err != nil {
		return err
	}
	begin := time.Now()
	err = o.withoutIndexes(ctx, direct, func() error {
		_, err := seed.People(ctx, seed.Options{
			Store: st, Directory: directory.New(st), Access: roles, Tenant: tenant.ID, N: o.People, Audit: true, Seed: o.Seed, Progress: o.progress(),
		})
		return err
	})
	if err != nil {
		return err
	}
	o.say("filled with %d people in %s", o.People, time.Since(begin).Round(time.Second))
	if o.Plain {
		return nil
	}
	begin = time.Now()
	if err := direct.analyze(ctx); err != nil {
		return err
	}
	o.say("analyzed in %s", time.Since(begin).Round(time.Second))
	return nil
}

func (o Options) say(text string, args ...any) { fmt.Fprintf(o.Log, "bench: "+text+"\n", args...) }

// progress tells now and then how far the filling is.
func (o Options) progress() func(seed.Progress) {
	told := time.Duration(0)
	return func(p seed.Progress) {
		if p.Elapsed-told >= 15*time.Second {
			told = p.Elapsed
			o.say("%d of %d people, %.0f/s", p.Done, p.Total, p.Rate)
		}
	}
}

// bench is one run over a seeded database.
type bench struct {
	Options

	app     *app.App
	site    *site
	tenant  int64
	actor   models.Actor
	direct  *direct
	samples *samples
	role    string // that this run gives
}

// Run measures every act on a seeded database and prints a line for each. It
// leaves the data as it was, but for the log.
func Run(ctx context.Context, o Options) (figures []Figure, err error) {
	if o.Budget == 0 {
		o.Budget = 3 * time.Second
	}
	b := &bench{Options: o}
	if err := b.start(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if err := b.draw(ctx); err != nil {
		return nil, err
	}
	return b.measure(ctx)
}

// start opens the database as serve does, with the whole product on it.
func (b *bench) start(ctx context.Context) error {
	st, err := store.Open(ctx, store.Options{URL: b.URL})
	if err != nil {
		return err
	}
	listener, err := listen(ctx)
	if err != nil {
		return err
	}
	cfg := &config.Config{
		DatabaseURL: config.Secret(b.URL), PublicURL: &url.URL{Scheme: "http", Host: listener.Addr().String()},
		SecretKey: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Tenant: company,
	}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil)) // written as in production, and thrown away
	if b.app, err = app.New(ctx, cfg, app.Options{Log: log, Version: "bench", Store: st}); err != nil {
		return err
	}
	b.tenant = b.app.Tenant.ID
	b.actor = models.SystemActor(b.tenant, "Bench")
	b.site = serve(ctx, listener, b.app.Handler())
	if b.direct, err = newDirect(ctx, st, b.tenant); err != nil {
		return err
	}
	b.direct.began, b.direct.epochs = st.Now(), map[int64]int64{}
	n, err := b.app.Access.SweepExpired(ctx, b.tenant) // so that the sweep of the running product finds nothing later
	b.say("measuring %s; %d ended assignments were swept", b.Database, n)
	return err
}

func (b *bench) stop() error {
	return errors.Join(b.site.server.Close(), b.app.Close(), b.app.Store.Close())
}

// measure goes through all acts; those that change something come last.
func (b *bench) measure(ctx context.Context) (figures []Figure, err error) {
	cookies, err := b.signIn(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.openRole(ctx); err != nil {
		return nil, err
	}
	s := b.samples
	defer func() { err = errors.Join(err, b.direct.restore(ctx, b.role, s.toCutOff, s.admins)) }()
	reads := append(append(b.lists(), b.searches()...), b.openUser())
	if figures, err = b.all(ctx, figures, append(reads, b.audits()...)); err != nil {
		return figures, err
	}
	if b.wanted(pageAct) {
		f, err := b.usersPage(ctx, cookies)
		if err != nil {
			return figures, err
		}
		b.print(f)
		figures = append(figures, f)
	}
	if err := b.direct.remember(ctx, append(s.toAssign[:len(s.toAssign):len(s.toAssign)], s.toCutOff...)); err != nil {
		return figures, err
	}
	if figures, err = b.all(ctx, figures, b.changes()); err != nil || !b.wanted(bulkAct) {
		return figures, err
	}
	f, err := b.cutOffAll(ctx, cookies[0])
	if err != nil {
		return figures, fmt.Errorf("%s: %w", bulkAct, err)
	}
	b.print(f)
	return append(figures, f), nil
}

// all measures some acts. The far page is put beside the first one too.
func (b *bench) all(ctx context.Context, figures []Figure, acts []act) ([]Figure, error) {
	for _, a := range acts {
		if !b.wanted(a.name) {
			continue
		}
		m, err := measure(ctx, a, b.Budget)
		if err != nil {
			return figures, err
		}
		f := m.figure(a.name)
		if a.name == farPage {
			f.First = ratio(f.P50, first(figures).P50)
		}
		b.print(f)
		figures = append(figures, f)
	}
	return figures, nil
}

func first(figures []Figure) Figure {
	for _, f := range figures {
		if f.Act == firstPage {
			return f
		}
	}
	return Figure{}
}

func (b *bench) wanted(name string) bool { return strings.Contains(name, b.Acts) }

func (b *bench) print(f Figure) { fmt.Fprintln(b.Out, f.Line(b.Database)) }

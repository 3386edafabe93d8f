package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
)

// Options say how the demo runs.
type Options struct {
	Listen  string
	DataDir string // kept; "": a folder that is gone when the demo ends
	Log     *slog.Logger
	Out     io.Writer // what people read: where to go
	Version string
}

// Run serves the demo until ctx ends.
func Run(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	site, err := Bind(ctx, o.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = site.Listener.Close() }() // serving has closed it, or nothing was served
	place, err := placeOf(o.DataDir)
	if err != nil {
		return err
	}
	defer place.tidy()
	if err := place.fill(ctx, site, o.Out, time.Now()); err != nil {
		return err
	}
	outsiders, err := openSystems(place.dir, time.Now)
	if err != nil {
		return err
	}
	handler, console, err := assemble(ctx, site, place, outsiders, o)
	if err != nil {
		return errors.Join(err, outsiders.finish())
	}
	go live(ctx, outsiders.northwind, o.Log)
	announce(o.Out, site)
	return errors.Join(app.ServeOn(ctx, site.Listener, handler, o.Log.Info), console.Close(), outsiders.finish())
}

// assemble puts console and provider under one address.
func assemble(ctx context.Context, site *Site, place *place, outsiders *systems, o Options) (http.Handler, *app.App, error) {
	cfg, err := settings(site, place)
	if err != nil {
		return nil, nil, err
	}
	client := cfg.Providers[0]
	op, err := NewProvider(ProviderOptions{
		Issuer: client.Issuer, ClientID: client.ClientID, ClientSecret: client.ClientSecret.Reveal(),
		RedirectURL: site.URL + "/auth/" + ProviderKey + "/callback", PostLogoutURL: site.URL + "/signed-out", Log: o.Log,
		BackchannelURL: site.URL + "/auth/" + ProviderKey + "/backchannel-logout", People: outsiders.northwind,
	})
	if err != nil {
		return nil, nil, err
	}
	extra := &app.Demo{Banner: place.banner(), Sources: SourceNames}
	for _, p := range Personas() {
		extra.Personas = append(extra.Personas, app.Persona{Name: p.Name, Role: p.Enter, Does: p.Sentence, Provider: ProviderKey, Hint: p.Hint})
	}
	console, err := app.New(ctx, cfg, app.Options{Log: o.Log, Version: o.Version, Relaxed: true, Demo: extra, Kinds: outsiders.kinds()})
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(ProviderPath+"/", op)
	mux.Handle("/", console.Handler())
	return site.Guard(mux), console, nil
}

// settings are the console's: those any installation beside a provider has.
func settings(site *Site, place *place) (*config.Config, error) {
	public, err := url.Parse(site.URL)
	if err != nil {
		return nil, fmt.Errorf("the demo's own address: %w", err)
	}
	key, err := place.key()
	if err != nil {
		return nil, err
	}
	client := make([]byte, 32)
	_, _ = rand.Read(client) // never fails: crypto/rand ends the process instead
	p := config.Provider{
		Key: ProviderKey, Name: ProviderName, Issuer: site.URL + ProviderPath, ClientID: ClientID, ClientSecret: config.Secret(hex.EncodeToString(client)),
		Scopes: []string{"profile", "email", "groups"}, DevLoopback: true, EmailDomains: []string{EmailDomain},
		Create: config.Create{Rule: config.CreatePending, Domains: []string{EmailDomain}},
	}
	for _, r := range RoleRules() {
		p.Roles = append(p.Roles, config.RoleMapping{Claim: r.Claim, Value: r.Value, Role: r.RoleKey})
	}
	return &config.Config{
		DatabaseURL: config.Secret(place.url()), SecretKey: config.Secret(key), PublicURL: public, Listen: site.Listener.Addr().String(),
		Contact: "Amara Okafor", Tenant: config.Tenant{Name: Tenant.Name, Slug: Tenant.Slug, Environment: Tenant.Environment},
		Session: config.Session{Idle: time.Hour, Absolute: 12 * time.Hour, MaxPerPerson: 50}, LogLevel: slog.LevelWarn,
		Providers: []config.Provider{p},
	}, nil
}

func announce(out io.Writer, site *Site) {
	fmt.Fprintf(out, "\n  The demo is ready. Open %s\n\n", site.URL)
	for _, p := range Personas() {
		fmt.Fprintf(out, "    %-18s %s\n", p.Enter, p.Name)
	}
	fmt.Fprint(out, "\n  No password. Press Ctrl+C to stop.\n\n")
}

// place is the folder of the demo's database.
type place struct {
	dir  string
	kept bool
}

func placeOf(dir string) (*place, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "The folder %s cannot be made. Choose another one with --data.", dir)
		}
		return &place{dir, true}, nil
	}
	dir, err := os.MkdirTemp("", "rollcall-demo-")
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "No temporary folder can be made: %v. Name a folder with --data.", err)
	}
	return &place{dir: dir}, nil
}

func (p *place) file() string { return filepath.Join(p.dir, "demo.db") }

func (p *place) url() string { return "sqlite://" + p.file() }

// key gives the key that seals what is secret in the data. It stays beside them,
// as everything of a demo does.
func (p *place) key() (string, error) {
	path := filepath.Join(p.dir, "demo.key")
	kept, err := os.ReadFile(path)
	if err == nil {
		return string(kept), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", errs.Wrap(err, errs.Invalid, "The folder %s cannot be read: %v.", p.dir, err)
	}
	made := secret.NewKey().Hex()
	if err := os.WriteFile(path, []byte(made), 0o600); err != nil {
		return "", fmt.Errorf("keep the key of the demo: %w", err)
	}
	return made, nil
}

func (p *place) banner() string {
	if p.kept {
		return "Demo data."
	}
	return Banner
}

// tidy removes what need not stay.
func (p *place) tidy() {
	if !p.kept {
		_ = os.RemoveAll(p.dir) // the system clears its temporary folder anyway
	}
}

// fill writes the data as it is now, unless the folder holds it from a run before.
func (p *place) fill(ctx context.Context, site *Site, out io.Writer, now time.Time) error {
	_, err := os.Stat(p.file())
	if err == nil {
		return p.fits(ctx, site)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return errs.Wrap(err, errs.Invalid, "The folder %s cannot be read: %v.", p.dir, err)
	}
	fmt.Fprint(out, "Inventing 12,000 people and what happened to them ... ")
	unfinished := filepath.Join(p.dir, "unfinished.db") // a run that was stopped must not be taken for a whole one
	rest := []string{unfinished, unfinished + "-wal", unfinished + "-shm"}
	for _, name := range journals() {
		rest = append(rest, filepath.Join(p.dir, name))
	}
	for _, one := range rest {
		if err := os.Remove(one); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what a stopped demo left: %w", err)
		}
	}
	key, err := p.key()
	if err != nil {
		return err
	}
	sum, err := Load(ctx, LoadOptions{URL: "sqlite://" + unfinished, Issuer: site.URL + ProviderPath, Now: now, Dir: p.dir, Key: key})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "done in %.1f s.\n", sum.Took.Seconds())
	if err := os.Rename(unfinished, p.file()); err != nil {
		return fmt.Errorf("keep the demo's data: %w", err)
	}
	return nil
}

// fits refuses data of a demo at another address: its people belong to the
// provider there, and nobody could come in. The same is so when the outside
// systems of the data are gone.
func (p *place) fits(ctx context.Context, site *Site) error {
	for _, name := range journals() {
		if _, err := os.Stat(filepath.Join(p.dir, name)); err != nil {
			return errs.Wrap(err, errs.Conflict, "The data in %s lack %s: they are of another version, or not whole. Choose another folder with --data, or empty this one.", p.dir, name)
		}
	}
	db, err := store.Open(ctx, store.Options{URL: p.url(), Relaxed: true})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // only read
	tenant, err := db.TenantBySlug(ctx, Tenant.Slug)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "%s is not the database of a demo. Choose another folder with --data.", p.file())
	}
	_, _, err = directory.New(db).FindIdentity(ctx, tenant.ID, site.URL+ProviderPath, Personas()[0].Subject)
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.Conflict, "The data in %s belongs to a demo at another address than %s. Use --listen as before, or another folder with --data.", p.dir, site.URL)
	}
	return err
}

package main

import (
	"context"
	"fmt"
	"os"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/internal/store"
)

type seedRun struct {
	config.Flags

	Users int  `default:"1000" help:"How many people."`
	Audit bool `help:"Also write audit events, five for each person."`
}

// Run fills the directory with made-up people.
func (r *seedRun) Run(ctx context.Context) error {
	cfg, err := load(r.Flags)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{URL: cfg.DatabaseURL.Reveal(), Relaxed: true})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	tenant, err := s.EnsureTenant(ctx, store.NewTenant{Slug: cfg.Tenant.Slug, Name: cfg.Tenant.Name, Environment: cfg.Tenant.Environment})
	if err != nil {
		return err
	}
	roles := access.New(s)
	if err := roles.EnsureBuiltIns(ctx, tenant.ID); err != nil {
		return err
	}
	summary, err := seed.People(ctx, seed.Options{
		Store: s, Directory: directory.New(s), Access: roles, Tenant: tenant.ID, N: r.Users, Audit: r.Audit,
		Progress: func(p seed.Progress) {
			fmt.Fprintf(os.Stderr, "\r%d of %d people, %.0f/s ", p.Done, p.Total, p.Rate)
		},
	})
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return err
	}
	fmt.Printf("%d people with %d roles and %d audit events in %.1f s.\n", summary.People, summary.Assignments, summary.Events, summary.Elapsed.Seconds())
	return nil
}

package main

import (
	"context"
	"fmt"
	"os"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/store"
)

type migrate struct {
	Up     migrateUp     `cmd:"" default:"withargs" help:"Apply the steps that are missing."`
	Down   migrateDown   `cmd:"" help:"Take back the steps that were applied last. Their data is lost."`
	Status migrateStatus `cmd:"" help:"List the steps and whether they were applied."`
	Unlock migrateUnlock `cmd:"" help:"Remove the lock that a killed migration left behind."`
	Grants migrateGrants `cmd:"" help:"Print the grants of the database user that serve should run as."`
}

type migrateUp struct{ config.Flags }

// Run applies the steps that are missing.
func (m *migrateUp) Run(ctx context.Context) error {
	return withStore(ctx, m.Flags, func(s *store.Store) error {
		if err := s.Migrate(ctx); err != nil {
			return err
		}
		fmt.Println("The database is up to date.")
		return nil
	})
}

type migrateDown struct{ config.Flags }

// Run takes the last group of steps back.
func (m *migrateDown) Run(ctx context.Context) error {
	return withStore(ctx, m.Flags, func(s *store.Store) error { return s.Rollback(ctx) })
}

type migrateStatus struct{ config.Flags }

// Run lists the steps.
func (m *migrateStatus) Run(ctx context.Context) error {
	return withStore(ctx, m.Flags, func(s *store.Store) error {
		steps, err := s.Steps(ctx)
		if err != nil {
			return err
		}
		for _, step := range steps {
			word := "missing"
			if step.Applied {
				word = "applied"
			}
			fmt.Printf("%-8s %s\n", word, step.Name)
		}
		return nil
	})
}

type migrateUnlock struct{ config.Flags }

// Run removes a lock that was left behind.
func (m *migrateUnlock) Run(ctx context.Context) error {
	return withStore(ctx, m.Flags, func(s *store.Store) error { return s.Unlock(ctx) })
}

type migrateGrants struct {
	config.Flags

	User     string `arg:"" help:"Name of the database user."`
	Database string `default:"rollcall" help:"Name of the database."`
}

// Run prints the grants.
func (m *migrateGrants) Run(ctx context.Context) error {
	return withStore(ctx, m.Flags, func(s *store.Store) error {
		if s.Dialect() == store.SQLite {
			fmt.Println("SQLite has no database users. The audit log refuses UPDATE and DELETE by itself.")
			return nil
		}
		for _, line := range store.Grants(s.Dialect(), m.User, m.Database) {
			fmt.Fprintln(os.Stdout, line+";")
		}
		return nil
	})
}

func withStore(ctx context.Context, flags config.Flags, fn func(*store.Store) error) error {
	cfg, err := load(flags)
	if err != nil {
		return err
	}
	s, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	return fn(s)
}

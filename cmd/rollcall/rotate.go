package main

import (
	"context"
	"fmt"
	"os"

	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/reseal"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

type rotateKeys struct {
	config.Flags

	Check bool `help:"Only say whether anything still needs an old key."`
}

// Run seals with the first key what other keys sealed, or counts it.
func (r *rotateKeys) Run(ctx context.Context) error {
	cfg, err := load(r.Flags)
	if err != nil {
		return err
	}
	ring, err := secret.Load(secret.Source{Text: cfg.SecretKey.Reveal(), File: cfg.SecretKeyFile, Beside: cfg.SQLiteFile()})
	if err != nil {
		return err
	}
	return withStore(ctx, r.Flags, func(s *store.Store) error {
		if err := upToDate(ctx, s); err != nil {
			return err
		}
		engine := reseal.New(s, ring, app.SealedColumns())
		if r.Check {
			report, err := engine.Check(ctx)
			if err != nil {
				return err
			}
			return verdict(report, "Run rollcall rotate-keys, then look again.")
		}
		report, err := engine.Rotate(ctx, operator, func(column string, n int) { fmt.Fprintf(os.Stderr, "%s: %d\n", column, n) })
		if err != nil {
			return err
		}
		return verdict(report, "A replica still seals with an old key: give all of them the new key first, and run this again.")
	})
}

// upToDate wants all tables: this version may seal in some that are not there yet.
func upToDate(ctx context.Context, s *store.Store) error {
	steps, err := s.Steps(ctx)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !step.Applied {
			return errs.New(errs.Conflict, "The database is not up to date: %s is missing. Run rollcall migrate first.", step.Name)
		}
	}
	return nil
}

func operator(tenant int64) models.Actor {
	return models.Actor{Tenant: tenant, Kind: models.ActorOperator, Name: "rollcall rotate-keys", Can: models.AllPermissions, Via: models.ViaCLI}
}

// verdict prints what there is, and fails while an old key is needed.
func verdict(report reseal.Report, next string) error {
	fmt.Printf("%-28s %10s %10s %10s %10s\n", "column", "first key", "resealed", "old key", "lost")
	for _, c := range report {
		fmt.Printf("%-28s %10d %10d %10d %10d\n", c.Column, c.Current, c.Resealed, c.Old, c.Unknown+c.Broken)
	}
	if lost := report.Lost(); lost > 0 {
		fmt.Fprintf(os.Stderr, "%d texts do not open with any key that is set. They were left as they are; if their key still exists, add it behind the others and run this again.\n", lost)
	}
	if old := report.Old(); old > 0 {
		return errs.New(errs.Conflict, "%d texts still need an old key. %s", old, next)
	}
	fmt.Println("Nothing needs an old key.")
	return nil
}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

type connectors struct {
	List connectorList `cmd:"" default:"withargs" help:"List connected systems with their state and health."`
	Test connectorTest `cmd:"" help:"Run the connection test of one, as its page does."`
}

type connectorList struct{ config.Flags }

// Run prints one line for each connector.
func (l *connectorList) Run(ctx context.Context) error {
	return withConnectors(ctx, l.Flags, func(e *connector.Engine, tenant int64) error {
		all, err := e.List(ctx, tenant)
		if err != nil {
			return err
		}
		for _, c := range all {
			fmt.Printf("%-24s %-10s %-14s %s\n", c.Key, c.State, c.Health.Health.Word(), c.Name)
		}
		return nil
	})
}

type connectorTest struct {
	config.Flags

	Key string `arg:"" help:"Key of the connector, as the list shows it."`
}

// Run prints each result as it comes, and fails when a check failed.
func (t *connectorTest) Run(ctx context.Context) error {
	return withConnectors(ctx, t.Flags, func(e *connector.Engine, tenant int64) error {
		c, err := e.ByKey(ctx, tenant, t.Key)
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.NotFound, "There is no connector with the key %q. rollcall connector list shows those there are.", t.Key)
		}
		if err != nil {
			return err
		}
		actor := models.Actor{Tenant: tenant, Kind: models.ActorOperator, Name: "rollcall connector test", Can: models.AllPermissions, Via: models.ViaCLI}
		failed := 0
		err = e.Probe(ctx, actor, c, func(check connector.Check) {
			fmt.Printf("%-8s %s (%s)\n         %s\n", check.State, check.Label, check.Took.Round(time.Millisecond), check.Sentence)
			if check.Fix != "" {
				fmt.Printf("         To do: %s\n", check.Fix)
			}
			if check.State == connector.CheckFailed {
				failed++
			}
		})
		if err == nil && failed > 0 {
			err = errs.New(errs.Conflict, "%d checks of %s failed.", failed, c.Name)
		}
		return err
	})
}

// withConnectors opens the database and the engine, and closes both after fn.
func withConnectors(ctx context.Context, flags config.Flags, fn func(e *connector.Engine, tenant int64) error) error {
	cfg, err := load(flags)
	if err != nil {
		return err
	}
	ring, err := secret.Load(secret.Source{Text: cfg.SecretKey.Reveal(), File: cfg.SecretKeyFile, Beside: cfg.SQLiteFile()})
	if err != nil {
		return err
	}
	return withStore(ctx, flags, func(s *store.Store) error {
		if err := upToDate(ctx, s); err != nil {
			return err
		}
		tenant, err := s.TenantBySlug(ctx, cfg.Tenant.Slug)
		if err != nil {
			return fmt.Errorf("the organisation %q is not in this database yet: run rollcall serve once: %w", cfg.Tenant.Slug, err)
		}
		e := app.Connectors(s, ring, cfg, newLog(cfg.LogLevel))
		defer e.Close()
		return fn(e, tenant.ID)
	})
}

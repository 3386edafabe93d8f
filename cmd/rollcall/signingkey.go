package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

type signingKeys struct {
	List   signingKeyList   `cmd:"" default:"withargs" help:"Print the public keys, as they are published."`
	Rotate signingKeyRotate `cmd:"" help:"Make a new key and retire the one in use, which stays published."`
}

type signingKeyList struct{ config.Flags }

// Run prints the keys.
func (l *signingKeyList) Run(ctx context.Context) error {
	return withCertificates(ctx, l.Flags, func(e *certify.Engine, tenant int64) error {
		list, err := e.Keys(ctx, tenant)
		if err != nil {
			return err
		}
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(list)
	})
}

type signingKeyRotate struct{ config.Flags }

// Run makes a new key.
func (r *signingKeyRotate) Run(ctx context.Context) error {
	return withCertificates(ctx, r.Flags, func(e *certify.Engine, tenant int64) error {
		actor := models.Actor{Tenant: tenant, Kind: models.ActorOperator, Name: "rollcall signing-key rotate", Can: models.AllPermissions, Via: models.ViaCLI}
		fresh, retired, err := e.Rotate(ctx, actor)
		if err != nil {
			return err
		}
		fmt.Println("Certificates are signed from now on with", fresh.Key)
		if retired != "" {
			fmt.Println("Retired, and still published for what it signed:", retired)
		}
		return nil
	})
}

// withCertificates opens the database and the engine, and closes both after fn.
func withCertificates(ctx context.Context, flags config.Flags, fn func(e *certify.Engine, tenant int64) error) error {
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
			return errs.Wrap(err, errs.NotFound, "The organisation %q is not in this database yet. Run rollcall serve once.", cfg.Tenant.Slug)
		}
		return fn(app.Certificates(s, ring, cfg, release()), tenant.ID)
	})
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/models"
)

// NewTenant describes a tenant to create.
type NewTenant struct {
	Slug        string
	Name        string
	Environment string // production, staging, test, demo
}

// EnsureTenant gives the tenant of a slug and creates it when there is none.
func (s *Store) EnsureTenant(ctx context.Context, n NewTenant) (models.Tenant, error) {
	row, err := s.TenantBySlug(ctx, n.Slug)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return row, err
	}
	err = s.once(ctx, models.Actor{}, func(ctx context.Context, tx *Tx) error {
		row = models.Tenant{Slug: n.Slug, Name: n.Name, Environment: n.Environment, CreatedAt: tx.Now}
		if _, err := tx.db.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("create tenant: %w", err)
		}
		tx.tenant, tx.Actor = row.ID, models.SystemActor(row.ID, "Rollcall")
		return tx.Record(ctx, Event{Action: models.TenantCreate, Target: Ref{Kind: models.KindTenant, ID: row.ID, Name: row.Name}})
	})
	if IsUniqueViolation(err) { // another replica was faster
		return s.TenantBySlug(ctx, n.Slug)
	}
	return row, err
}

// TenantBySlug finds a tenant; sql.ErrNoRows when there is none.
func (s *Store) TenantBySlug(ctx context.Context, slug string) (models.Tenant, error) {
	var row models.Tenant
	err := s.System(TenantLookup).Select(&row).Where("slug = ?", slug).Limit(1).Scan(ctx)
	if err != nil {
		return row, fmt.Errorf("find tenant: %w", err)
	}
	return row, nil
}

// maxTenants bounds how many organisations one installation may hold.
const maxTenants = 10_000

// Tenants lists the organisations of the installation.
func (s *Store) Tenants(ctx context.Context) ([]models.Tenant, error) {
	var rows []models.Tenant
	err := s.System(TenantLookup).Select(&rows).Order("id").Limit(maxTenants).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	return rows, nil
}

package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun/migrate"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/migrations"
)

// lockWait is how long a replica waits for another one that is migrating.
const lockWait = 90 * time.Second

// Step is one migration and whether it was applied.
type Step struct {
	Name    string
	Applied bool
}

func migrationFiles() (*migrate.Migrations, error) {
	steps := migrate.NewMigrations()
	if err := steps.Discover(migrations.Files); err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return steps, nil
}

func (s *Store) migrator() (*migrate.Migrator, error) {
	steps, err := migrationFiles()
	if err != nil {
		return nil, err
	}
	words := &migrations.Words{SQLite: s.dialect == SQLite, Postgres: s.dialect == Postgres, MySQL: s.dialect == MySQL}
	return migrate.NewMigrator(s.write, steps, migrate.WithMarkAppliedOnSuccess(true), migrate.WithTemplateData(words)), nil
}

// Migrate applies every step that is missing. Replicas that start together wait
// for each other. When nothing is missing nothing is written, so that a database
// user without the right to create tables may call it.
func (s *Store) Migrate(ctx context.Context) error {
	steps, err := s.Steps(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(steps, func(one Step) bool { return !one.Applied }) {
		return nil
	}
	return s.locked(ctx, func(m *migrate.Migrator) error {
		if _, err := m.Migrate(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		return nil
	})
}

// Rollback takes back the group of steps that was applied last.
func (s *Store) Rollback(ctx context.Context) error {
	return s.locked(ctx, func(m *migrate.Migrator) error {
		if _, err := m.Rollback(ctx); err != nil {
			return fmt.Errorf("roll back: %w", err)
		}
		return nil
	})
}

// Unlock removes the lock that a migration left behind when it was killed.
func (s *Store) Unlock(ctx context.Context) error {
	m, err := s.migrator()
	if err != nil {
		return err
	}
	return m.Unlock(ctx)
}

// Steps lists all migrations, oldest first. It changes nothing: in an empty
// database every step is missing.
func (s *Store) Steps(ctx context.Context) ([]Step, error) {
	files, err := migrationFiles()
	if err != nil {
		return nil, err
	}
	m, err := s.migrator()
	if err != nil {
		return nil, err
	}
	all, err := m.MigrationsWithStatus(ctx)
	if isNoTable(err) {
		all, err = files.Sorted(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	steps := make([]Step, 0, len(all))
	for _, one := range all {
		steps = append(steps, Step{Name: one.Name + "_" + one.Comment, Applied: one.IsApplied()})
	}
	return steps, nil
}

func (s *Store) locked(ctx context.Context, fn func(*migrate.Migrator) error) error {
	m, err := s.migrator()
	if err != nil {
		return err
	}
	if err := lock(ctx, m); err != nil {
		return err
	}
	defer func() { _ = m.Unlock(context.WithoutCancel(ctx)) }() // a lock that stays is named by the next Migrate
	return fn(m)
}

// lock creates the tables of the migrator itself and takes its lock. Others may
// be doing both at the same moment.
func lock(ctx context.Context, m *migrate.Migrator) error {
	deadline := time.Now().Add(lockWait)
	for {
		err := m.Init(ctx)
		if err == nil {
			err = m.Lock(ctx)
		}
		switch {
		case err == nil:
			return nil
		case !IsUniqueViolation(err) && !isConflict(err) && !isTableThere(err):
			return fmt.Errorf("prepare migrations: %w", err)
		case time.Now().After(deadline):
			return errs.Wrap(err, errs.Conflict, "Another process is migrating the database, or one was killed while it did. If none is running: rollcall migrate unlock.")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

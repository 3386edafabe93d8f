package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// attempts is how often a transaction is run when the database reports a conflict.
const attempts = 6

// ErrSilent is returned when a change recorded nothing in the audit log; it is
// rolled back. Seeing it means a bug: every change has its event.
var ErrSilent = errors.New("store: a change must record an audit event")

// Tx is a transaction inside one tenant. Its Now is one moment for all rows.
type Tx struct {
	Reader
	Actor models.Actor
	Now   models.Instant

	recorded int
	after    []func()
}

// AfterCommit runs fn once the transaction has committed: for hints such as
// waking a worker, never for anything that must happen.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

type txKey struct{}

// Change runs fn in one transaction for an actor and commits it together with
// the audit events fn recorded. Nothing is written when fn fails, when it
// recorded nothing (ErrSilent), or when the database refuses. A conflict runs
// fn again, so fn must compute everything anew and touch only the database.
func (s *Store) Change(ctx context.Context, actor models.Actor, fn func(context.Context, *Tx) error) error {
	if !actor.Valid() {
		return errors.New("store: a change needs an actor with tenant, kind and name")
	}
	return s.transact(ctx, actor, func(ctx context.Context, tx *Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		if tx.recorded == 0 {
			return ErrSilent
		}
		return nil
	})
}

// Maintenance names a technical write that has no audit event. The list is closed.
type Maintenance string

// The technical writes.
const (
	SessionTouch  Maintenance = "session last seen and extended"
	SessionSweep  Maintenance = "expired sessions and sign-in transactions removed"
	SignInPending Maintenance = "a sign-in transaction opened or consumed"
	HookDelivery  Maintenance = "a posted message written down or forgotten"
	LinkCheck     Maintenance = "how far the look for likely duplicates came, and evidence read again"
	LinkDraft     Maintenance = "a merge being prepared was kept or thrown away"
	WorkLease     Maintenance = "steps of work leased"
	WorkStep      Maintenance = "a step of work put down"

	CertificatePart  Maintenance = "people of a certificate that is being written"
	ConnectorHealth  Maintenance = "what the use of a connected system said of its health"
	ConnectorChecks  Maintenance = "results of a connection test as they come"
	KeyRotation      Maintenance = "sealed texts sealed again with another key"
	DraftKeeping     Maintenance = "what somebody typed kept, given back or removed"
	SyncEvents       Maintenance = "events of a connected system stored or marked"
	SyncPage         Maintenance = "what a connected system said stored, each changed person with an event"
	SyncLease        Maintenance = "leases, points and failures of syncing"
	GrantKeeping     Maintenance = "what a provider granted leased, renewed, put off, or marked to be taken back"
	GrantRenewed     Maintenance = "who is signed in looked at again at the provider, each change with an event"
	OperationLease   Maintenance = "an operation leased, given back or put off"
	OperationFollow  Maintenance = "people and steps of an operation moved on as steps ended, each with an event of its own"
	OperationDraft   Maintenance = "what an operation is to be asked for with, kept before it is"
	SelectionKeeping Maintenance = "whom somebody has selected kept, changed or removed"
	LogoutHeard      Maintenance = "a provider's sign-out message that found nothing to end, noted against replay"
	OperationList    Maintenance = "the frozen list of an operation written and counted, chunk by chunk"
)

// Maintain runs a technical write that needs no audit event.
func (s *Store) Maintain(ctx context.Context, tenant int64, what Maintenance, fn func(context.Context, *Tx) error) error {
	return s.transact(ctx, models.SystemActor(tenant, string(what)), fn)
}

func (s *Store) transact(ctx context.Context, actor models.Actor, fn func(context.Context, *Tx) error) error {
	if ctx.Value(txKey{}) != nil {
		panic("store: nested transaction; pass the *Tx instead")
	}
	var err error
	for i := range attempts {
		if i > 0 {
			pause := time.Duration(1<<i)*5*time.Millisecond + rand.N(20*time.Millisecond) //nolint:gosec // jitter needs no secrecy
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
		err = s.once(ctx, actor, fn)
		if err == nil || !isConflict(err) {
			return classify(err)
		}
	}
	return errs.Wrap(err, errs.Conflict, "Somebody else changed the same thing at the same moment. Nothing was saved. Try again.")
}

func (s *Store) once(ctx context.Context, actor models.Actor, fn func(context.Context, *Tx) error) error {
	db := s.write.WithNamedArg("tenant", actor.Tenant)
	opts := &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	if s.dialect == SQLite {
		opts = nil
	}
	btx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = btx.Rollback() }() // after a commit this does nothing
	tx := &Tx{Reader: Reader{db: btx, tenant: actor.Tenant, store: s}, Actor: actor, Now: s.Now()}
	if err := fn(context.WithValue(ctx, txKey{}, true), tx); err != nil {
		return err
	}
	if err := btx.Commit(); err != nil {
		if ctx.Err() != nil { // the driver only says that the transaction is gone
			return fmt.Errorf("commit: %w", ctx.Err())
		}
		return fmt.Errorf("commit: %w", err)
	}
	for _, fn := range tx.after {
		fn()
	}
	return nil
}

// classify keeps errors that already have a kind and marks an unreachable database.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errs.As(err); ok {
		return err
	}
	if isUnreachable(err) {
		return errs.Wrap(err, errs.Unavailable, "The database does not answer. Nothing was saved.")
	}
	return err
}

// Insert starts an insert of a row or a slice of rows. TenantID is filled in;
// a row of another tenant panics.
func (tx *Tx) Insert(model any) *bun.InsertQuery {
	tx.own(reflect.ValueOf(model))
	return tx.db.NewInsert().Model(model)
}

// Update starts an update of the model's table inside the tenant.
func (tx *Tx) Update(model any) *bun.UpdateQuery {
	return tx.db.NewUpdate().Model(model).Where("tenant_id = ?", tx.tenant)
}

// Delete starts a delete from the model's table inside the tenant.
func (tx *Tx) Delete(model any) *bun.DeleteQuery {
	return tx.db.NewDelete().Model(model).Where("tenant_id = ?", tx.tenant)
}

// LockTenant takes the tenant's own row, so that rules over many rows (the last
// admin) are checked by one transaction at a time.
func (tx *Tx) LockTenant(ctx context.Context) error {
	var row models.Tenant
	q := tx.db.NewSelect().Model(&row).Column("id").Where("id = ?", tx.tenant)
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return fmt.Errorf("lock tenant: %w", err)
	}
	return nil
}

// own sets TenantID on the row or rows behind v.
func (tx *Tx) own(v reflect.Value) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			tx.own(v.Index(i).Addr())
		}
		return
	}
	f := v.FieldByName("TenantID")
	switch {
	case !f.IsValid():
	case f.Int() == 0:
		f.SetInt(tx.tenant)
	case f.Int() != tx.tenant:
		panic("store: insert of a row of another tenant")
	}
}

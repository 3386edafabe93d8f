package dbtest

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
)

// ErrInjected is what statements fail with when a test says so.
var ErrInjected = errors.New("dbtest: connection refused (injected)")

// Commit is the word for Faults.Fail that means the commit of a transaction.
const Commit = "COMMIT"

// Faults makes statements fail. The zero value lets everything pass.
type Faults struct {
	mu    sync.Mutex
	rules []*fault
	hear  func(statement string)
}

type fault struct {
	part  string
	err   error
	times int // -1: always
}

// Fail makes every statement that contains part fail with ErrInjected until
// Heal: "" is every statement, Commit every commit. Case does not count.
func (f *Faults) Fail(part string) { f.FailWith(part, ErrInjected, -1) }

// FailWith makes the next times statements that contain part fail with err.
func (f *Faults) FailWith(part string, err error, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &fault{part: strings.ToLower(part), err: err, times: times})
}

// Heal lets everything pass again.
func (f *Faults) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
}

// Hear tells of every statement before it is run, one after another, until it is
// called with nil. What fn does itself must not touch the database.
func (f *Faults) Hear(fn func(statement string)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hear = fn
}

func (f *Faults) check(statement string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hear != nil {
		f.hear(statement)
	}
	for _, r := range f.rules {
		if r.times == 0 || !strings.Contains(strings.ToLower(statement), r.part) {
			continue
		}
		if r.times > 0 {
			r.times--
		}
		return r.err
	}
	return nil
}

// Broken gives a migrated SQLite store of which every statement fails, for the
// tests of what happens then. The tenant's id in it is 1.
func Broken(t testing.TB) *store.Store {
	t.Helper()
	db := One(t, store.SQLite)
	db.Faults.Fail("")
	return db.Store
}

func (f *Faults) wrap(c driver.Connector) driver.Connector { return faultyConnector{c, f} }

type faultyConnector struct {
	driver.Connector
	faults *Faults
}

func (c faultyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &faultyConn{conn, c.faults}, nil
}

// faultyConn passes everything on to the driver's connection, which all three
// drivers implement in full.
type faultyConn struct {
	driver.Conn
	faults *Faults
}

func (c *faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.faults.check(query); err != nil {
		return nil, err
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.faults.check(query); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *faultyConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.faults.check(query); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c *faultyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.faults.check("BEGIN"); err != nil {
		return nil, err
	}
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &faultyTx{tx, c.faults}, nil
}

func (c *faultyConn) Ping(ctx context.Context) error {
	if err := c.faults.check("PING"); err != nil {
		return err
	}
	if p, ok := c.Conn.(driver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}

func (c *faultyConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *faultyConn) IsValid() bool {
	if v, ok := c.Conn.(driver.Validator); ok {
		return v.IsValid()
	}
	return true
}

func (c *faultyConn) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := c.Conn.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// faultyTx refuses the commit as a cluster does: what was done is rolled back.
type faultyTx struct {
	driver.Tx
	faults *Faults
}

func (t *faultyTx) Commit() error {
	if err := t.faults.check(Commit); err != nil {
		return errors.Join(err, t.Tx.Rollback())
	}
	return t.Tx.Commit()
}

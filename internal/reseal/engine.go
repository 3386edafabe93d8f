package reseal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// batch bounds one transaction: so many rows, and about so many bytes.
const (
	batch     = 100
	batchSize = 2 << 20
)

// Engine seals again what other keys sealed.
type Engine struct {
	store   *store.Store
	keyring *secret.Keyring
	columns []secret.Column
}

// New makes an engine for the columns that exist.
func New(s *store.Store, ring *secret.Keyring, columns []secret.Column) *Engine {
	return &Engine{store: s, keyring: ring, columns: columns}
}

// Count is what there is in one column, over all organisations.
type Count struct {
	Column   string
	Current  int // sealed with the first key
	Old      int // sealed with another key of the keyring
	Unknown  int // sealed with a key that is not here: lost until that key is
	Resealed int // by this run
	Broken   int // do not open although their key is here
}

// Report is one Count for each column.
type Report []Count

// Old counts what an old key is still needed for.
func (r Report) Old() int {
	n := 0
	for _, c := range r {
		n += c.Old
	}
	return n
}

// Lost counts what no key of the keyring opens.
func (r Report) Lost() int {
	n := 0
	for _, c := range r {
		n += c.Unknown + c.Broken
	}
	return n
}

// Check counts, and changes nothing.
func (e *Engine) Check(ctx context.Context) (Report, error) {
	tenants, err := e.store.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	report := make(Report, 0, len(e.columns))
	for _, column := range e.columns {
		c := Count{Column: column.Name()}
		for _, t := range tenants {
			if err := e.add(ctx, &c, column, t.ID); err != nil {
				return nil, err
			}
		}
		report = append(report, c)
	}
	return report, nil
}

func (e *Engine) add(ctx context.Context, c *Count, column secret.Column, tenant int64) error {
	marks, err := countMarks(ctx, e.store.Read(tenant), column)
	if err != nil {
		return err
	}
	for mark, n := range marks {
		switch {
		case mark == e.keyring.Mark():
			c.Current += n
		case e.keyring.Knows(mark):
			c.Old += n
		default:
			c.Unknown += n
		}
	}
	return nil
}

// Rotate seals everything with the first key that another one sealed, and says
// what it found and did. Tell hears of each batch. Each organisation's log keeps
// that it began and how it ended.
func (e *Engine) Rotate(ctx context.Context, actor func(tenant int64) models.Actor, tell func(column string, n int)) (Report, error) {
	tenants, err := e.store.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	done := map[string]*Count{}
	for _, column := range e.columns {
		done[column.Name()] = new(Count)
	}
	for _, t := range tenants {
		if err := e.rotateTenant(ctx, actor(t.ID), t, done, tell); err != nil {
			return nil, err
		}
	}
	report, err := e.Check(ctx)
	for i := range report {
		report[i].Resealed, report[i].Broken = done[report[i].Column].Resealed, done[report[i].Column].Broken
		report[i].Old -= report[i].Broken
	}
	return report, err
}

func (e *Engine) rotateTenant(ctx context.Context, actor models.Actor, t models.Tenant, done map[string]*Count, tell func(string, int)) error {
	var waiting, ended []string
	stale := 0
	for _, column := range e.columns {
		c := Count{}
		if err := e.add(ctx, &c, column, t.ID); err != nil {
			return err
		}
		if c.Old > 0 {
			stale += c.Old
			waiting = append(waiting, fmt.Sprintf("%s %d", column.Name(), c.Old))
		}
	}
	if stale == 0 {
		return nil
	}
	if err := e.record(ctx, actor, t, "began: "+strings.Join(waiting, ", ")); err != nil {
		return err
	}
	for _, column := range e.columns {
		c, err := e.rotateColumn(ctx, t.ID, column, tell)
		done[column.Name()].Resealed += c.Resealed
		done[column.Name()].Broken += c.Broken
		if err != nil {
			return err
		}
		if c.Resealed+c.Broken > 0 {
			ended = append(ended, fmt.Sprintf("%s %d", column.Name(), c.Resealed))
		}
		if c.Broken > 0 {
			ended = append(ended, fmt.Sprintf("%s does not open %d", column.Name(), c.Broken))
		}
	}
	return e.record(ctx, actor, t, "done: "+strings.Join(ended, ", "))
}

func (e *Engine) record(ctx context.Context, actor models.Actor, t models.Tenant, detail string) error {
	return e.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		return tx.Record(ctx, store.Event{
			Action: models.KeyRotate, Target: store.Ref{Kind: models.KindTenant, ID: t.ID, Name: t.Name}, Detail: detail,
		})
	})
}

// rotateColumn walks one organisation's rows by key, a batch at a time.
func (e *Engine) rotateColumn(ctx context.Context, tenant int64, column secret.Column, tell func(string, int)) (Count, error) {
	var total Count
	after := ""
	for {
		var step Count
		var last string
		err := e.store.Maintain(ctx, tenant, store.KeyRotation, func(ctx context.Context, tx *store.Tx) error {
			step = Count{}
			rows, err := lockStale(ctx, tx, column, e.keyring.Mark(), after)
			if err != nil || len(rows) == 0 {
				last = ""
				return err
			}
			last = rows[len(rows)-1][column.Key]
			return e.seal(ctx, tx, column, rows, &step)
		})
		if err != nil {
			return total, fmt.Errorf("seal %s again: %w", column.Name(), err)
		}
		total.Resealed += step.Resealed
		total.Broken += step.Broken
		if last == "" {
			return total, nil
		}
		if tell != nil && step.Resealed > 0 {
			tell(column.Name(), step.Resealed)
		}
		after = last
	}
}

// seal writes rows anew that open. Those whose key is not here are left alone and
// counted by Check.
func (e *Engine) seal(ctx context.Context, tx *store.Tx, column secret.Column, rows []map[string]string, step *Count) error {
	fresh := make(map[string]string, len(rows))
	for _, row := range rows {
		at := column.Place(tx.Tenant(), row)
		plain, err := e.keyring.Open(row[column.Column], at)
		switch {
		case errors.Is(err, secret.ErrUnknownKey):
			continue
		case err != nil:
			step.Broken++
			continue
		}
		fresh[row[column.Key]] = e.keyring.Seal(plain, at)
	}
	if len(fresh) == 0 {
		return nil
	}
	step.Resealed = len(fresh)
	return update(ctx, tx, column, fresh)
}

package link

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// phase is what a pass walks. Between two passes there is none.
type phase string

const (
	idle         phase = ""
	byExternalID phase = "external-id"
	byEmail      phase = "email"
	byName       phase = "name"
	byAccount    phase = "accounts"
	clearing     phase = "clear"
)

// lanes are the walks over people, in their order.
var lanes = []lane{
	{byExternalID, "external_id", "users_by_external_id"},
	{byEmail, "email_norm", "users_by_email"},
	{byName, "sort_name", "users_by_name"},
}

const (
	stepRows  = 1_000
	leaseTime = 2 * time.Minute
	// passHour is when the daily pass begins, UTC: when few are at work.
	passHour = 3
)

// Check goes on looking for likely duplicates, for as long as the budget: a pass
// over everybody once a day, and in between whoever changed. One replica at a
// time does it; the others return at once. Every step commits, so a process that
// dies loses one step.
func (e *Engine) Check(ctx context.Context, tenant int64, budget time.Duration) error {
	ends := time.Now().Add(budget)
	c, err := e.takeLease(ctx, tenant)
	if err != nil || c == nil {
		return err
	}
	err = c.run(ctx, ends)
	if errors.Is(err, errLeaseLost) {
		return nil
	}
	return errors.Join(err, e.giveLease(context.WithoutCancel(ctx), c))
}

// How long CheckNow waits for another process that looks, and how often it asks.
const (
	nowPatience = time.Minute
	nowEvery    = 20 * time.Millisecond
)

// CheckNow begins a pass now and goes on to its end: for tests, the demo and the
// command line. A process that looks already is waited for, for a minute: what
// changed a moment ago may lie behind it.
func (e *Engine) CheckNow(ctx context.Context, tenant int64) error {
	c, err := e.waitLease(ctx, tenant)
	if err != nil {
		return err
	}
	c.begin(e.db.Now())
	err = c.run(ctx, time.Now().Add(time.Hour))
	return errors.Join(err, e.giveLease(context.WithoutCancel(ctx), c))
}

// waitLease takes the lease once nobody else holds it.
func (e *Engine) waitLease(ctx context.Context, tenant int64) (*checking, error) {
	for ends := time.Now().Add(nowPatience); ; {
		c, err := e.takeLease(ctx, tenant)
		if err != nil || c != nil {
			return c, err
		}
		if time.Now().After(ends) {
			return nil, errs.New(errs.Conflict, "Another process has been looking for duplicates for a minute. Nothing was begun. Try again later.")
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(nowEvery):
		}
	}
}

// checking is one process at the work of a tenant.
type checking struct {
	*Engine
	tenant int64
	row    models.LinkCheck
}

// begin starts a pass.
func (c *checking) begin(now models.Instant) {
	c.row.Phase, c.row.CursorKey, c.row.CursorID = string(byExternalID), "", 0
	c.row.StartedAt, c.row.Walked = now, 0
}

func (c *checking) run(ctx context.Context, ends time.Time) error {
	if c.row.Phase == string(idle) && c.due(c.db.Now()) {
		c.begin(c.db.Now())
	}
	for c.row.Phase != string(idle) {
		if err := c.step(ctx); err != nil {
			return err
		}
		if time.Now().After(ends) || ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return c.news(ctx, ends)
}

// due reports whether today's pass is still to come.
func (c *checking) due(now models.Instant) bool {
	if c.row.FinishedAt == 0 {
		return true
	}
	at := now.Time()
	today := time.Date(at.Year(), at.Month(), at.Day(), passHour, 0, 0, 0, time.UTC)
	if at.Before(today) {
		today = today.AddDate(0, 0, -1)
	}
	return c.row.StartedAt < models.At(today)
}

// step does one bounded piece of a pass and writes how far it came.
func (c *checking) step(ctx context.Context) error {
	switch p := phase(c.row.Phase); p {
	case byAccount:
		return c.stepAccounts(ctx)
	case clearing:
		return c.clear(ctx)
	case byExternalID, byEmail, byName:
		for i, l := range lanes {
			if l.phase == p {
				return c.stepLane(ctx, l, i)
			}
		}
	case idle:
	}
	c.row.Phase = string(idle) // a word of another version: begin again tomorrow
	return c.save(ctx, nil)
}

// stepLane walks one page of an index.
func (c *checking) stepLane(ctx context.Context, l lane, i int) error {
	r := c.db.Read(c.tenant)
	rows, err := l.step(ctx, r, c.row.CursorKey, stepRows)
	if err != nil {
		return err
	}
	full := len(rows) == stepRows
	parts, beyond := groups(rows, full)
	var pairs []pair
	for _, group := range parts {
		pairs = append(pairs, candidates(l, group)...)
		if l.phase == byName {
			c.row.Walked += int64(len(group))
		}
	}
	found, err := c.judge(ctx, r, unique(pairs))
	if err != nil {
		return err
	}
	c.row.CursorKey = beyond
	if !full {
		c.row.CursorKey, c.row.CursorID = "", 0
		c.row.Phase = string(byAccount)
		if i+1 < len(lanes) {
			c.row.Phase = string(lanes[i+1].phase)
		}
	}
	return c.save(ctx, found)
}

// judge compares pairs and keeps those worth showing.
func (c *checking) judge(ctx context.Context, r store.Reader, pairs []pair) ([]finding, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	records, err := readRecords(ctx, r, peopleIn(pairs))
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, p := range pairs {
		a, b := records[p.a], records[p.b]
		if a.ID == 0 || b.ID == 0 || !living(a.Status) || !living(b.Status) {
			continue
		}
		evidence, values := c.compare(a, b)
		if strength, ok := evidence.weigh(); ok {
			found = append(found, finding{
				key: p.key(), kind: models.LinkPeople, a: a.User, b: b.User,
				evidence: evidence, strength: strength, values: values,
			})
		}
	}
	return found, nil
}

// finding is a likely duplicate before it is written.
type finding struct {
	key      string
	kind     models.LinkKind
	a, b     models.User // b is nobody when it is about an account
	account  models.Account
	evidence Evidence
	strength models.LinkStrength
	values   string                // what the evidence rests on
	held     bool                  // does not rest on what a pass walks, so no pass withdraws it
	identity directory.NewIdentity // when it is about one
}

func newToken() string { return uuid.NewString() }

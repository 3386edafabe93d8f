package sync

import (
	"context"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// page is what was read at once, to be stored in one transaction.
type page struct {
	readings []reading
	gone     []absence         // accounts that the system does not know
	run      *models.SourceRun // nil: an event or a single read
	via      models.Via
	frozen   []models.SyncLoss // what a person told to apply, of these accounts; nil: nothing
}

// absence is an account that was asked for and is not there.
type absence struct {
	key string
	at  models.Instant // when the question was asked
}

// tally is what a page did.
type tally struct {
	read, created, linked, changed, unclear, orphaned int64
	missing                                           int64
	held                                              int64           // accounts whose loss waits for a decision
	heldKeys                                          map[string]bool // of them: those no stopped run names
	wrong                                             faults
	accounts                                          int64 // more, or fewer, known at the source
}

// storing is the transaction of one page.
type storing struct {
	*Engine

	s       *source
	tx      *store.Tx
	state   *models.SyncSource
	page    *page
	fit     directory.Fit
	entries []*entry
	people  map[int64]*directory.Standing
	before  map[int64]*directory.Standing // people as they were before the page changed them
	losses  []models.SyncLoss
	tally   tally
}

// storePage stores a page: the accounts as they were read, people made of them,
// the fields that the source owns, roles by rule, what would be taken away, and
// what differs. state is the source's row, which is held, so that pages of one
// source are stored one after another.
func (e *Engine) storePage(ctx context.Context, tx *store.Tx, s *source, state *models.SyncSource, p *page) (tally, error) {
	tx.Actor = s.actor(p.via)
	fit, err := e.people.Fit(ctx, tx.Reader)
	if err != nil {
		return tally{}, err
	}
	st := &storing{Engine: e, s: s, tx: tx, state: state, page: p, fit: fit, before: map[int64]*directory.Standing{}}
	for _, step := range []func(context.Context) error{
		st.match, st.create, st.write, st.take, st.roles, st.absent, st.lose, st.compare,
	} {
		if err := step(ctx); err != nil {
			return tally{}, err
		}
	}
	if st.tally.accounts != 0 {
		state.Accounts = max(0, state.Accounts+st.tally.accounts)
		if err := updateState(ctx, tx, state, "accounts"); err != nil {
			return tally{}, err
		}
	}
	return st.tally, nil
}

func (st *storing) runID() int64 {
	if st.page.run == nil {
		return 0
	}
	return st.page.run.ID
}

// match finds out whose the accounts are. One that was read later than this page
// is left out: an older read never overwrites a newer one.
func (st *storing) match(ctx context.Context) error {
	m := matcher{s: st.s, r: st.tx.Reader, run: st.runID(), fit: st.fit}
	entries, err := m.match(ctx, st.page.readings)
	if err != nil {
		return err
	}
	st.tally.wrong = m.wrong
	ids := make([]int64, 0, len(entries))
	for _, e := range entries {
		if e.fresh {
			st.tally.read++
		}
		if e.old != nil && e.old.LastReadAt > e.reading.at {
			continue
		}
		st.entries = append(st.entries, e)
		if e.user != 0 {
			ids = append(ids, e.user)
		}
	}
	st.people, err = st.Engine.people.StandingOf(ctx, st.tx.Reader, ids)
	return err
}

// create makes people of accounts nobody here belongs to, where the source may.
func (st *storing) create(ctx context.Context) error {
	var all []directory.NewGiven
	var of []*entry
	for _, e := range st.entries {
		if !e.create {
			continue
		}
		row := models.Account{Key: e.reading.account.ID}
		if err := st.s.fill(&row, &e.reading, e.kept); err != nil {
			return err
		}
		n := st.s.personOf(&row, e.kept, "Created by the sync with "+st.s.Name)
		all, of = append(all, n), append(of, e)
	}
	users, err := st.Engine.people.CreateGiven(ctx, st.tx, all)
	if err != nil {
		return err
	}
	events := make([]store.Event, len(users))
	ids := make([]int64, len(users))
	for i, u := range users {
		of[i].user, ids[i] = u.ID, u.ID
		events[i] = store.Event{
			Action: models.UserCreateSync, Target: directory.Ref(u), Object: st.s.ref(), After: map[string]any{"status": u.Status.Word()},
		}
	}
	st.tally.created = int64(len(users))
	made, err := st.Engine.people.StandingOf(ctx, st.tx.Reader, ids)
	if err != nil {
		return err
	}
	for id, one := range made {
		st.people[id] = one
	}
	return st.tx.RecordAll(ctx, events)
}

// personOf gives the person that is made of an account, with its identity and the
// fields that are mapped.
func (s *source) personOf(row *models.Account, k said, reason string) directory.NewGiven {
	n := directory.NewGiven{Status: models.Active, Reason: reason, Values: map[string]directory.GivenValue{}}
	n.Identity = directory.NewIdentity{
		Provider: s.Key, Issuer: s.settings.EffectiveIssuer(), Subject: row.Key,
		Email: row.Email, EmailVerified: row.EmailVerified, Username: row.Username, How: "sync", By: "Sync with " + s.Name,
	}
	for mapped, rule := range s.mapping.Fields {
		name := formName(mapped)
		n.Values[name] = directory.GivenValue{Text: k.Fields[name], Own: owns(rule)}
	}
	return n
}

// mayBeIn reports whether somebody may be in here, now or after an invitation.
func mayBeIn(status models.Status) bool {
	return status.MaySignIn() || status == models.Invited
}

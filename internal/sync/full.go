package sync

import (
	"context"
	stdsync "sync"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	pageLimit = 500 // accounts of a page, at most
	readLimit = 100 // accounts read one by one for one transaction
	atOnce    = 8   // reads at once of one source
	sameAgain = 3   // pages in a row without anybody new: the source repeats itself
)

// list reads and stores pages.
func (r *running) list(ctx context.Context) error {
	if r.run.Kind == models.RunIncremental {
		return r.changes(ctx)
	}
	lister, ok := r.system.(connector.PeopleLister)
	if !ok {
		return r.unsupported("list people")
	}
	if r.run.PageCursor == "" && r.run.AccountsRead == 0 {
		if err := r.beginList(ctx); err != nil {
			return err
		}
	}
	at, from, limit := r.db.Now(), connector.Cursor(r.run.PageCursor), r.patience.Page // a call that was left behind reads nothing of the run
	got, err := ask(ctx, asking{r.Engine, r.s, "read a page of people"}, func(ctx context.Context) (connector.Page, error) {
		return lister.ListPeople(ctx, from, limit)
	})
	if err != nil {
		return err
	}
	readings := make([]reading, len(got.Accounts))
	for i := range got.Accounts {
		readings[i] = reading{account: got.Accounts[i], at: at}
	}
	if err := r.readAccess(ctx, readings); err != nil {
		return err
	}
	if r.run.Kind == models.RunDry {
		return r.dryPage(ctx, readings, got)
	}
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		t, err := r.storePage(ctx, tx, r.s, state, &page{readings: readings, run: &r.run, via: models.ViaSync})
		if err != nil {
			return err
		}
		return r.turn(ctx, tx, got, t)
	})
}

// beginList writes how many accounts are known before the first page, and where
// the system's changes stand: what changes while pages are read comes with the
// next read.
func (r *running) beginList(ctx context.Context) error {
	point := ""
	if changes, ok := r.system.(connector.ChangeLister); ok && r.run.Kind == models.RunFull {
		now, err := ask(ctx, asking{r.Engine, r.s, "ask for the point of now"}, func(ctx context.Context) (connector.Changes, error) {
			return changes.ListChanges(ctx, "")
		})
		if err != nil {
			return err
		}
		point = now.Next
	}
	known, err := countKnown(ctx, r.db.Read(r.s.TenantID), r.s.ID)
	if err != nil {
		return err
	}
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		r.run.Known, r.run.ChangePoint = known, point
		if state.Accounts = known; r.run.Kind == models.RunFull {
			if err := updateState(ctx, tx, state, "accounts"); err != nil {
				return err
			}
		}
		return r.save(ctx, tx, "known", "change_point")
	})
}

// turn writes how far the run came with a page.
func (r *running) turn(ctx context.Context, tx *store.Tx, got connector.Page, t tally) error {
	if err := r.add(ctx, tx, t); err != nil {
		return err
	}
	if r.run.Repeated++; t.read > 0 {
		r.run.Repeated = 0
	}
	if got.Total >= 0 {
		r.run.Total = int64(got.Total)
	}
	if got.Next != "" && r.run.Repeated >= sameAgain {
		return asking{r.Engine, r.s, "read a page of people"}.fail(connector.FailAnswer,
			r.s.Name+" gives the same page again and again. What was read until then is stored; nobody was taken for gone.", nil)
	}
	r.run.PageCursor = string(got.Next)
	if got.Next == "" {
		r.run.Phase = models.PhaseCheck
		if r.run.Kind == models.RunDry {
			r.run.State, r.run.FinishedAt = models.RunDone, tx.Now
		}
	}
	return r.progress(ctx, tx, "phase", "page_cursor", "total", "repeated", "state", "finished_at", "accounts_read", "people_created",
		"people_linked", "people_changed", "accounts_unclear", "accounts_orphaned", "error_count")
}

// add counts what a page did, and writes what was wrong on it.
func (r *running) add(ctx context.Context, tx *store.Tx, t tally) error {
	r.run.AccountsRead += t.read
	r.run.PeopleCreated += t.created
	r.run.PeopleLinked += t.linked
	r.run.PeopleChanged += t.changed
	r.run.AccountsUnclear += t.unclear
	r.run.AccountsOrphaned += t.orphaned
	return r.note(ctx, tx, t.wrong)
}

// dryPage counts what a page would do, and writes nothing but the run.
func (r *running) dryPage(ctx context.Context, readings []reading, got connector.Page) error {
	reader := r.db.Read(r.s.TenantID)
	fit, err := r.people.Fit(ctx, reader)
	if err != nil {
		return err
	}
	m := matcher{s: r.s, r: reader, fit: fit}
	entries, err := m.match(ctx, readings)
	if err != nil {
		return err
	}
	t := tally{wrong: m.wrong}
	for _, e := range entries {
		t.read++
		switch {
		case e.create:
			t.created++
		case e.user == 0 && len(e.alike) > 0:
			t.unclear++
		case e.user == 0:
			t.orphaned++
		case e.old == nil || e.old.UserID == 0:
			t.linked++
		}
	}
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error { return r.turn(ctx, tx, got, t) })
}

func (r *running) unsupported(act string) error {
	return asking{r.Engine, r.s, act}.fail(connector.FailUnsupported, r.s.Name+" cannot "+act+", so it cannot be read as a whole.", nil)
}

// readAccess adds groups and roles to accounts of which the page does not say
// them, where rules need them.
func (r *running) readAccess(ctx context.Context, readings []reading) error {
	return r.Engine.addAccess(ctx, r.s, r.system, readings)
}

func (e *Engine) addAccess(ctx context.Context, s *source, system connector.System, readings []reading) error {
	reader, ok := system.(connector.AccessReader)
	if !ok || len(s.mapping.Roles) == 0 {
		return nil
	}
	type lists struct{ groups, roles []string }
	return each(ctx, len(readings), func(ctx context.Context, i int) error {
		a := &readings[i].account
		if a.Groups != nil && a.Roles != nil {
			return nil
		}
		got, err := ask(ctx, asking{e, s, "read groups and roles of an account"}, func(ctx context.Context) (lists, error) {
			groups, roles, err := reader.ReadAccess(ctx, a.ID)
			return lists{groups, roles}, err
		})
		if isNotThere(err) {
			return nil // gone since the page was read; it is asked for by itself later
		}
		if err == nil {
			a.Groups, a.Roles = notNil(got.groups), notNil(got.roles)
		}
		return err
	})
}

// notNil makes a list that was read and is empty tell itself from one that was not.
func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// each does n things, a few at once, and gives the first error.
func each(ctx context.Context, n int, do func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg stdsync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i := range n {
		select {
		case <-ctx.Done():
		case room <- struct{}{}:
			wg.Go(func() {
				defer func() { <-room }()
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			})
		}
	}
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// readOne reads accounts one by one: those that are there, and those that the
// system does not know.
func (e *Engine) readOne(ctx context.Context, s *source, system connector.System, keys []string) ([]reading, []absence, error) {
	reader, ok := system.(connector.PersonReader)
	if !ok {
		return nil, nil, asking{e, s, "read an account"}.fail(connector.FailUnsupported, s.Name+" cannot be asked for one account.", nil)
	}
	found, gone := make([]*reading, len(keys)), make([]*absence, len(keys))
	err := each(ctx, len(keys), func(ctx context.Context, i int) error {
		at := e.db.Now()
		a, err := ask(ctx, asking{e, s, "read an account"}, func(ctx context.Context) (connector.Account, error) {
			return reader.ReadPerson(ctx, keys[i])
		})
		switch {
		case isNotThere(err):
			gone[i] = &absence{key: keys[i], at: at}
			return nil
		case err != nil:
			return err
		case a.ID != keys[i]:
			return asking{e, s, "read an account"}.fail(connector.FailAnswer, s.Name+" was asked for one account and gave another.", nil)
		}
		found[i] = &reading{account: a, at: at}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	var readings []reading
	var absences []absence
	for i := range keys {
		if found[i] != nil {
			readings = append(readings, *found[i])
		}
		if gone[i] != nil {
			absences = append(absences, *gone[i])
		}
	}
	return readings, absences, e.addAccess(ctx, s, system, readings)
}

package sync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// lookAfter is when an account is read again after the status of its person
// changed here: by then the steps of that act have reached the system.
const lookAfter = 10 * time.Second

// PeopleChanged hears of changes to people, inside their transaction. What they
// differ in from their accounts is true again at once; fields that are ours are
// queued to be written back where the source is told to; and an account is read
// again after its person was kept out or let in.
func (e *Engine) PeopleChanged(ctx context.Context, tx *store.Tx, changes []directory.Changed) error {
	by := make(map[int64]directory.Changed, len(changes))
	users := make([]int64, 0, len(changes))
	for _, c := range changes {
		by[c.User.ID], users = c, append(users, c.User.ID)
	}
	accounts, err := selectPresent(ctx, tx.Reader, users)
	if err != nil || len(accounts) == 0 {
		return err
	}
	sources, err := selectSources(ctx, tx.Reader)
	if err != nil {
		return err
	}
	for i := range sources {
		s := &sources[i]
		f := consequence{pushes: map[int64][]string{}}
		for _, a := range accounts {
			c := by[a.UserID]
			if a.ConnectorID != s.ID || c.Source == s.Key { // it compares by itself what it said itself
				continue
			}
			f.accounts = append(f.accounts, a.ID)
			if slices.Contains(c.Fields, directory.FieldStatus) {
				f.again = append(f.again, a)
			}
			if fields := s.oursAmong(c.Fields); len(fields) > 0 {
				f.pushes[a.ID] = fields
			}
		}
		if err := e.followChange(ctx, tx, s, f); err != nil {
			return err
		}
	}
	return nil
}

// consequence is what changes of people mean for one source.
type consequence struct {
	accounts []int64            // to be compared again
	again    []models.Account   // to be read again: the status of their person changed
	pushes   map[int64][]string // fields to be written there, by account
}

func (e *Engine) followChange(ctx context.Context, tx *store.Tx, s *source, c consequence) error {
	if len(c.accounts) == 0 || s.State == models.ConnectorDraft {
		return nil
	}
	if err := e.compareAgain(ctx, tx, s, c.accounts); err != nil {
		return err
	}
	if s.State != models.ConnectorEnabled {
		return nil
	}
	if err := insertLooks(ctx, tx, s, c.again); err != nil {
		return err
	}
	return e.push(ctx, tx, s, c.pushes)
}

// oursAmong gives the changed fields that are ours and written back to a source.
func (s *source) oursAmong(fields []string) []string {
	if !s.schedule.WriteBack {
		return nil
	}
	var ours []string
	for mapped, rule := range s.mapping.Fields {
		if name := formName(mapped); rule.Owner == connector.OwnedByUs && slices.Contains(fields, name) {
			ours = append(ours, name)
		}
	}
	slices.Sort(ours)
	return ours
}

// push queues writing the fields of accounts that differ.
func (e *Engine) push(ctx context.Context, tx *store.Tx, s *source, fields map[int64][]string) error {
	if len(fields) == 0 {
		return nil
	}
	drifts, err := selectDriftsOf(ctx, tx.Reader, s.ID, slices.Sorted(mapKeys(fields)))
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(drifts, func(d models.Drift) bool {
		return d.Kind != models.DriftField || !slices.Contains(fields[d.AccountID], d.Field)
	})
	return e.queue(ctx, tx, s, chosen)
}

// insertLooks stores an event of our own for each account, so that it is read
// again soon.
func insertLooks(ctx context.Context, tx *store.Tx, s *source, accounts []models.Account) error {
	if len(accounts) == 0 {
		return nil
	}
	rows := make([]models.SyncEvent, len(accounts))
	for i, a := range accounts {
		rows[i] = models.SyncEvent{
			ConnectorID: s.ID, EventID: fmt.Sprintf("rollcall:%d:%d", a.ID, tx.Now), Kind: string(connector.EventOther), AccountKey: a.Key,
			Reason: "the status here changed", At: tx.Now, ReceivedAt: tx.Now, State: models.EventWaiting, RetryAt: tx.Now.Add(lookAfter),
		}
	}
	return insertOwnEvents(ctx, tx, rows)
}

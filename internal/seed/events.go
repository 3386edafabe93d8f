package seed

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// statement is how many events one INSERT holds: more would be longer than
// SQLite reads.
const statement = 1_000

// events writes the log of a batch of people in one transaction. Time goes on
// from batch to batch over the year before now, as a log grows.
func (r *run) events(ctx context.Context, from int, loaded []directory.Loaded, records []directory.NewRecord) error {
	year := models.At(r.now) - models.At(r.now.AddDate(-1, 0, 0))
	share := func(i int) models.Instant { return year * models.Instant(i) / models.Instant(r.N) }
	begin, end := models.At(r.now)-year+share(from), models.At(r.now)-year+share(from+len(loaded))
	rows := make([]models.AuditEvent, 0, EventsEach*len(loaded))
	for i, person := range loaded {
		rows = append(rows, r.eventsOf(from+i, person.ID, records[i].DisplayName, begin, end)...)
	}
	slices.SortStableFunc(rows, func(a, b models.AuditEvent) int { return cmp.Compare(a.At, b.At) })
	if err := r.writeEvents(ctx, rows); err != nil {
		return err
	}
	r.sum.Events += len(rows)
	return nil
}

// eventsOf gives one person's five events: three sign-ins, a role, an edit.
func (r *run) eventsOf(i int, id int64, name string, begin, end models.Instant) []models.AuditEvent {
	src := Source(r.Seed^0xa0d17, i)
	address := fmt.Sprintf("198.51.100.%d", src.IntN(256))
	event := func(action models.Action) models.AuditEvent {
		at := begin + models.Instant(src.Float64()*float64(end-begin))
		return models.AuditEvent{
			At: at, Action: action, Result: models.ResultDone, ActorKind: models.ActorUser, ActorID: id, ActorName: name, Via: models.ViaWeb, IP: address,
			RequestID: fmt.Sprintf("%04X-%04X-%04X", src.IntN(1<<16), src.IntN(1<<16), src.IntN(1<<16)), TargetKind: models.KindUser, TargetID: id, TargetName: name,
		}
	}
	all := make([]models.AuditEvent, 0, EventsEach)
	for range 3 {
		e := event(models.SignInDone)
		e.Detail = Provider + " pwd"
		all = append(all, e)
	}
	given, edited := event(models.RoleAssign), event(models.UserEdit)
	role := r.roles[src.IntN(len(r.roles))]
	given.ActorKind, given.ActorID, given.ActorName, given.Via = models.ActorSystem, 0, "Seed", models.ViaCLI
	given.ObjectKind, given.ObjectID, given.ObjectName, given.Reason = models.KindRole, role.ID, role.Name, pickReason(src)
	given.After = `{"source":"direct","until":"no end"}`
	edited.Before, edited.After = `{"title":"Trainee"}`, `{"title":"Specialist"}`
	return append(all, given, edited)
}

// writeEvents writes rows at once. What the transaction itself does is recorded
// as every change is.
func (r *run) writeEvents(ctx context.Context, rows []models.AuditEvent) error {
	return r.Store.Change(ctx, r.actor, func(ctx context.Context, tx *store.Tx) error {
		for chunk := range slices.Chunk(rows, statement) {
			fresh := slices.Clone(chunk) // a conflict runs this again, and the database fills in ids
			if _, err := tx.Insert(&fresh).Exec(ctx); err != nil {
				return fmt.Errorf("write events: %w", err)
			}
		}
		return tx.Record(ctx, store.Event{
			Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}, Detail: fmt.Sprintf("%d events", len(rows)),
		})
	})
}

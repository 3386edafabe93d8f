package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// eventChunk is how many events one transaction writes.
const eventChunk = 1_000

// events writes the log of a batch of people, spread over the year before now.
func (r *run) events(ctx context.Context, from int, loaded []directory.Loaded, records []directory.NewRecord) error {
	rows := make([]models.AuditEvent, 0, eventChunk)
	for i, person := range loaded {
		rows = append(rows, r.eventsOf(from+i, person.ID, records[i].DisplayName)...)
		if len(rows) >= eventChunk || i == len(loaded)-1 {
			if err := r.writeEvents(ctx, rows); err != nil {
				return err
			}
			r.sum.Events += len(rows)
			rows = rows[:0]
		}
	}
	return nil
}

// eventsOf gives one person's five events: three sign-ins, a role, an edit.
func (r *run) eventsOf(i int, id int64, name string) []models.AuditEvent {
	src := Source(r.Seed^0xa0d17, i)
	address := fmt.Sprintf("198.51.100.%d", src.IntN(256))
	event := func(action models.Action) models.AuditEvent {
		at := models.At(r.now.Add(-time.Duration(src.Float64() * 365 * 24 * float64(time.Hour))))
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
		fresh := append([]models.AuditEvent(nil), rows...) // a conflict runs this again, and the database has filled in ids
		if _, err := tx.Insert(&fresh).Exec(ctx); err != nil {
			return fmt.Errorf("write events: %w", err)
		}
		return tx.Record(ctx, store.Event{
			Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}, Detail: fmt.Sprintf("%d events", len(rows)),
		})
	})
}

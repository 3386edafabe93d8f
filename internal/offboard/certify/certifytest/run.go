package certifytest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// Ran is an operation that has ended, with everything it left behind.
type Ran struct {
	Op     models.Operation
	People []models.User // the first asked, the second approved, the rest is the list
	Actor  models.Actor  // the first

	t  *testing.T
	db *dbtest.DB
}

// Run makes an operation over n people that has ended: two people asked and
// approved, the first of the list was left out, everybody else is out.
func Run(t *testing.T, db *dbtest.DB, n int) *Ran {
	t.Helper()
	h := &Ran{t: t, db: db}
	h.ran(n)
	return h
}

// Change runs fn in a transaction of the person who asked.
func (h *Ran) Change(fn func(context.Context, *store.Tx) error) {
	h.t.Helper()
	actor := h.db.Actor()
	if h.Actor.Name != "" {
		actor = h.Actor
	}
	if err := h.db.Store.Change(h.t.Context(), actor, fn); err != nil {
		h.t.Fatal(err)
	}
}

// load makes people.
func (h *Ran) load(n int) {
	h.t.Helper()
	records := make([]directory.NewRecord, n)
	for i := range records {
		records[i] = directory.NewRecord{DisplayName: fmt.Sprintf("Person %04d", i+1), Username: fmt.Sprintf("p%d", i+1), Status: models.Active}
	}
	for len(records) > 0 {
		part := records[:min(500, len(records))]
		_, err := directory.New(h.db.Store).Load(h.t.Context(), h.db.Actor(), part)
		if err != nil {
			h.t.Fatal(err)
		}
		records = records[len(part):]
	}
	err := h.db.Store.Read(h.db.Tenant).Select(&h.People).Column("id", "public_id", "display_name", "version").Order("id").Limit(int64(n)).Scan(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *Ran) ran(n int) {
	h.t.Helper()
	h.load(n + 2)
	boss, second := h.People[0], h.People[1]
	h.Actor = models.Actor{Tenant: h.db.Tenant, Kind: models.ActorUser, UserID: boss.ID, Name: boss.DisplayName, Can: models.AllPermissions, Via: models.ViaWeb}
	asked := models.At(dbtest.Start)
	cut, out := asked.Add(9*time.Minute), asked.Add(9*time.Minute+1500*time.Millisecond)
	list := certificate.NewList()
	for i := 1; i < n; i++ {
		list.Add(int64(i+1), h.People[i+2].PublicID, string(models.Active), h.People[i+2].Version)
	}
	h.Op = models.Operation{
		PublicID: uuid.NewString(), Number: 118, Kind: models.OperationDeactivate, State: models.OperationDone, Phase: models.PhaseWindow, OnceKey: uuid.NewString(),
		People: int64(n), Included: int64(n - 1), ListHash: list.Hash(), Effects: "{}", Friction: "{}", Reason: "Left the team on Friday", Ticket: "REQ-2291", UndoDays: 7,
		CreatedByID: boss.ID, CreatedBy: boss.DisplayName, CreatedAt: asked.Add(-2 * time.Minute), PlannedAt: asked.Add(-time.Minute),
		RequestedByID: boss.ID, RequestedBy: boss.DisplayName, RequestedAt: asked, ApprovedByID: second.ID, ApprovedBy: second.DisplayName, ApprovedAt: asked.Add(8 * time.Minute),
		StartedAt: asked.Add(8 * time.Minute), CutAt: cut, FinishedAt: out, UndoUntil: out.Add(7 * 24 * time.Hour), Version: 9,
	}
	h.db.Clock.Set(cut.Time())
	h.Change(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Insert(&h.Op).Exec(ctx); err != nil {
			return err
		}
		decisions := []models.OperationDecision{
			{OperationID: h.Op.ID, Decision: models.VerdictRequested, ByID: boss.ID, ByName: boss.DisplayName, Reason: h.Op.Reason, ListHash: h.Op.ListHash, ElevatedAt: asked.Add(-20 * time.Second), At: asked},
			{OperationID: h.Op.ID, Decision: models.VerdictApproved, ByID: second.ID, ByName: second.DisplayName, ListHash: h.Op.ListHash, ElevatedAt: asked.Add(7 * time.Minute), At: asked.Add(8 * time.Minute)},
		}
		if _, err := tx.Insert(&decisions).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.OperationStart, Target: store.Ref{Kind: models.KindOperation, ID: h.Op.ID, Name: h.Op.Code()}})
	})
	for from := 0; from < n; from += 500 {
		h.cutOff(from, min(from+500, n), cut, out)
	}
	h.db.Clock.Set(out.Add(10 * time.Minute).Time())
}

func (h *Ran) cutOff(from, to int, cut, out models.Instant) {
	h.t.Helper()
	h.Change(func(ctx context.Context, tx *store.Tx) error {
		var targets []models.OperationTarget
		var steps []models.WorkStep
		var events []store.Event
		for i := from; i < to; i++ {
			u := h.People[i+2]
			t := models.OperationTarget{
				OperationID: h.Op.ID, Position: int64(i + 1), UserID: u.ID, Name: u.DisplayName, Included: i > 0, StoodStatus: models.Active, StoodVersion: u.Version,
				State: models.TargetOut, CutAt: cut, OutAt: out, EndedSessions: 1, ResidualUntil: out.Add(3 * time.Hour),
			}
			if i == 0 {
				t.LeftOut, t.State, t.CutAt, t.OutAt, t.ResidualUntil, t.EndedSessions = models.LeftOutByHand, models.TargetWaiting, 0, 0, 0, 0
				targets = append(targets, t)
				continue
			}
			targets = append(targets, t)
			target := store.Ref{Kind: models.KindUser, ID: u.ID, Name: u.DisplayName}
			events = append(events,
				store.Event{Action: models.UserDeactivate, Target: target, Reason: h.Op.Reason, Detail: h.Op.Code()},
				store.Event{Action: models.UserEdit, Target: target, Detail: "DEA-1180"}) // of another operation
			for _, s := range h.steps(u, cut, out) {
				steps = append(steps, s)
				events = append(events, store.Event{Action: models.AccountDisable, Target: target, Detail: s.Kind + " confirmed, step " + s.PublicID})
			}
		}
		if _, err := tx.Insert(&targets).Returning("NULL").Exec(ctx); err != nil {
			return err
		}
		if len(steps) > 0 {
			if _, err := tx.Insert(&steps).Returning("NULL").Exec(ctx); err != nil {
				return err
			}
		}
		return tx.RecordAll(ctx, append(events, store.Event{Action: models.OperationCut, Target: store.Ref{Kind: models.KindOperation, ID: h.Op.ID, Name: h.Op.Code()}}))
	})
}

// steps are those of one person at one system, as package offboard leaves them.
func (h *Ran) steps(u models.User, cut, out models.Instant) []models.WorkStep {
	yes, no, one, two, none := true, false, 1, 2, 0
	seen := []offboard.Seen{{Handle: "h1"}, {Handle: "h2", Offline: true}}
	step := func(kind string, outcome models.Outcome, sentence string, ev offboard.Evidence) models.WorkStep {
		id, err := uuid.NewV7()
		if err != nil {
			h.t.Fatal(err)
		}
		ev.System, ev.Account, ev.AskedAt = "Keycloak", u.PublicID, cut.Time()
		evidence, err := json.Marshal(ev)
		if err != nil {
			h.t.Fatal(err)
		}
		return models.WorkStep{
			PublicID: id.String(), Kind: kind, DedupeKey: id.String(), GroupKind: operation.Group, GroupID: h.Op.ID, UserID: u.ID, ConnectorID: 1,
			Payload: `{"system":"Keycloak","account":"` + u.PublicID + `"}`, State: models.StepDone, Outcome: outcome, Sentence: sentence, Evidence: string(evidence),
			Attempts: 1, RunAt: cut, Actor: "{}", CreatedAt: cut, FinishedAt: out,
		}
	}
	return []models.WorkStep{
		step(offboard.StepDisable, models.OutcomeConfirmed, "Deactivated at Keycloak: active before, deactivated when read back.", offboard.Evidence{
			Before: &offboard.Reading{At: cut.Time(), Known: &yes, Active: &yes, Digest: digest("active")}, After: &offboard.Reading{At: out.Time(), Known: &yes, Active: &no, Digest: digest("deactivated")},
		}),
		step(offboard.StepEndSessions, models.OutcomeConfirmed, "1 session ended at Keycloak: open before, gone when read back. 1 offline session is left to the next step.", offboard.Evidence{
			Before: &offboard.Reading{At: cut.Time(), Sessions: seen, Listed: &two, Digest: digest("two")}, After: &offboard.Reading{At: out.Time(), Sessions: seen[1:], Listed: &one, Digest: digest("offline")},
			Apps: []offboard.Told{
				{Client: "ledger-prod", Name: "=Ledger", Outcome: models.OutcomeSent, Seconds: 300, Until: out.Add(5 * time.Minute).Time()},
				{Client: "warehouse", Outcome: models.OutcomeNeverTold},
			},
		}),
		step(offboard.StepRevokeGrants, models.OutcomeConfirmed, "Taken back.", offboard.Evidence{
			Before: &offboard.Reading{At: cut.Time(), Sessions: seen[1:], Listed: &one, Digest: digest("offline")}, After: &offboard.Reading{At: out.Time(), Listed: &none, Digest: digest("none")},
		}),
	}
}

func digest(answer string) string {
	sum := sha256.Sum256([]byte(answer))
	return hex.EncodeToString(sum[:])
}

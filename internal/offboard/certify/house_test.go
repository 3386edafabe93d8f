package certify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// house is the engine on one database, with one operation in it.
type house struct {
	t       *testing.T
	db      *dbtest.DB
	ring    *secret.Keyring
	certify *certify.Engine
	actor   models.Actor
	people  []models.User
	op      models.Operation
}

func build(t *testing.T, db *dbtest.DB) *house {
	t.Helper()
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, ring: ring}
	h.certify = certify.New(certify.Deps{Store: db.Store, Keyring: ring, Version: "1.2.3", Signer: "rollcall.northwind.example"})
	return h
}

func (h *house) change(fn func(context.Context, *store.Tx) error) {
	h.t.Helper()
	actor := h.db.Actor()
	if h.actor.Name != "" {
		actor = h.actor
	}
	if err := h.db.Store.Change(h.t.Context(), actor, fn); err != nil {
		h.t.Fatal(err)
	}
}

// load makes people.
func (h *house) load(n int) {
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
	err := h.db.Store.Read(h.db.Tenant).Select(&h.people).Column("id", "public_id", "display_name", "version").Order("id").Limit(int64(n)).Scan(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
}

// ran makes an operation over n people that has ended: two people asked and
// approved, the first of the list was left out, everybody else is out.
func (h *house) ran(n int) {
	h.t.Helper()
	h.load(n + 2)
	boss, second := h.people[0], h.people[1]
	h.actor = models.Actor{Tenant: h.db.Tenant, Kind: models.ActorUser, UserID: boss.ID, Name: boss.DisplayName, Can: models.AllPermissions, Via: models.ViaWeb}
	asked := models.At(dbtest.Start)
	cut, out := asked.Add(9*time.Minute), asked.Add(9*time.Minute+1500*time.Millisecond)
	list := certificate.NewList()
	for i := 1; i < n; i++ {
		list.Add(int64(i+1), h.people[i+2].PublicID, string(models.Active), h.people[i+2].Version)
	}
	h.op = models.Operation{
		PublicID: uuid.NewString(), Number: 118, Kind: models.OperationDeactivate, State: models.OperationDone, Phase: models.PhaseWindow, OnceKey: uuid.NewString(),
		People: int64(n), Included: int64(n - 1), ListHash: list.Hash(), Effects: "{}", Friction: "{}", Reason: "Left the team on Friday", Ticket: "REQ-2291", UndoDays: 7,
		CreatedByID: boss.ID, CreatedBy: boss.DisplayName, CreatedAt: asked.Add(-2 * time.Minute), PlannedAt: asked.Add(-time.Minute),
		RequestedByID: boss.ID, RequestedBy: boss.DisplayName, RequestedAt: asked, ApprovedByID: second.ID, ApprovedBy: second.DisplayName, ApprovedAt: asked.Add(8 * time.Minute),
		StartedAt: asked.Add(8 * time.Minute), CutAt: cut, FinishedAt: out, UndoUntil: out.Add(7 * 24 * time.Hour), Version: 9,
	}
	h.db.Clock.Set(cut.Time())
	h.change(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Insert(&h.op).Exec(ctx); err != nil {
			return err
		}
		decisions := []models.OperationDecision{
			{OperationID: h.op.ID, Decision: models.VerdictRequested, ByID: boss.ID, ByName: boss.DisplayName, Reason: h.op.Reason, ListHash: h.op.ListHash, ElevatedAt: asked.Add(-20 * time.Second), At: asked},
			{OperationID: h.op.ID, Decision: models.VerdictApproved, ByID: second.ID, ByName: second.DisplayName, ListHash: h.op.ListHash, ElevatedAt: asked.Add(7 * time.Minute), At: asked.Add(8 * time.Minute)},
		}
		if _, err := tx.Insert(&decisions).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.OperationStart, Target: store.Ref{Kind: models.KindOperation, ID: h.op.ID, Name: h.op.Code()}})
	})
	for from := 0; from < n; from += 500 {
		h.cutOff(from, min(from+500, n), cut, out)
	}
	h.db.Clock.Set(out.Add(10 * time.Minute).Time())
}

func (h *house) cutOff(from, to int, cut, out models.Instant) {
	h.t.Helper()
	h.change(func(ctx context.Context, tx *store.Tx) error {
		var targets []models.OperationTarget
		var steps []models.WorkStep
		var events []store.Event
		for i := from; i < to; i++ {
			u := h.people[i+2]
			t := models.OperationTarget{
				OperationID: h.op.ID, Position: int64(i + 1), UserID: u.ID, Name: u.DisplayName, Included: i > 0, StoodStatus: models.Active, StoodVersion: u.Version,
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
				store.Event{Action: models.UserDeactivate, Target: target, Reason: h.op.Reason, Detail: h.op.Code()},
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
		return tx.RecordAll(ctx, append(events, store.Event{Action: models.OperationCut, Target: store.Ref{Kind: models.KindOperation, ID: h.op.ID, Name: h.op.Code()}}))
	})
}

// steps are those of one person at one system, as package offboard leaves them.
func (h *house) steps(u models.User, cut, out models.Instant) []models.WorkStep {
	yes, no, two, none := true, false, 2, 0
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
			PublicID: id.String(), Kind: kind, DedupeKey: id.String(), GroupKind: operation.Group, GroupID: h.op.ID, UserID: u.ID, ConnectorID: 1,
			Payload: `{"system":"Keycloak","account":"` + u.PublicID + `"}`, State: models.StepDone, Outcome: outcome, Sentence: sentence, Evidence: string(evidence),
			Attempts: 1, RunAt: cut, Actor: "{}", CreatedAt: cut, FinishedAt: out,
		}
	}
	return []models.WorkStep{
		step(offboard.StepDisable, models.OutcomeConfirmed, "Deactivated at Keycloak: active before, deactivated when read back.", offboard.Evidence{
			Before: &offboard.Reading{At: cut.Time(), Known: &yes, Active: &yes, Digest: "aa"}, After: &offboard.Reading{At: out.Time(), Known: &yes, Active: &no, Digest: "bb"},
		}),
		step(offboard.StepEndSessions, models.OutcomeConfirmed, "1 session ended at Keycloak: open before, gone when read back. 1 offline session is left to the next step.", offboard.Evidence{
			Before: &offboard.Reading{At: cut.Time(), Sessions: seen, Listed: &two, Digest: "cc"}, After: &offboard.Reading{At: out.Time(), Sessions: seen[1:], Listed: new(int), Digest: "dd"},
			Apps: []offboard.Told{
				{Client: "ledger-prod", Name: "=Ledger", Outcome: models.OutcomeSent, Seconds: 300, Until: out.Add(5 * time.Minute).Time()},
				{Client: "warehouse", Outcome: models.OutcomeNeverTold},
			},
		}),
		step(offboard.StepRevokeGrants, models.OutcomeConfirmed, "Taken back.", offboard.Evidence{
			Before: &offboard.Reading{At: cut.Time(), Sessions: seen[1:], Listed: new(int), Digest: "ee"}, After: &offboard.Reading{At: out.Time(), Listed: &none, Digest: "ff"},
		}),
	}
}

func (h *house) issue() models.Certificate {
	h.t.Helper()
	c, err := h.certify.Issue(h.t.Context(), h.actor, h.op.PublicID)
	if err != nil {
		h.t.Fatalf("Issue: %v", err)
	}
	return c
}

// file gives what is downloaded.
func (h *house) file(person, id string) string {
	h.t.Helper()
	c, err := h.certify.Get(h.t.Context(), h.actor, h.op.PublicID, person, id)
	if err != nil {
		h.t.Fatalf("Get: %v", err)
	}
	var b bytes.Buffer
	if err := h.certify.WriteFile(h.t.Context(), &b, &c); err != nil {
		h.t.Fatalf("WriteFile: %v", err)
	}
	return b.String()
}

// check is what an auditor does, with the published keys.
func (h *house) check(file string) certificate.Report {
	h.t.Helper()
	keys, err := h.certify.Keys(h.t.Context(), h.db.Tenant)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := certificate.Check(bytes.NewReader([]byte(file)), &keys)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) events(action models.Action) []models.AuditEvent {
	h.t.Helper()
	var rows []models.AuditEvent
	err := h.db.Store.Read(h.db.Tenant).Select(&rows).Where("action = ?", action).Order("id").Limit(100).Scan(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

func (h *house) count(model any) int64 {
	h.t.Helper()
	n, err := h.db.Store.Read(h.db.Tenant).Select(model).Count(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

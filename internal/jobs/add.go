package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// NewStep is a step to be added.
type NewStep struct {
	Kind        string
	Dedupe      string // a second step with the same key is not added; at most 190 bytes; "": a key of its own
	Group       Group
	UserID      int64
	ConnectorID int64
	Payload     any            // kept as JSON; never a secret
	After       models.Instant // not before this moment; 0: now
	Ahead       bool           // goes ahead of others that are due, however long they have been
	Paused      bool           // waits for Resume
	Skipped     string         // why nothing is to be done: the step is written as one that has ended
}

// aheadBy is by how much a step that goes ahead stands before the moment at which
// it is due: longer than any other is due before it.
const aheadBy = 30 * 24 * time.Hour

// addChunk bounds the rows of one insert.
const addChunk = 500

// Add writes steps in a transaction and says how many were new. They run once it
// has committed.
func (e *Engine) Add(ctx context.Context, tx *store.Tx, steps ...NewStep) (int, error) {
	rows := make([]models.WorkStep, 0, len(steps))
	actor, err := json.Marshal(keptActor(tx.Actor))
	if err != nil {
		return 0, fmt.Errorf("keep the actor: %w", err)
	}
	for i := range steps {
		row, err := steps[i].row(tx, string(actor))
		if err != nil {
			return 0, err
		}
		rows = append(rows, row)
	}
	added := 0
	for len(rows) > 0 {
		n := min(addChunk, len(rows))
		fresh, err := insertNew(ctx, tx, rows[:n])
		if err != nil {
			return added, err
		}
		added, rows = added+fresh, rows[n:]
	}
	tx.AfterCommit(e.Wake)
	return added, nil
}

func (n *NewStep) row(tx *store.Tx, actor string) (models.WorkStep, error) {
	payload := []byte("{}")
	if n.Payload != nil {
		var err error
		if payload, err = json.Marshal(n.Payload); err != nil {
			return models.WorkStep{}, fmt.Errorf("keep what the step needs: %w", err)
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return models.WorkStep{}, fmt.Errorf("make a public id: %w", err)
	}
	row := models.WorkStep{
		TenantID: tx.Tenant(), PublicID: id.String(), Kind: n.Kind, DedupeKey: n.Dedupe, GroupKind: n.Group.Kind, GroupID: n.Group.ID,
		UserID: n.UserID, ConnectorID: n.ConnectorID, Payload: string(payload),
		State: models.StepWaiting, Outcome: models.OutcomeWaiting, Evidence: "{}",
		RunAt: max(n.After, tx.Now), Actor: actor, CreatedAt: tx.Now,
	}
	if n.Ahead {
		row.Ahead = aheadBy.Microseconds()
	}
	if n.After <= tx.Now {
		row.RunAt -= models.Instant(row.Ahead)
	}
	if row.DedupeKey == "" {
		row.DedupeKey = row.PublicID
	}
	switch {
	case n.Skipped != "":
		row.State, row.Outcome, row.Sentence, row.FinishedAt = models.StepDone, models.OutcomeSkipped, short(n.Skipped), tx.Now
	case n.Paused:
		row.State = models.StepPaused
	}
	return row, nil
}

// actor is the part of an actor that a step keeps: who asked, from where. What
// they may do is decided when the step is added, not when it runs.
type actor struct {
	Kind       models.ActorKind `json:"kind"`
	UserID     int64            `json:"user_id,omitempty"`
	Name       string           `json:"name"`
	Via        models.Via       `json:"via"`
	IP         string           `json:"ip,omitempty"`
	RequestID  string           `json:"request_id,omitempty"`
	SessionKey string           `json:"session_key,omitempty"`
}

func keptActor(a models.Actor) actor {
	return actor{a.Kind, a.UserID, a.Name, a.Via, a.IP, a.RequestID, a.SessionKey}
}

func (a actor) restore(tenant int64) models.Actor {
	return models.Actor{
		Tenant: tenant, Kind: a.Kind, UserID: a.UserID, Name: a.Name,
		Via: a.Via, IP: a.IP, RequestID: a.RequestID, SessionKey: a.SessionKey,
	}
}

package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The kinds of steps that write to a system.
const (
	StepWriteField = "sync.write-field"
	StepSetEnabled = "sync.set-enabled"
)

// payload is what a step needs beside its person and connector. Values are not in
// it: what is written is what is true when it is written.
type payload struct {
	Account int64    `json:"account"`
	Fields  []string `json:"fields,omitempty"`
}

// queue adds the steps that write our values of some differences, one for each
// account, and marks the differences as on their way.
func (e *Engine) queue(ctx context.Context, tx *store.Tx, s *source, drifts []models.Drift) error {
	if len(drifts) == 0 {
		return nil
	}
	type work struct {
		user   int64
		fields []string
		status bool
	}
	byAccount := map[int64]*work{}
	for i := range drifts {
		d := &drifts[i]
		if byAccount[d.AccountID] == nil {
			byAccount[d.AccountID] = &work{user: d.UserID}
		}
		w := byAccount[d.AccountID]
		if d.Kind == models.DriftStatus {
			w.status = true
		} else {
			w.fields = append(w.fields, d.Field)
		}
		d.State, d.WrittenAt, d.Sentence = models.DriftPushing, tx.Now, ""
		d.WrittenHash, d.ReplacedHash = shortHash(d.Ours), shortHash(d.Theirs)
		d.DecidedBy, d.DecidedAt, d.IgnoreUntil = clean(tx.Actor.Name, 255), tx.Now, 0
	}
	var steps []jobs.NewStep
	for _, id := range slices.Sorted(mapKeys(byAccount)) {
		w := byAccount[id]
		slices.Sort(w.fields)
		if len(w.fields) > 0 {
			steps = append(steps, step(s, StepWriteField, w.user, payload{id, w.fields}))
		}
		if w.status {
			steps = append(steps, step(s, StepSetEnabled, w.user, payload{Account: id}))
		}
	}
	if err := updateDrifts(ctx, tx, drifts); err != nil {
		return err
	}
	_, err := e.jobs.Add(ctx, tx, steps...)
	return err
}

func step(s *source, kind string, user int64, p payload) jobs.NewStep {
	return jobs.NewStep{Kind: kind, UserID: user, ConnectorID: s.ID, Payload: p, Group: jobs.Group{Kind: "connector", ID: s.ID}}
}

func readPayload(b []byte) (payload, error) {
	var p payload
	if err := json.Unmarshal(b, &p); err != nil {
		return p, jobs.Permanent(fmt.Errorf("read what the step needs: %w", err))
	}
	return p, nil
}

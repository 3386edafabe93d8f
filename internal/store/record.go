package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/models"
)

// Ref names a thing in the audit log, with its name at the time.
type Ref struct {
	Kind models.Kind
	ID   int64
	Name string
}

// Event is what Record writes. Action and Target are required. Before and After
// hold only the fields that changed, by their form name; nil means none.
type Event struct {
	Action models.Action
	Result models.Result // "": done
	Target Ref
	Object Ref // the second thing, such as the role that was given
	Reason string
	Before map[string]any
	After  map[string]any
	Detail string
}

// Record writes one audit event in the transaction. Values longer than their
// column are cut, control characters become spaces (AUD-10).
func (tx *Tx) Record(ctx context.Context, e Event) error {
	row, err := tx.auditRow(e)
	if err != nil {
		return err
	}
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("record %s: %w", e.Action, err)
	}
	tx.recorded++
	return nil
}

// recordChunk bounds the rows of one insert.
const recordChunk = 500

// RecordAll is Record for many events, with few statements.
func (tx *Tx) RecordAll(ctx context.Context, events []Event) error {
	rows := make([]models.AuditEvent, 0, len(events))
	for _, e := range events {
		row, err := tx.auditRow(e)
		if err != nil {
			return err
		}
		rows = append(rows, *row)
	}
	for len(rows) > 0 {
		part := rows[:min(recordChunk, len(rows))]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("record %d events: %w", len(part), err)
		}
		tx.recorded += len(part)
		rows = rows[len(part):]
	}
	return nil
}

func (tx *Tx) auditRow(e Event) (*models.AuditEvent, error) {
	row := &models.AuditEvent{
		At: tx.Now, Action: e.Action, Result: e.Result,
		ActorKind: tx.Actor.Kind, ActorID: tx.Actor.UserID, ActorName: line(tx.Actor.Name, 255),
		Via: tx.Actor.Via, IP: line(tx.Actor.IP, 64), RequestID: line(tx.Actor.RequestID, 64), SessionKey: line(tx.Actor.SessionKey, 36),
		TargetKind: e.Target.Kind, TargetID: e.Target.ID, TargetName: line(e.Target.Name, 255),
		ObjectKind: e.Object.Kind, ObjectID: e.Object.ID, ObjectName: line(e.Object.Name, 255),
		Reason: line(e.Reason, 1000), Detail: line(e.Detail, 2000),
	}
	if row.Result == "" {
		row.Result = models.ResultDone
	}
	var err error
	if row.Before, err = fields(e.Before); err != nil {
		return nil, err
	}
	if row.After, err = fields(e.After); err != nil {
		return nil, err
	}
	return row, nil
}

func fields(m map[string]any) (string, error) {
	if len(m) == 0 {
		return "", nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("record fields: %w", err)
	}
	return string(b), nil
}

// line makes text fit for one line of at most n characters.
func line(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > n {
		s = string([]rune(s)[:n-1]) + "…"
	}
	return s
}

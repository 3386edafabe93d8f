package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// lookEvery is how long one look stands for the same look again.
const lookEvery = time.Hour

// looked remembers the looks this process knows to be recorded, so that paging
// and polling cost nothing. The log itself is the truth.
type looked struct {
	mu    sync.Mutex
	until map[string]models.Instant
}

const maxLooked = 4096

func (k *looked) has(key string, now models.Instant) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.until[key] > now
}

func (k *looked) add(key string, now models.Instant) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.until == nil || len(k.until) >= maxLooked {
		k.until = map[string]models.Instant{}
	}
	k.until[key] = now.Add(lookEvery)
}

// recordSearch records that a person looked at the log, once per session, hour
// and distinct query (AUD-02). Pages of one query are one look.
func (l *Log) recordSearch(ctx context.Context, actor models.Actor, q Query) error {
	if actor.Kind != models.ActorUser {
		return nil
	}
	now, detail := l.db.Now(), "query "+q.fingerprint()
	key := fmt.Sprint(actor.Tenant, " ", actor.UserID, " ", actor.SessionKey, " ", detail)
	if l.looked.has(key, now) {
		return nil
	}
	r := l.db.Read(actor.Tenant)
	since := now.Add(-lookEvery)
	already, err := lookedAlready(ctx, r, actor, detail, since)
	if err != nil {
		return err
	}
	if !already {
		if err := l.record(ctx, actor, q, models.AuditSearch, store.Event{Detail: detail}); err != nil {
			return err
		}
	}
	l.looked.add(key, now)
	return nil
}

// record writes one of the two events about the log itself, with the filters
// as its new values and the person asked for as its object.
func (l *Log) record(ctx context.Context, actor models.Actor, q Query, action models.Action, e store.Event) error {
	e.Action, e.Target = action, store.Ref{Kind: models.KindAudit, Name: "Audit log"}
	return l.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		about, err := aboutWhom(ctx, tx.Reader, q)
		if err != nil {
			return err
		}
		named := e
		named.Object = about
		named.After = q.filters()
		for k, v := range e.After {
			named.After[k] = v
		}
		return tx.Record(ctx, named)
	})
}

// aboutWhom names the person a query asks for, so that the look stands in that
// person's timeline too.
func aboutWhom(ctx context.Context, r store.Reader, q Query) (store.Ref, error) {
	var id int64
	switch {
	case q.about.kind == models.KindUser:
		id = q.about.id
	case q.Target.Kind == models.KindUser:
		id = q.Target.ID
	case q.Object.Kind == models.KindUser:
		id = q.Object.ID
	default:
		id = q.Actor
	}
	if id == 0 {
		return store.Ref{}, nil
	}
	u, err := userByID(ctx, r, id)
	if err != nil || u.ID == 0 {
		return store.Ref{}, err
	}
	return store.Ref{Kind: models.KindUser, ID: u.ID, Name: u.DisplayName}, nil
}

// filters gives what was asked for, as the event's fields.
func (q Query) filters() map[string]any {
	all := map[string]any{}
	put := func(name string, value any, given bool) {
		if given {
			all[name] = value
		}
	}
	put("actor", fmt.Sprint("user ", q.Actor), q.Actor != 0)
	put("actor_kind", q.ActorKind, q.ActorKind != "")
	put("target", fmt.Sprint(q.Target.Kind, " ", q.Target.ID), q.Target.Kind != "")
	put("object", fmt.Sprint(q.Object.Kind, " ", q.Object.ID), q.Object.Kind != "")
	put("timeline", fmt.Sprint(q.about.kind, " ", q.about.id), q.about.id != 0)
	put("actions", q.Actions, len(q.Actions) > 0)
	put("group", q.Group, q.Group != "")
	put("result", q.Result, q.Result != "")
	put("via", q.Via, q.Via != "")
	put("from", q.From, q.From != 0)
	put("to", q.To, q.To != 0)
	put("text", q.Text, q.Text != "")
	put("seq", q.Seq, q.Seq != 0)
	put("request_id", q.RequestID, q.RequestID != "")
	return all
}

// fingerprint is the same for the same question: paging and page size do not
// count, and times count by the hour, so that "the last 24 hours" asked again a
// minute later is the same question.
func (q Query) fingerprint() string {
	hour := models.Instant(time.Hour.Microseconds())
	q.From, q.To = q.From/hour*hour, q.To/hour*hour
	b, err := json.Marshal(q.filters())
	if err != nil { // strings, numbers and lists of strings always encode
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

package sync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// MaxEvents is how many events Receive takes at once.
const MaxEvents = 1_000

// Received says what became of events that were handed in.
type Received struct {
	New   int // stored now, and applied soon
	Known int // were here already; they are not applied twice
}

// Receive stores events a connected system told us of, each once by its id. They
// are applied after this returned: an event carries nothing into the directory,
// it only causes the account to be read again.
func (e *Engine) Receive(ctx context.Context, tenant, connectorID int64, events []connector.Event) (Received, error) {
	if len(events) > MaxEvents {
		return Received{}, errs.New(errs.Invalid, "These are %d events at once; at most %d are taken. Nothing was stored. Send them in smaller parts.", len(events), MaxEvents)
	}
	var out Received
	err := e.db.Maintain(ctx, tenant, store.SyncEvents, func(ctx context.Context, tx *store.Tx) error {
		s, err := selectSource(ctx, tx.Reader, "id", connectorID)
		if err != nil {
			return err
		}
		state, err := lockState(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		out, err = storeEvents(ctx, tx, &state, events)
		return err
	})
	if err == nil && out.New > 0 {
		e.Wake()
	}
	return out, err
}

// storeEvents writes events that are new. The source's row is held, so that two
// doors do not store the same event at once.
func storeEvents(ctx context.Context, tx *store.Tx, state *models.SyncSource, events []connector.Event) (Received, error) {
	rows := make([]models.SyncEvent, 0, len(events))
	ids := make([]string, 0, len(events))
	seen := map[string]bool{}
	for _, ev := range events {
		row := eventRow(state.ConnectorID, ev, tx.Now)
		if seen[row.EventID] {
			continue
		}
		seen[row.EventID] = true
		rows, ids = append(rows, row), append(ids, row.EventID)
	}
	known, err := selectKnownEvents(ctx, tx.Reader, state.ConnectorID, ids)
	if err != nil {
		return Received{}, err
	}
	fresh := rows[:0]
	for _, row := range rows {
		if !known[row.EventID] {
			fresh = append(fresh, row)
		}
	}
	if len(fresh) > 0 {
		if err := insertEvents(ctx, tx, fresh); err != nil {
			return Received{}, err
		}
		state.LastEventAt = tx.Now
		if err := updateState(ctx, tx, state, "last_event_at"); err != nil {
			return Received{}, err
		}
	}
	return Received{New: len(fresh), Known: len(events) - len(fresh)}, nil
}

// future is how far ahead of us a system's clock may be before its times are
// taken for ours.
const future = 5 * time.Minute

// eventRow gives the row of an event. What a system says is made to fit; an
// account's id is never cut, because a cut one would name another account.
func eventRow(connectorID int64, ev connector.Event, now models.Instant) models.SyncEvent {
	row := models.SyncEvent{
		ConnectorID: connectorID, EventID: eventID(ev.ID), Kind: string(ev.Kind), AccountKey: ev.AccountID,
		SessionKey: clean(ev.Session, 255), App: clean(ev.App, 255), IP: clean(ev.IP, 64), ActorKey: clean(ev.Actor, 255), Reason: clean(ev.Reason, 255),
		At: models.At(ev.At), ReceivedAt: now, State: models.EventWaiting, RetryAt: now,
	}
	if row.At <= 0 || row.At > now.Add(future) {
		row.At = now
	}
	switch {
	case !isKey(row.AccountKey):
		if row.AccountKey != "" {
			row.Sentence = "It names an account in a way that cannot be kept."
		}
		row.AccountKey, row.State = "", models.EventNoted
	case ev.Kind != connector.EventChanged && ev.Kind != connector.EventRemoved:
		row.State = models.EventNoted
	}
	if row.State == models.EventNoted {
		row.AppliedAt = now
	}
	return row
}

// eventID keeps an id as it is when it fits, and its hash when it does not.
func eventID(id string) string {
	if isKey(id) && utf8.RuneCountInString(id) <= 190 {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// maxKey is the longest id of an account, in bytes.
const maxKey = 255

// isKey reports whether a text can be kept and compared as an id to the byte:
// MariaDB takes texts that differ only in spaces at the end for equal.
func isKey(id string) bool {
	return id != "" && len(id) <= maxKey && utf8.ValidString(id) && strings.TrimSpace(id) == id && !strings.ContainsFunc(id, isControl)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }

// clean makes what a system says fit for a column.
func clean(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > limit {
		text = strings.TrimSpace(string([]rune(text)[:limit]))
	}
	return text
}

// causing are the kinds of events that change an account.
var causing = []string{string(connector.EventChanged), string(connector.EventRemoved)}

package hook

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	wire "github.com/rollcall/rollcall/internal/wire/hook"
	"github.com/rollcall/rollcall/models"
)

// Senders says which connector has a public id and with which secret its system
// signs what it posts: "" when it has none, errs.NotFound when there is no such
// connector.
type Senders func(ctx context.Context, tenant int64, publicID string) (id int64, secret string, err error)

// Keep stores events, each once by its id, and says how many were new.
type Keep func(ctx context.Context, tenant, connectorID int64, events []connector.Event) (fresh int, err error)

// Deps is what an Engine works with. All but Log are required.
type Deps struct {
	Store   *store.Store
	Senders Senders
	Events  Keep
	Log     *slog.Logger // nil: slog.Default
}

// Engine takes messages. It is safe for use by many goroutines and on many replicas.
type Engine struct {
	Deps

	nobody string // a secret nobody has, for senders nobody knows
	limits *limits
}

// New makes an engine.
func New(d Deps) (*Engine, error) {
	if d.Store == nil || d.Senders == nil || d.Events == nil {
		return nil, errors.New("hook: store, senders and events are required")
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	return &Engine{Deps: d, nobody: rand.Text(), limits: newLimits()}, nil
}

// Message is what was posted.
type Message struct {
	Connector string // public id, of the address it was posted to
	From      string // address of the sender
	Signed    wire.Signed
	Body      []byte
}

// Receipt says what became of a message.
type Receipt struct {
	Events   int  // in it
	New      int  // of them, not known before
	Repeated bool // the same message was taken before
}

// Unknown is what a sender hears who did not prove who they are, whatever the
// reason: an address nobody has answers like a wrong signature.
var errUnknown = errs.New(errs.Unauthorized, "The signature does not belong to this address, id, timestamp and body. Nothing was stored.")

// Accept takes a message. Refusals are errs.Unauthorized (not proved, or not of
// now), errs.Invalid (proved, and not readable) and errs.TooMany.
func (e *Engine) Accept(ctx context.Context, tenant int64, m Message) (Receipt, error) {
	now := e.Store.Now().Time()
	if !e.limits.mayTry(m.From, now) {
		return Receipt{}, errs.New(errs.TooMany, "Too many messages from this address could not be proved. Nothing was stored. Wait a minute, and look at the secret and the clock of the sender.")
	}
	from, err := e.prove(ctx, tenant, m, now)
	if err != nil {
		if errs.Is(err, errs.Unauthorized) {
			e.limits.failed(m.From, now)
		}
		return Receipt{}, err
	}
	if !e.limits.mayPost(from, now) {
		return Receipt{}, errs.New(errs.TooMany, "Messages come faster than %d a second. Nothing was stored. Wait some seconds, and put several events into one message.", int(postsPerSecond))
	}
	parsed, err := wire.Parse(m.Body)
	if err != nil {
		return Receipt{}, errs.Wrap(err, errs.Invalid, "%s Nothing was stored.", err.Error())
	}
	return e.keep(ctx, sender{tenant, from}, m, eventsOf(parsed))
}

// prove says which connector a message is from.
func (e *Engine) prove(ctx context.Context, tenant int64, m Message, now time.Time) (int64, error) {
	from, secret, err := e.Senders(ctx, tenant, m.Connector)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return 0, err
	}
	known := err == nil && secret != ""
	if !known {
		secret = e.nobody // compare all the same: an address nobody has takes as long
	}
	if err := wire.Verify(secret, m.Signed, m.Body, now); err != nil {
		if p, ok := errors.AsType[*wire.Problem](err); ok && p.Where != wire.HeaderSignature {
			return 0, errs.Wrap(err, errs.Unauthorized, "%s Nothing was stored.", p.Sentence)
		}
		e.Log.WarnContext(ctx, "a posted message was not proved", "known", known)
		return 0, errUnknown
	}
	return from, nil
}

// sender is a connector that proved itself.
type sender struct{ tenant, id int64 }

// keep stores the events, and then that the message was taken.
func (e *Engine) keep(ctx context.Context, from sender, m Message, events []connector.Event) (Receipt, error) {
	sum := sha256.Sum256(m.Body)
	row := models.HookDelivery{ConnectorID: from.id, DeliveryID: m.Signed.ID, Digest: hex.EncodeToString(sum[:]), Events: int64(len(events))}
	receipt := Receipt{Events: len(events)}
	before, err := selectDelivery(ctx, e.Store.Read(from.tenant), row)
	switch {
	case err != nil:
		return Receipt{}, err
	case before != nil && before.Digest != row.Digest:
		return Receipt{}, errs.New(errs.Invalid, "Another message had this %s. Nothing was stored. Give every message an id of its own, and a copy the same.", wire.HeaderID)
	case before != nil:
		receipt.Repeated = true
		return receipt, nil
	}
	if len(events) > 0 {
		if receipt.New, err = e.Events(ctx, from.tenant, from.id, events); err != nil {
			return Receipt{}, err
		}
	}
	err = e.Store.Maintain(ctx, from.tenant, store.HookDelivery, func(ctx context.Context, tx *store.Tx) error {
		row.ReceivedAt = tx.Now
		return insertDelivery(ctx, tx, row)
	})
	return receipt, err
}

// eventsOf gives events as engines know them; the words of both are the same.
func eventsOf(parsed []wire.Event) []connector.Event {
	out := make([]connector.Event, len(parsed))
	for i, e := range parsed {
		out[i] = connector.Event{
			ID: e.ID, Kind: connector.EventKind(e.Kind), At: e.At, AccountID: e.Account, Session: e.Session, App: e.App, IP: e.IP,
			Actor: e.Actor, Reason: e.Reason,
		}
	}
	return out
}

const (
	keepFor    = time.Hour // twelve times the window of the timestamp
	sweepBatch = 1000
)

// Sweep forgets messages whose copies are too old to be accepted, and says how many.
func (e *Engine) Sweep(ctx context.Context, tenant int64) (int, error) {
	total := 0
	for {
		var n int
		err := e.Store.Maintain(ctx, tenant, store.HookDelivery, func(ctx context.Context, tx *store.Tx) error {
			var err error
			n, err = deleteOld(ctx, tx, tx.Now.Add(-keepFor), sweepBatch)
			return err
		})
		total += n
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}

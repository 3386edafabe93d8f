package hook_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/hook"
	"github.com/rollcall/rollcall/internal/store"
	wire "github.com/rollcall/rollcall/internal/wire/hook"
	"github.com/rollcall/rollcall/models"
)

const (
	secret  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	address = "0198c0de-0000-7000-8000-000000000001"
	body    = `{"events":[{"id":"e1","kind":"changed","at":"2026-11-22T10:41:00Z","account":"8f2a"}]}`
)

// events is whoever applies them; it keeps each once by its id, as the real one.
type events struct {
	mu   sync.Mutex
	seen map[string]connector.Event
	err  error
	ask  int
}

func (s *events) keep(_ context.Context, tenant, id int64, all []connector.Event) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ask++; s.err != nil {
		return 0, s.err
	}
	fresh := 0
	for _, e := range all {
		key := fmt.Sprintf("%d/%d/%s", tenant, id, e.ID)
		if _, known := s.seen[key]; !known {
			s.seen[key] = e
			fresh++
		}
	}
	return fresh, nil
}

type fixture struct {
	*hook.Engine
	db     *dbtest.DB
	stored *events
}

func start(t *testing.T, db *dbtest.DB, stored *events, st *store.Store) *fixture {
	t.Helper()
	e, err := hook.New(hook.Deps{
		Store: st, Events: stored.keep, Log: slog.New(slog.DiscardHandler),
		Senders: func(_ context.Context, tenant int64, publicID string) (int64, string, error) {
			switch publicID {
			case address:
				return 7, secret, nil
			case "without-secret":
				return 8, "", nil
			case "broken":
				return 0, "", errs.New(errs.Unavailable, "The database does not answer.")
			}
			return 0, "", errs.New(errs.NotFound, "There is no such connector.")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{e, db, stored}
}

func fresh(t *testing.T, db *dbtest.DB) *fixture {
	return start(t, db, &events{seen: map[string]connector.Event{}}, db.Store)
}

func (f *fixture) message(id, text string) hook.Message {
	at := f.db.Clock.Now()
	return hook.Message{
		Connector: address, From: "203.0.113.9", Body: []byte(text),
		Signed: wire.Signed{ID: id, Timestamp: strconv.FormatInt(at.Unix(), 10), Signature: wire.Sign(secret, id, at, []byte(text))},
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		f := fresh(t, db)
		got, err := f.Accept(t.Context(), db.Tenant, f.message("m1", body))
		if err != nil || got != (hook.Receipt{Events: 1, New: 1}) {
			t.Fatalf("first = %+v, %v", got, err)
		}
		want := connector.Event{ID: "e1", Kind: connector.EventChanged, At: time.Date(2026, time.November, 22, 10, 41, 0, 0, time.UTC), AccountID: "8f2a"}
		if e := f.stored.seen[fmt.Sprintf("%d/7/e1", db.Tenant)]; e != want {
			t.Errorf("stored %+v, want %+v", e, want)
		}
		again := f.message("m1", body)
		if got, err := f.Accept(t.Context(), db.Tenant, again); err != nil || got != (hook.Receipt{Events: 1, Repeated: true}) || f.stored.ask != 1 {
			t.Errorf("a copy = %+v, %v; asked %d times", got, err, f.stored.ask)
		}
		other := f.message("m1", strings.Replace(body, "e1", "e2", 1))
		if _, err := f.Accept(t.Context(), db.Tenant, other); !errs.Is(err, errs.Invalid) || len(f.stored.seen) != 1 {
			t.Errorf("another message with the id = %v", err)
		}
		if got, err := f.Accept(t.Context(), db.Tenant, f.message("m2", `{"events":[]}`)); err != nil || got != (hook.Receipt{}) || f.stored.ask != 1 {
			t.Errorf("a sign of life = %+v, %v", got, err)
		}
	})
}

// What one replica took is a copy on every other.
func TestReplicasShareWhatWasTaken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		f := fresh(t, db)
		second := start(t, db, f.stored, db.Replica(t))
		m := f.message("m1", body)
		if _, err := f.Accept(t.Context(), db.Tenant, m); err != nil {
			t.Fatal(err)
		}
		if got, err := second.Accept(t.Context(), db.Tenant, m); err != nil || !got.Repeated || f.stored.ask != 1 {
			t.Errorf("on the other replica = %+v, %v; asked %d times", got, err, f.stored.ask)
		}
	})
}

// Both replicas at the same moment: nothing is stored twice and nobody fails.
func TestAtTheSameMoment(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		f := fresh(t, db)
		second := start(t, db, f.stored, db.Replica(t))
		var wg sync.WaitGroup
		for i := range 8 {
			m, e := f.message(fmt.Sprintf("m%d", i/2), body), []*fixture{f, second}[i%2]
			wg.Go(func() {
				if _, err := e.Accept(t.Context(), db.Tenant, m); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if len(f.stored.seen) != 1 {
			t.Errorf("stored %d events, want 1", len(f.stored.seen))
		}
	})
}

// A message counts as taken only when its events are stored: a failure leaves
// nothing that would make the next try look like a copy.
func TestNotTakenWhileNotStored(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	f := fresh(t, db)
	f.stored.err = errs.New(errs.Unavailable, "The database does not answer.")
	m := f.message("m1", body)
	if _, err := f.Accept(t.Context(), db.Tenant, m); !errs.Is(err, errs.Unavailable) {
		t.Fatalf("while nothing can be stored = %v", err)
	}
	f.stored.err = nil
	if got, err := f.Accept(t.Context(), db.Tenant, m); err != nil || got.New != 1 || got.Repeated {
		t.Errorf("the next try = %+v, %v", got, err)
	}
	db.Faults.Fail("hook_deliveries")
	if _, err := f.Accept(t.Context(), db.Tenant, f.message("m2", body)); err == nil {
		t.Error("taken although it could not be written down")
	}
	db.Faults.Heal()
	if got, err := f.Accept(t.Context(), db.Tenant, f.message("m2", body)); err != nil || got.Repeated || got.New != 0 {
		t.Errorf("after healing = %+v, %v; want its known event stored once", got, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	unknown := "The signature does not belong to this address, id, timestamp and body. Nothing was stored."
	for name, c := range map[string]struct {
		change func(*hook.Message)
		kind   errs.Kind
		want   string
	}{
		"nobody's address":     {func(m *hook.Message) { m.Connector = "0198c0de-0000-7000-8000-000000000009" }, errs.Unauthorized, unknown},
		"without a secret":     {func(m *hook.Message) { m.Connector = "without-secret" }, errs.Unauthorized, unknown},
		"changed on the way":   {func(m *hook.Message) { m.Body[10] = 'E' }, errs.Unauthorized, unknown},
		"another id":           {func(m *hook.Message) { m.Signed.ID = "m2" }, errs.Unauthorized, unknown},
		"no headers":           {func(m *hook.Message) { m.Signed = wire.Signed{} }, errs.Unauthorized, "The headers Webhook-Id, Webhook-Timestamp and Webhook-Signature must be there. Nothing was stored."},
		"the database is away": {func(m *hook.Message) { m.Connector = "broken" }, errs.Unavailable, "The database does not answer."},
	} {
		t.Run(name, func(t *testing.T) {
			f := fresh(t, db)
			m := f.message("m1", body)
			c.change(&m)
			_, err := f.Accept(t.Context(), db.Tenant, m)
			e, ok := errs.As(err)
			if !ok || e.Kind != c.kind || e.Safe != c.want || f.stored.ask != 0 {
				t.Errorf("= %v", err)
			}
		})
	}
	f := fresh(t, db)
	late := f.message("m1", body)
	db.Clock.Advance(wire.Window + time.Second)
	if _, err := f.Accept(t.Context(), db.Tenant, late); !errs.Is(err, errs.Unauthorized) || !strings.Contains(err.Error(), "compare the clocks") {
		t.Errorf("recorded and sent again later = %v", err)
	}
	if _, err := f.Accept(t.Context(), db.Tenant, f.message("m3", `{"events":[{"id":"e","kind":"login"}]}`)); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "events[0].kind") {
		t.Errorf("proved and unreadable = %v", err)
	}
}

// Guessing is slowed down by network, and costs nobody else anything.
func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	f := fresh(t, db)
	guess := f.message("m1", body)
	guess.Signed.Signature = "v1,AAAA"
	refused := 0
	for range 40 {
		if _, err := f.Accept(t.Context(), db.Tenant, guess); errs.Is(err, errs.TooMany) {
			refused++
		}
	}
	if refused != 10 {
		t.Errorf("refused %d of 40 guesses, want those after the first 30", refused)
	}
	good := f.message("m1", body)
	if _, err := f.Accept(t.Context(), db.Tenant, good); !errs.Is(err, errs.TooMany) {
		t.Errorf("from the same network = %v", err)
	}
	good.From = "198.51.100.7"
	if _, err := f.Accept(t.Context(), db.Tenant, good); err != nil {
		t.Errorf("from another network = %v", err)
	}
	db.Clock.Advance(time.Minute)
	if _, err := f.Accept(t.Context(), db.Tenant, f.message("m2", body)); err != nil {
		t.Errorf("a minute later = %v", err)
	}
}

func TestFloodOfOneConnector(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	f := fresh(t, db)
	var last error
	for i := range 252 {
		if _, last = f.Accept(t.Context(), db.Tenant, f.message(fmt.Sprintf("m%d", i), `{"events":[]}`)); last != nil {
			break
		}
	}
	if !errs.Is(last, errs.TooMany) {
		t.Fatalf("252 messages in one moment = %v, want a limit", last)
	}
	db.Clock.Advance(time.Second)
	if _, err := f.Accept(t.Context(), db.Tenant, f.message("later", body)); err != nil {
		t.Errorf("a second later = %v", err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		f := fresh(t, db)
		for _, id := range []string{"m1", "m2"} {
			if _, err := f.Accept(t.Context(), db.Tenant, f.message(id, body)); err != nil {
				t.Fatal(err)
			}
		}
		db.Clock.Advance(59 * time.Minute)
		if _, err := f.Accept(t.Context(), db.Tenant, f.message("m3", body)); err != nil {
			t.Fatal(err)
		}
		if n, err := f.Sweep(t.Context(), db.Tenant); n != 0 || err != nil {
			t.Errorf("within the hour = %d, %v", n, err)
		}
		db.Clock.Advance(2 * time.Minute)
		n, err := f.Sweep(t.Context(), db.Tenant)
		left, countErr := db.Store.Read(db.Tenant).Select((*models.HookDelivery)(nil)).Count(t.Context())
		if n != 2 || left != 1 || errors.Join(err, countErr) != nil {
			t.Errorf("after it = %d, %d left, %v, %v", n, left, err, countErr)
		}
	})
}

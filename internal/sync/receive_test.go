package sync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

// An event is stored once, whatever way and however often it comes, and one that
// cannot name an account to the byte names none.
func TestReceive(t *testing.T) {
	each(t, func(w *world) {
		c := w.connect("keycloak", nil, connector.Mapping{}, connector.Schedule{})
		long := strings.Repeat("x", 300)
		events := []connector.Event{
			{ID: "1", Kind: connector.EventChanged, AccountID: "a", At: w.Clock.Now().Add(-time.Minute), Actor: "boss"},
			{ID: "1", Kind: connector.EventChanged, AccountID: "a"},
			{ID: "2", Kind: connector.EventSignedIn, AccountID: "a", App: "shop\x00"},
			{ID: "3", Kind: connector.EventRemoved, AccountID: "b "},
			{ID: long, Kind: connector.EventRemoved, AccountID: long, At: w.Clock.Now().Add(time.Hour)},
			{ID: "", Kind: connector.EventOther},
		}
		got, err := w.engine.Receive(w.t.Context(), w.Tenant, c.ID, events)
		if err != nil || got != (sync.Received{New: 5, Known: 1}) {
			w.t.Fatalf("%+v, %v", got, err)
		}
		if got, err = w.engine.Receive(w.t.Context(), w.Tenant, c.ID, events); err != nil || got.New != 0 {
			w.t.Errorf("again: %+v, %v", got, err)
		}
		if n := w.count("SELECT COUNT(*) FROM sync_events WHERE tenant_id = ?tenant AND state = ?", models.EventWaiting); n != 1 {
			w.t.Errorf("%d wait, want 1", n)
		}
		if n := w.count("SELECT COUNT(*) FROM sync_events WHERE tenant_id = ?tenant AND at > ?", w.Store.Now()); n != 0 {
			w.t.Errorf("%d lie in the future", n)
		}
		if _, err := w.engine.Receive(w.t.Context(), w.Tenant+1, c.ID, events); !errs.Is(err, errs.NotFound) {
			w.t.Errorf("of another tenant: %v", err)
		}
		if _, err := w.engine.Receive(w.t.Context(), w.Tenant, c.ID, make([]connector.Event, sync.MaxEvents+1)); !errs.Is(err, errs.Invalid) {
			w.t.Errorf("too many: %v", err)
		}
		views, err := w.engine.Sources(w.t.Context(), w.Tenant)
		if err != nil || views[0].Waiting != 1 || views[0].LastEvent != w.Store.Now() {
			w.t.Errorf("%+v, %v", views, err)
		}
	})
}

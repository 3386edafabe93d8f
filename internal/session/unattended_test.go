package session_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
)

// WEB-03: a page that refreshes itself does not keep a session alive.
func TestUnattendedRequestsDoNotKeepASessionAlive(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		token := h.begin(t, h.person(t, "amara")).Token
		for range 4 {
			db.Clock.Advance(20 * time.Minute)
			_, err := h.Find(session.Unattended(t.Context()), token)
			if db.Clock.Now().Sub(dbtest.Start) < session.DefaultIdle && err != nil {
				t.Fatalf("after %s: %v, want it alive", db.Clock.Now().Sub(dbtest.Start), err)
			}
		}
		if _, err := h.Find(t.Context(), token); !errs.Is(err, errs.Unauthorized) {
			t.Fatalf("after an hour of nothing but refreshes: %v, want it refused", err)
		}
	})
}

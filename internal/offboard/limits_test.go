package offboard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/scripted"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What a system cannot do is said, and nothing is confirmed that was not seen.
func TestWhatSystemsCannotDo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := scripted.New(db.Clock.Now)
		kc.Add(connector.Account{ID: "elif"})
		id := h.connect(system, kc)
		act := func() {
			t.Helper()
			if _, err := h.offboard.Suspend(t.Context(), admin, h.id(elif), reason); err != nil {
				t.Fatal(err)
			}
			h.drain()
		}
		back := func() {
			t.Helper()
			if _, err := h.offboard.Resume(t.Context(), admin, h.id(elif), "it was the wrong Elif"); err != nil {
				t.Fatal(err)
			}
			h.drain()
		}
		only := func(s connector.System) { h.open.systems[id] = s }

		only(struct{ connector.System }{kc})
		act()
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeSkipped, offboard.StepEndSessions: models.OutcomeSkipped, offboard.StepRevokeGrants: models.OutcomeSkipped})
		if s := h.step(elif, offboard.StepEndSessions); s.Sentence != "Keycloak cannot end sessions. It keeps no sessions." {
			t.Errorf("sentence %q", s.Sentence)
		}
		back()
		h.want(elif, outcomes{offboard.StepEnable: models.OutcomeSkipped})

		only(struct {
			connector.System
			connector.Switcher
			connector.SessionEnder
			connector.GrantRevoker
		}{kc, kc, kc, kc})
		kc.Open("elif", connector.Session{ID: "s1"})
		act()
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeSent, offboard.StepEndSessions: models.OutcomeSent, offboard.StepRevokeGrants: models.OutcomeSent})
		back()
		h.want(elif, outcomes{offboard.StepEnable: models.OutcomeSent})

		only(struct { // sessions can be seen, accounts cannot
			connector.System
			connector.Switcher
			connector.SessionLister
			connector.SessionEnder
			connector.GrantRevoker
		}{kc, kc, kc, kc, kc})
		kc.Lie("EndSessions")
		kc.Open("elif", connector.Session{ID: "left over"})
		act()
		kc.Mend()
		for range 3 {
			db.Clock.Advance(time.Minute)
			h.drain()
		}
		back()
		h.want(elif, outcomes{offboard.StepEnable: models.OutcomeSent})
		if left := h.step(elif, offboard.StepEnable).Evidence.Left; left == nil || *left.Listed != 0 || kc.Living("elif") != 0 {
			t.Errorf("let in again with %d sessions from before, evidence %+v", kc.Living("elif"), left)
		}

		only(kc)
		kc.Fail("ListSessions", connector.FailUnsupported, 0)
		kc.Fail("ReadPerson", connector.FailUnsupported, 0)
		kc.Open("elif", connector.Session{ID: "s2"})
		act()
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeSent, offboard.StepEndSessions: models.OutcomeSent, offboard.StepRevokeGrants: models.OutcomeSent})
		if kc.Mend(); kc.Living("elif") != 0 {
			t.Error("what cannot be listed was not ended either")
		}
	})
}

// tokens stand for the refresh tokens of another branch of the house.
type tokens struct {
	held, proven int
	looks        []offboard.TokenLook
	then         func() // when they are taken back
	err          error
}

func (k *tokens) Holders(_ context.Context, _ *store.Tx, users []int64) (map[int64][]offboard.Origin, error) {
	of := map[int64][]offboard.Origin{}
	for _, id := range users {
		if k.held > 0 {
			of[id] = []offboard.Origin{{Provider: system, Issuer: issuer}}
		}
	}
	return of, nil
}

func (k *tokens) Revoke(context.Context, int64, int64) (offboard.Revoked, error) {
	if k.then != nil {
		k.then()
	}
	return offboard.Revoked{Tokens: k.held, Proven: k.proven, Looks: k.looks}, k.err
}

// Tokens that Rollcall holds itself are revoked too, and the evidence says what
// that cannot reach.
func TestHeldTokens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		kept := &tokens{}
		h := build(t, db, db.Store, func(d *offboard.Deps) { d.Held = kept })
		admin := h.add("amara", models.RoleAdmin)
		for _, c := range []struct {
			name         string
			held, proven int
			err          error
			want         outcomes
		}{
			{"none", 0, 0, nil, outcomes{}},
			{"proven", 2, 2, nil, outcomes{offboard.StepRevokeHeld: models.OutcomeConfirmed}},
			{"blind", 2, 1, nil, outcomes{offboard.StepRevokeHeld: models.OutcomeSent}},
			{"outage", 2, 0, errors.New("no answer"), outcomes{offboard.StepRevokeHeld: models.OutcomeWaiting}},
		} {
			person := h.add(c.name)
			*kept = tokens{held: c.held, proven: c.proven, err: c.err}
			if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(person), reason); err != nil {
				t.Fatal(err)
			}
			h.drain()
			h.want(person, c.want)
			if c.name == "proven" && !strings.Contains(h.step(person, offboard.StepRevokeHeld).Evidence.Scope, "Only the refresh tokens that Rollcall held") {
				t.Error("the evidence does not say what it could not reach")
			}
		}
	})
}

package offboard_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/scripted"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

// What Rollcall holds is taken back before the account is touched: a token of an
// account that is switched off is dead already, and proves nothing any more.
func TestHeldTokensComeFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		var kc *scripted.System
		touched := -1
		kept := &tokens{held: 1, proven: 1, then: func() { touched = len(kc.Asked()) }}
		h := build(t, db, db.Store, func(d *offboard.Deps) { d.Held = kept })
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc = h.keycloak(elif)
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		h.drain()
		if touched != 0 || h.outcomes(elif)[offboard.StepDisable] != models.OutcomeConfirmed {
			t.Errorf("the account was touched %d times before the tokens were taken back; then: %v", touched, h.outcomes(elif))
		}
	})
}

// An account is not left active for the sake of a proof: when the tokens cannot be
// taken back at once, the rest goes ahead, in its order.
func TestHeldTokensHoldNothingUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		kept := &tokens{held: 1, err: errors.New("no answer")}
		h := build(t, db, db.Store, func(d *offboard.Deps) { d.Held = kept })
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1"})
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.want(elif, outcomes{
			offboard.StepRevokeHeld: models.OutcomeWaiting, offboard.StepDisable: models.OutcomeConfirmed,
			offboard.StepEndSessions: models.OutcomeConfirmed, offboard.StepRevokeGrants: models.OutcomeNothing,
		})
		asked := kc.Asked()
		if slices.Index(asked, "SetEnabled") > slices.Index(asked, "EndSessions") {
			t.Errorf("not in order: %v", asked)
		}
		*kept = tokens{held: 0} // somebody else took them back meanwhile
		db.Clock.Advance(time.Hour)
		h.drain()
		if s := h.step(elif, offboard.StepRevokeHeld); s.Outcome != models.OutcomeSent || !strings.Contains(s.Sentence, "not proven here") {
			t.Errorf("%s %s", s.Outcome, s.Sentence)
		}
	})
}

// A look that never saw the token alive proves nothing, and is said.
func TestBlindLooksAreSaid(t *testing.T) {
	t.Parallel()
	at := dbtest.Start
	see := func(before, after bool) offboard.TokenLook {
		b, a := &offboard.TokenReading{At: at, Alive: before}, &offboard.TokenReading{At: at, Alive: after}
		return offboard.TokenLook{Before: b, After: a, Proof: offboard.ProofOf(b, a)}
	}
	for _, c := range []struct {
		before, after bool
		want          connector.TokenProof
	}{
		{true, false, connector.TokenDead}, {false, false, connector.TokenUnseen}, {true, true, connector.TokenLives}, {false, true, connector.TokenLives},
	} {
		if got := see(c.before, c.after).Proof; got != c.want {
			t.Errorf("alive %v, then %v: %s, want %s", c.before, c.after, got, c.want)
		}
	}
	blind := see(false, false)
	blind.Token, blind.How, blind.Provider = "access_token", offboard.LookIntrospection, "Keycloak"
	db := dbtest.One(t, "sqlite")
	h := build(t, db, db.Store, func(d *offboard.Deps) { d.Held = &tokens{held: 1, proven: 1, looks: []offboard.TokenLook{blind}} })
	admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
	if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
		t.Fatal(err)
	}
	h.drain()
	s := h.step(elif, offboard.StepRevokeHeld)
	if s.Outcome != models.OutcomeConfirmed || !strings.Contains(s.Sentence, "A probe that cannot see, and proves nothing: the introspection of the access token at Keycloak.") {
		t.Errorf("%s %s", s.Outcome, s.Sentence)
	}
	if l := s.Evidence.Tokens.Looks; len(l) != 1 || l[0].Proof != connector.TokenUnseen || !l[0].Before.At.Equal(at) {
		t.Errorf("looks = %+v", l)
	}
}

package insight_test

import (
	"context"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Unknown is said, never guessed: a system that hangs costs its own time limit
// and takes nothing else with it.
func TestUnknown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		h.want(h.ask(elif, everything), insight.Unknown, "Not known. Nothing in Rollcall keeps Elif out. How the account at Keycloak stands is not known: no connector reads it.")
		id := h.connect(models.ConnectorEnabled)
		h.kc.Hang("ReadPerson")
		h.kc.Fail("ReadFactors", connector.FailForbidden, 0)
		began := time.Now()
		h.want(h.ask(elif, everything), insight.Unknown, "Not known. Nothing in Rollcall keeps Elif out. Keycloak did not answer in time.",
			"unknown account: ", "yes lock: Not locked.", "unknown factors: Which factors are enrolled is not known. Keycloak answered 403: a role is missing.")
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("one silent question took %v", took)
		}
		h.kc.Mend()
		h.systems[id] = struct {
			connector.System
			connector.PersonReader
		}{h.kc, h.kc}
		h.want(h.ask(elif, everything), insight.Yes, "Yes, as far as can be seen.", "unknown lock: Keycloak cannot be asked about locks.", "unknown factors: ", "unknown history: ")
		delete(h.systems, id)
		h.want(h.ask(elif, everything), insight.Unknown, "Keycloak could not be asked.")

		invited := h.add(func(r *directory.NewRecord) { r.Status, r.Identities, r.LastSignInAt = models.Invited, nil, 0 })
		h.want(h.ask(invited, everything), insight.Unknown, "Not known. Elif has not signed in yet, so no provider account is bound to this record.")
	})
}

// Several ways in: one that is open is enough, and if none is, all are said.
func TestTwoIdentities(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add(func(r *directory.NewRecord) {
			r.Identities = append(r.Identities, directory.NewIdentity{Provider: "keycloak", Issuer: "https://id.example", Subject: "elif-2", How: "test"})
		})
		h.kc.Add(connector.Account{ID: "elif-2"})
		h.connect(models.ConnectorEnabled)
		h.kc.Lock("elif", connector.Lock{Locked: true})
		a := h.ask(elif, everything)
		h.want(a, insight.Yes, "no lock: ")
		from := map[string]bool{}
		for _, f := range a.Facts {
			from[f.From] = true
		}
		if !from["Keycloak: elif"] || !from["Keycloak: elif-2"] || from["Keycloak"] {
			t.Errorf("two accounts are not told apart: %v", from)
		}
		h.kc.Hang("ReadPerson")
		a = h.ask(elif, everything)
		h.want(a, insight.Unknown, "Not known. Locked by Keycloak. When it unlocks by itself is not said. Whether Keycloak lets Elif in is not known: Keycloak did not answer in time.")
		if a.Next.Step != insight.StepUnlock || !a.Next.May {
			t.Errorf("next %+v", a.Next)
		}
		h.kc.Mend()
		h.kc.Lock("elif-2", connector.Lock{Locked: true})
		h.want(h.ask(elif, everything), insight.No, "None of the 2 accounts lets Elif in.")
	})
}

func TestOneself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		h.connect(models.ConnectorEnabled)
		h.kc.Lock("elif", connector.Lock{Locked: true})
		a, err := h.insight.SignIn(t.Context(), models.Actor{Tenant: db.Tenant, UserID: elif.ID, Can: everything}, elif)
		if err != nil || a.Next.Step != insight.StepNone || a.Next.Sentence != "This is you. Somebody else has to do it." {
			t.Errorf("%+v, %v", a.Next, err)
		}
	})
}

// Our own door's refusals, in words.
func TestLastRefusal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Record(ctx, store.Event{
				Action: models.SignInRefused, Result: models.ResultRefused, Target: store.Ref{Kind: models.KindUser, ID: elif.ID}, Detail: "no_role at keycloak",
			})
		})
		h.want(h.ask(elif, everything), insight.Unknown, "note failure: Last turned away here just now: had no role.")
	})
}

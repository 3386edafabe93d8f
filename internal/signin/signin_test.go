package signin_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/models"
)

func TestFirstSignInCreatesByRule(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		out := h.mustSignIn(t, amara(nil))
		if !out.Created || out.ReturnTo != "/users?status=active" {
			t.Fatalf("outcome = %+v", out)
		}
		live, err := h.sessions.Find(t.Context(), out.Token)
		if err != nil {
			t.Fatal(err)
		}
		if live.UserID != out.UserID || live.Name != "Amara Okafor" || live.Status != models.Active || live.Provider != "keycloak" ||
			live.Subject != "amara-1" || live.Methods != "pwd otp" || live.AuthTime != models.At(db.Clock.Now()) {
			t.Fatalf("live = %+v", live)
		}
		u := h.user(t, out.UserID)
		if u.EmailNorm != "amara@northwind.example" || u.LastSignInAt != models.At(db.Clock.Now()) || u.Provider != "keycloak" {
			t.Fatalf("user = %+v", u)
		}
		i := h.identities(t)[0]
		if i.Issuer != h.op.Issuer || i.Subject != "amara-1" || !i.IsPrimary || !i.EmailVerified || i.LastSignInAt != u.LastSignInAt || i.LinkedHow != "rule: domain northwind.example" {
			t.Fatalf("identity = %+v", i)
		}
		if d := cmp.Diff([]string{models.RoleEmployee}, h.roles(t, u.ID)); d != "" {
			t.Fatal(d)
		}
		created := h.events(t, models.UserCreateJIT)
		if len(created) != 1 || created[0].ActorKind != models.ActorSystem || created[0].ActorName != "Sign-in at Keycloak" || created[0].TargetID != u.ID {
			t.Fatalf("created = %+v", created)
		}
		done := h.events(t, models.SignInDone)
		if len(done) != 1 || done[0].ActorID != u.ID || done[0].TargetID != u.ID || done[0].IP != desk.IP || done[0].RequestID != "req-1" ||
			done[0].SessionKey != live.PublicID || done[0].ObjectName != live.PublicID || done[0].Detail != "keycloak pwd otp" {
			t.Fatalf("done = %+v", done)
		}
	})
}

func TestNextSignInFindsTheSamePerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		first := h.mustSignIn(t, amara(nil))
		again := h.mustSignIn(t, amara(map[string]any{"family_name": "Okafor-Bauer", "name": "Amara Okafor-Bauer", "email": "a.bauer@elsewhere.example"}))
		if again.UserID != first.UserID || again.Created || again.Token == first.Token {
			t.Fatalf("first %+v, again %+v", first, again)
		}
		u := h.user(t, first.UserID)
		if u.DisplayName != "Amara Okafor-Bauer" || u.Email != "a.bauer@elsewhere.example" {
			t.Fatalf("user = %+v", u)
		}
		learned := h.events(t, models.UserClaims)
		if len(learned) != 1 || !strings.Contains(learned[0].Before, `"Amara Okafor"`) || !strings.Contains(learned[0].After, "Okafor-Bauer") || learned[0].ActorKind != models.ActorSystem {
			t.Fatalf("learned = %+v", learned)
		}
		h.mustSignIn(t, amara(map[string]any{"family_name": "Okafor-Bauer", "name": "Amara Okafor-Bauer", "email": "a.bauer@elsewhere.example"}))
		if n := len(h.events(t, models.UserClaims)); n != 1 {
			t.Fatalf("%d events for claims that did not change", n)
		}
	})
}

// OIDC-35: the key is (issuer, subject); an e-mail address never is.
func TestSameEmailIsAnotherPerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		first := h.mustSignIn(t, amara(nil))
		for _, sub := range []string{"amara-2", "AMARA-1"} {
			if out := h.mustSignIn(t, amara(map[string]any{"sub": sub})); out.UserID == first.UserID {
				t.Fatalf("subject %q took over a person by e-mail address", sub)
			}
		}
		if n := len(h.users(t)); n != 3 {
			t.Fatalf("%d people, want 3", n)
		}
		// MariaDB takes texts for equal that differ in spaces at the end: nobody may get in by that.
		if out, err := h.signIn(t, amara(map[string]any{"sub": "amara-1 "})); err == nil && out.UserID == first.UserID {
			t.Fatal("a space at the end took over a person")
		}
	})
}

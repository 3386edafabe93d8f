package signin_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What a refresh says updates fields and roles from claims as a sign-in does,
// with the same events; what it says again changes nothing and records nothing.
func TestRefreshLearnsAsASignInDoes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db, func(p *config.Provider) {
			p.Roles = append(p.Roles, config.RoleMapping{Claim: "groups", Value: "desk", Role: models.RoleHelpdesk})
		})
		out := h.mustSignIn(t, amara(map[string]any{"groups": []string{"desk"}}))
		signedIn := h.user(t, out.UserID).LastSignInAt
		h.fall()
		h.revalidate(t)
		if n := len(h.events(t, models.UserClaims, models.RoleAssign, models.RoleUnassign)); n != 2 { // the roles of the sign-in
			t.Fatalf("%d events for what did not change", n)
		}
		h.op.SignIn(amara(map[string]any{"name": "Amara Okafor-Bauer", "family_name": "Okafor-Bauer", "groups": []string{}}))
		h.fall()
		h.revalidate(t)
		u := h.user(t, out.UserID)
		if u.DisplayName != "Amara Okafor-Bauer" || u.LastSignInAt != signedIn {
			t.Fatalf("user = %+v", u)
		}
		if d := cmp.Diff([]string{models.RoleEmployee}, h.roles(t, out.UserID)); d != "" {
			t.Fatal(d)
		}
		for _, e := range h.events(t, models.UserClaims, models.RoleUnassign) {
			if e.ActorKind != models.ActorSystem || e.ActorName != "Look at Keycloak" || e.Via != models.ViaSync || e.TargetID != out.UserID {
				t.Fatalf("event = %+v", e)
			}
		}
		if n := len(h.events(t, models.UserClaims, models.RoleUnassign)); n != 2 {
			t.Fatalf("%d events, want one for the name and one for the role", n)
		}
		if n := len(h.events(t, models.SignInDone)); n != 1 {
			t.Fatalf("a refresh is no sign-in: %d", n)
		}
	})
}

// OIDC-37: groups held back in a refresh take no role away.
func TestRefreshWithHeldBackGroupsKeepsRoles(t *testing.T) {
	t.Parallel()
	h := renewingHouse(t, dbtest.One(t, store.SQLite), func(p *config.Provider) {
		p.Roles = append(p.Roles, config.RoleMapping{Claim: "groups", Value: "desk", Role: models.RoleHelpdesk})
	})
	out := h.mustSignIn(t, amara(map[string]any{"groups": []string{"desk"}}))
	h.op.SignIn(amara(map[string]any{"groups": nil, "hasgroups": true}))
	h.fall()
	h.revalidate(t)
	if held := h.roles(t, out.UserID); !slices.Contains(held, models.RoleHelpdesk) {
		t.Fatalf("roles = %v", held)
	}
}

// OIDC-43: a refresh that vouches for somebody else ends the session, and its
// token is taken back.
func TestRefreshAboutSomebodyElseEndsTheSession(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]any){
		"RefreshTokenInvalidSub":    func(c map[string]any) { c["sub"] = "goran-1" },
		"RefreshTokenInvalidIssuer": func(c map[string]any) { c["iss"] = "https://other.example" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := renewingHouse(t, db)
				out := h.mustSignIn(t, amara(nil))
				h.op.Mutate(func(f *optest.Faults) { f.Claims = change })
				h.fall()
				h.revalidate(t)
				if d := cmp.Diff([]bool{false}, alive(t, h.sessions, out.Token)); d != "" {
					t.Fatal(d)
				}
				if g := h.grants(t); len(g) != 0 {
					t.Fatalf("the token was not taken back: %+v", g)
				}
				if n := h.op.Count(optest.Revoke); n != 2 {
					t.Fatalf("%d revocations, want refresh and access token", n)
				}
				if n := len(h.events(t, models.GrantRefused)); n != 1 {
					t.Fatalf("%d events", n)
				}
			})
		})
	}
}

// A clock or a key that does not fit is a fault on the way, not the person's.
func TestRefreshThatCannotBeReadEndsNothing(t *testing.T) {
	t.Parallel()
	h := renewingHouse(t, dbtest.One(t, store.SQLite))
	out := h.mustSignIn(t, amara(nil))
	h.op.Mutate(func(f *optest.Faults) {
		f.Claims = func(c map[string]any) { c["iat"] = h.Clock.Now().Add(time.Hour).Unix() }
	})
	h.fall()
	h.revalidate(t)
	if d := cmp.Diff([]bool{true}, alive(t, h.sessions, out.Token)); d != "" {
		t.Fatal(d)
	}
	if g := h.grants(t)[0]; g.Fails != 1 || g.Trouble != "clock_skew" {
		t.Fatalf("grant = %+v", g)
	}
	h.op.Mutate(func(f *optest.Faults) { f.Claims = nil })
	h.Clock.Advance(30 * time.Second)
	h.revalidate(t)
	if g := h.grants(t)[0]; g.Fails != 0 || h.op.Reused() != 0 {
		t.Fatalf("the token that was given meanwhile was lost: %+v", g)
	}
}

// An identity that was unlinked meanwhile vouches for nobody.
func TestRefreshOfAnUnlinkedIdentityEndsTheSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		out := h.mustSignIn(t, amara(nil))
		h.change(t, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Delete((*models.Identity)(nil)).Where("user_id = ?", out.UserID).Exec(ctx)
			return err
		})
		h.fall()
		h.revalidate(t)
		if d := cmp.Diff([]bool{false}, alive(t, h.sessions, out.Token)); d != "" {
			t.Fatal(d)
		}
		if e := h.events(t, models.GrantRefused); len(e) != 1 || e[0].Detail != "identity_unlinked" {
			t.Fatalf("events = %+v", e)
		}
		if n := len(h.users(t)); n != 1 {
			t.Fatalf("a refresh made a person: %d", n)
		}
	})
}

// A process that dies with a lease leaves the grant to the others when the lease
// has run out, and not before.
func TestLeaseOfADeadProcess(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		h.mustSignIn(t, amara(nil))
		h.fall()
		h.change(t, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Update((*models.SignInGrant)(nil)).Set("lease_token = 'theirs'").Set("lease_until = ?", tx.Now.Add(time.Minute)).Where("1 = 1").Exec(ctx)
			return err
		})
		if n := h.revalidate(t); n != 0 {
			t.Fatalf("a leased grant was taken: %d", n)
		}
		h.Clock.Advance(time.Minute)
		if n := h.revalidate(t); n != 1 || h.refreshes() != 1 {
			t.Fatalf("%d grants, %d refreshes after the lease", n, h.refreshes())
		}
	})
}

// A database that fails after the provider has answered loses no token: what was
// given is kept as soon as it can be, or the session ends later and never sooner.
func TestTokenIsKeptThroughAFault(t *testing.T) {
	t.Parallel()
	h := renewingHouse(t, dbtest.One(t, store.SQLite))
	out := h.mustSignIn(t, amara(nil))
	var once bool
	h.op.Mutate(func(f *optest.Faults) {
		f.Answer = func(map[string]any) {
			if !once {
				once = true
				h.Faults.Fail("signin_grants")
				time.AfterFunc(300*time.Millisecond, h.Faults.Heal)
			}
		}
	})
	h.fall()
	h.revalidate(t)
	h.fall()
	h.revalidate(t)
	if h.op.Reused() != 0 {
		t.Fatal("the old token was used again: the new one was lost")
	}
	if d := cmp.Diff([]bool{true}, alive(t, h.sessions, out.Token)); d != "" {
		t.Fatal(d)
	}
}

// What is marked to be taken back while it is being renewed is taken back.
func TestSignOutDuringARefresh(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		out := h.mustSignIn(t, amara(nil))
		live, err := h.sessions.Find(t.Context(), out.Token)
		if err != nil {
			t.Fatal(err)
		}
		once := false
		h.op.Mutate(func(f *optest.Faults) {
			f.Claims = func(map[string]any) {
				if !once {
					once = true
					if _, err := h.flow.SignOut(t.Context(), live, desk); err != nil {
						t.Error(err)
					}
				}
			}
		})
		h.fall()
		h.revalidate(t)
		h.revalidate(t)
		if g := h.grants(t); len(g) != 0 {
			t.Fatalf("grants = %+v", g)
		}
		if h.op.Count(optest.Revoke) == 0 {
			t.Fatal("the token that was given during the sign-out was not revoked")
		}
	})
}

// A grant sealed with a key that is gone is given up, and ends nobody's session.
func TestGrantOfALostKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		out := h.mustSignIn(t, amara(nil))
		other, err := secret.NewKeyring(secret.NewKey())
		if err != nil {
			t.Fatal(err)
		}
		h.rebuild(t, func(d *signin.Deps) { d.Keyring = other })
		h.fall()
		h.revalidate(t)
		if g := h.grants(t)[0]; g.State != models.GrantDead || !strings.Contains(g.Trouble, "cannot be opened") || h.refreshes() != 0 {
			t.Fatalf("grant = %+v", g)
		}
		if d := cmp.Diff([]bool{true}, alive(t, h.sessions, out.Token)); d != "" {
			t.Fatal(d)
		}
	})
}

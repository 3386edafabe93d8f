package signin_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// heard remembers what was suggested.
type heard struct{ all []string }

func (h *heard) SuggestNewcomer(_ context.Context, _ *store.Tx, known models.User, identity directory.NewIdentity, authoritative bool) error {
	h.all = append(h.all, fmt.Sprintf("%s %s %v", known.DisplayName, identity.Subject, authoritative))
	return nil
}

// OIDC-36, all six cells: an identity nobody knows comes with the address of a
// person in use. It is linked in none of them; where the provider verified the
// address, it is suggested and said.
func TestKnownAddressLinksNothing(t *testing.T) {
	t.Parallel()
	for _, verified := range []struct {
		name  string
		claim any
		is    bool
	}{{"verified", true, true}, {"unverified", false, false}, {"verified as text", "true", false}} {
		for _, authoritative := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, authoritative %v", verified.name, authoritative), func(t *testing.T) {
				t.Parallel()
				h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) {
					p.Create = config.Create{Rule: config.CreateOff}
					if authoritative {
						p.EmailDomains = []string{"northwind.example"}
					}
				})
				ears := new(heard)
				h.rebuild(t, func(d *signin.Deps) { d.Newcomers = ears })
				known, err := h.people.Create(t.Context(), h.Actor(), directory.NewPerson{DisplayName: "A. Okafor", Email: "amara@northwind.example"})
				if err != nil {
					t.Fatal(err)
				}
				for _, status := range []models.Status{models.Active, models.Suspended, models.Leaving} {
					h.set(t, known.ID, "status", status)
					ears.all = nil
					_, err := h.signIn(t, amara(map[string]any{"email_verified": verified.claim}))
					if !verified.is {
						if r := refused(t, err, "no_record"); strings.Contains(r.Cause, "address") || len(ears.all) > 0 {
							t.Errorf("%s: who has not verified the address learns %q, heard %v", status, r.Cause, ears.all)
						}
						continue
					}
					refused(t, err, "email_in_use")
					if want := fmt.Sprintf("A. Okafor amara-1 %v", authoritative); len(ears.all) != 1 || ears.all[0] != want {
						t.Errorf("%s: heard %v, want %q", status, ears.all, want)
					}
				}
				h.set(t, known.ID, "status", models.Deactivated)
				_, err = h.signIn(t, amara(map[string]any{"email_verified": verified.claim}))
				refused(t, err, "no_record")
				if n := len(h.identities(t)); n != 0 {
					t.Errorf("%d identities were linked", n)
				}
			})
		}
	}
}

// Two people with one address: nobody is meant.
func TestAddressOfTwoPeople(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) { p.Create = config.Create{Rule: config.CreateOff} })
		ears := new(heard)
		h.rebuild(t, func(d *signin.Deps) { d.Newcomers = ears })
		record := directory.NewRecord{DisplayName: "A. Okafor", Email: "amara@northwind.example"}
		if _, err := h.people.Load(t.Context(), h.Actor(), []directory.NewRecord{record, record}); err != nil {
			t.Fatal(err)
		}
		_, err := h.signIn(t, amara(nil))
		refused(t, err, "no_record")
		if len(ears.all) > 0 {
			t.Errorf("heard %v", ears.all)
		}
	})
}

// A second account is no way back in: whoever the rule would let in waits when the
// address or the username is that of somebody who is out (NIST SP 800-53 IA-4 d),
// and who lets people in is told whose it is. The record of before stays as it is.
func TestSecondAccountIsNoWayBackIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		out := h.mustSignIn(t, amara(map[string]any{"preferred_username": "amara"}))
		for name, c := range map[string]struct {
			status models.Status
			claims map[string]any
			waits  string // "" lets in
		}{
			"deactivated":      {models.Deactivated, nil, "the e-mail address is that of Amara Okafor, who is deactivated."},
			"suspended":        {models.Suspended, map[string]any{"email": "AMARA@northwind.example"}, "the e-mail address is that of Amara Okafor, who is suspended."},
			"past the date":    {models.Leaving, nil, "the e-mail address is that of Amara Okafor, who is past the leaving date."},
			"the username":     {models.Deactivated, map[string]any{"email": "other@northwind.example", "preferred_username": "Amara"}, "the username is that of Amara Okafor, who is deactivated."},
			"in":               {models.Active, nil, ""},
			"merged elsewhere": {models.Removed, nil, ""},
			"nobody's":         {models.Deactivated, map[string]any{"email": "new@northwind.example", "preferred_username": "new"}, ""},
		} {
			h.set(t, out.UserID, "status", c.status)
			h.set(t, out.UserID, "leaving_at", models.At(db.Clock.Now()))
			claims := amara(map[string]any{"sub": name, "name": "Somebody", "preferred_username": "somebody"})
			maps.Copy(claims, c.claims)
			again, err := h.signIn(t, claims)
			made := h.users(t)[len(h.users(t))-1]
			if c.waits == "" {
				if err != nil || again.UserID != made.ID || made.Status != models.Active {
					t.Errorf("%s: %v, %+v; want to be let in", name, err, made)
				}
			} else {
				refused(t, err, "waiting")
				if made.Status != models.Invited || made.PendingSince == 0 || made.StatusReason != "Created at the first sign-in: rule: domain northwind.example. Waits: "+c.waits {
					t.Errorf("%s: %+v", name, made)
				}
				e := h.events(t, models.UserCreateJIT)
				if last := e[len(e)-1]; !strings.HasSuffix(last.Detail, c.waits) || len(h.roles(t, made.ID)) != 0 {
					t.Errorf("%s: log %+v, roles %v", name, last, h.roles(t, made.ID))
				}
			}
			h.set(t, made.ID, "email_norm", name) // the next case is about the first person alone
			h.set(t, made.ID, "username_norm", name)
		}
		if u := h.user(t, out.UserID); u.DisplayName != "Amara Okafor" || len(h.identities(t)) != 8 {
			t.Errorf("the record of before: %+v, %d identities", u, len(h.identities(t)))
		}
	})
}

// Whom the settings name as the first admin comes in whoever has the address:
// nobody else could let them in.
func TestFirstAdminWaitsForNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		out := h.mustSignIn(t, amara(nil))
		h.set(t, out.UserID, "status", models.Deactivated)
		h.rebuild(t, first(config.FirstAdmin{Provider: "keycloak", Subject: "amara-2"}))
		h.mustSignIn(t, amara(map[string]any{"sub": "amara-2"}))
	})
}

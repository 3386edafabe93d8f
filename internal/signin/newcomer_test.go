package signin_test

import (
	"context"
	"fmt"
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

package keycloak_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/kctest"
)

// TestWriteTraps holds what Keycloak's PUT would wipe, drop or silently ignore.
func TestWriteTraps(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.AddAttribute(t, "site", true)
	r.AddAttribute(t, "badge", false)
	p := kctest.Somebody("amara")
	p.Attributes = map[string][]string{"site": {"North"}}
	p.Demands = []string{"UPDATE_PASSWORD"}
	amara := r.AddPerson(t, p)
	r.AddPerson(t, kctest.Somebody("goran"))
	s := connect(t, r, kctest.LeastRoles...)
	does, err := s.Describe(t.Context())
	if err != nil || !slices.Equal(does.Writes, []string{"email", "given_name", "family_name", "username", "site"}) {
		t.Errorf("writes %v, %v", does.Writes, err)
	}
	writer := as[connector.FieldWriter](t, s)
	refuse := func(fields map[string]string, kind connector.FailureKind, sentence string) {
		t.Helper()
		before := r.Person(t, amara)
		said(t, writer.WriteFields(t.Context(), amara, fields), kind, sentence)
		if after := r.Person(t, amara); after.Email != before.Email || after.FirstName != before.FirstName || after.Username != before.Username || len(after.Attributes) != len(before.Attributes) {
			t.Errorf("refused, and changed: %+v", after)
		}
	}
	refuse(map[string]string{"shoe_size": "41"}, connector.FailInvalid, "The user profile of Keycloak has no attribute shoe_size, so that it would drop the value. Nothing was changed.")
	refuse(map[string]string{"badge": "7", "given_name": "X"}, connector.FailInvalid, "Keycloak does not let the attribute badge be edited. Nothing was changed.")
	refuse(map[string]string{"display_name": "X"}, connector.FailUnsupported, "Keycloak keeps no display name: it makes one of given and family name. Nothing was changed.")
	refuse(map[string]string{"username": "amara-2"}, connector.FailInvalid, "Keycloak does not let username be changed. Nothing was changed.")
	refuse(map[string]string{"email": "no address"}, connector.FailInvalid, "Keycloak does not accept the new value of email (error-invalid-email). Nothing was changed.")
	refuse(map[string]string{"email": "goran@example.org"}, connector.FailConflict, "Keycloak answered 409 when asked to write the fields of one person: User exists with same email. Nothing was changed.")
	refuse(map[string]string{"given_name": strings.Repeat("x", 300)}, connector.FailInvalid, "Keycloak does not accept the new value of firstName (error-invalid-length-too-long). Nothing was changed.")

	write := func(fields map[string]string) kctest.Person {
		t.Helper()
		if err := writer.WriteFields(t.Context(), amara, fields); err != nil {
			t.Fatal(err)
		}
		return r.Person(t, amara)
	}
	got := write(map[string]string{"site": "West"})
	if got.Email != p.Email || !got.EmailVerified || got.FirstName != p.FirstName || got.LastName != p.LastName || !slices.Equal(got.Attributes["site"], []string{"West"}) || !slices.Equal(got.Demands, p.Demands) || !got.Enabled {
		t.Errorf("an attribute took something else with it: %+v", got)
	}
	if got = write(map[string]string{"email": p.Email}); !got.EmailVerified {
		t.Error("the same address is not verified any more")
	}
	if got = write(map[string]string{"email": "amara.new@example.org"}); got.EmailVerified || got.Attributes["site"] == nil {
		t.Errorf("a new address is taken to be verified, or took attributes away: %+v", got)
	}
	r.Set(t, kctest.Object{"editUsernameAllowed": true})
	if got = write(map[string]string{"username": "amara-2", "site": "East"}); got.Username != "amara-2" || got.Email != "amara.new@example.org" {
		t.Errorf("with the username allowed: %+v", got)
	}
	// What the profile does not name stays, whatever may be done with it.
	r.SetUnmanaged(t, "ADMIN_EDIT")
	if got = write(map[string]string{"shoe_size": "41"}); !slices.Equal(got.Attributes["shoe_size"], []string{"41"}) || !slices.Equal(got.Attributes["site"], []string{"East"}) {
		t.Errorf("with unmanaged attributes allowed: %v", got.Attributes)
	}
	if does, err := s.Describe(t.Context()); err != nil || !does.Writable("anything") || does.Writable("display_name") {
		t.Errorf("writes %v, %v", does.Writes, err)
	}
	for _, policy := range []string{"", "ADMIN_VIEW"} {
		r.SetUnmanaged(t, policy)
		write(map[string]string{"site": "South" + policy})
		r.SetUnmanaged(t, "ADMIN_EDIT")
		if got = r.Person(t, amara); !slices.Equal(got.Attributes["shoe_size"], []string{"41"}) || !slices.Equal(got.Attributes["site"], []string{"South" + policy}) {
			t.Errorf("policy %q: %v", policy, got.Attributes)
		}
	}
}

// TestWriteNeverEnables disables somebody right between the reading and the
// writing of an attribute.
func TestWriteNeverEnables(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.AddAttribute(t, "site", true)
	amara := r.AddPerson(t, kctest.Somebody("amara"))
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	var done atomic.Bool
	settings.BaseURL = between(t, r, func(q *http.Request, body []byte) []byte {
		if q.Method == http.MethodGet && strings.HasSuffix(q.URL.Path, "/users/"+amara) && done.CompareAndSwap(false, true) {
			r.Change(t, amara, kctest.Object{"enabled": false})
		}
		return body
	})
	if err := as[connector.FieldWriter](t, open(t, settings, secrets, nil)).WriteFields(t.Context(), amara, map[string]string{"site": "West"}); err != nil {
		t.Fatal(err)
	}
	if got := r.Person(t, amara); got.Enabled || !slices.Equal(got.Attributes["site"], []string{"West"}) || !done.Load() {
		t.Errorf("got %+v", got)
	}
}

// TestGrantsOfAddresses revokes what was granted to a client whose id is an
// address, as those of other protocols' are.
func TestGrantsOfAddresses(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	odd := kctest.Client{ID: "https://sp.example.org/app?x=1&y=%2F#z", Secret: "odd secret:&"}
	r.AddClient(t, odd)
	amara := r.AddPerson(t, kctest.Somebody("amara"))
	tokens := r.SignIn(t, odd, "amara", "offline_access")
	s := connect(t, r, kctest.LeastRoles...)
	found, err := as[connector.SessionLister](t, s).ListSessions(t.Context(), amara)
	if err != nil || len(found) != 1 || !found[0].Offline || !slices.Equal(found[0].Apps, []string{odd.ID}) {
		t.Fatalf("%+v, %v", found, err)
	}
	if _, err := r.Refresh(t, odd, tokens.Refresh); err != nil {
		t.Fatalf("dead before: %v", err)
	}
	if err := as[connector.GrantRevoker](t, s).RevokeGrants(t.Context(), amara); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Refresh(t, odd, tokens.Refresh); err == nil {
		t.Error("the offline token works")
	}
	if left := r.OfflineSessions(t, amara, odd.ID); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestForeignSession refuses to take somebody else's session for this person's.
func TestForeignSession(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.AddClient(t, app)
	amara, goran := r.AddPerson(t, kctest.Somebody("amara")), r.AddPerson(t, kctest.Somebody("goran"))
	r.SignIn(t, app, "goran")
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	settings.BaseURL = between(t, r, func(q *http.Request, body []byte) []byte {
		if strings.HasSuffix(q.URL.Path, amara+"/sessions") {
			return []byte(`[{"id":"` + r.Sessions(t, goran)[0].ID + `","userId":"` + goran + `"}]`)
		}
		return body
	})
	s := open(t, settings, secrets, nil)
	err := as[connector.SessionEnder](t, s).EndSessions(t.Context(), amara, "")
	said(t, err, connector.FailAnswer, "Keycloak sent a session that is not one of this person. Nothing of it was used.")
	if len(r.Sessions(t, goran)) != 1 {
		t.Error("somebody else was signed out")
	}
}

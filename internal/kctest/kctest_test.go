package kctest_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/kctest"
)

// TestWorld holds that the harness gives what tests lean on: a person who is
// signed in, and what Keycloak itself does and does not do when they are cut off.
func TestWorld(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	ear := kctest.Listen(t)
	app := kctest.Client{ID: "app", Secret: "app-secret", BackChannel: ear.URL, Lifetime: 2 * time.Minute}
	r.AddClient(t, app)
	amara := r.AddPerson(t, kctest.Somebody("amara"))
	online := r.SignIn(t, app, "amara")
	offline := r.SignIn(t, app, "amara", "offline_access")
	if n, m := len(r.Sessions(t, amara)), len(r.OfflineSessions(t, amara, "app")); n != 1 || m != 1 {
		t.Fatalf("%d sessions, %d offline", n, m)
	}
	if claims := kctest.Claims(t, online.Access); claims["iss"] != r.Issuer || claims["sub"] != amara {
		t.Errorf("claims %v", claims)
	}
	// Disabled is not out: that is why there is something to prove.
	r.Change(t, amara, kctest.Object{"enabled": false})
	if n := len(r.Sessions(t, amara)); n != 1 || len(ear.Heard()) != 0 {
		t.Errorf("disabling ended %d sessions and told %d applications", 1-n, len(ear.Heard()))
	}
	if _, err := r.Refresh(t, app, online.Refresh); err == nil {
		t.Error("a disabled person's refresh token works")
	}
	r.Change(t, amara, kctest.Object{"enabled": true})
	if _, err := r.Refresh(t, app, offline.Refresh); err != nil || !r.Userinfo(t, online.Access) {
		t.Errorf("enabled again, and the old tokens stay dead: %v", err)
	}
	r.Call(t, "POST", "/users/"+amara+"/logout", nil, nil)
	if n := len(r.Sessions(t, amara)); n != 0 || len(ear.Heard()) == 0 {
		t.Errorf("%d sessions after signing out, %d applications told", n, len(ear.Heard()))
	}
	if p := r.Person(t, amara); p.FirstName != "Given amara" || p.Email != "amara@example.org" {
		t.Errorf("the person is %+v", p)
	}
}

// TestCrowd holds that many people are made fast enough for tests.
func TestCrowd(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	ids := r.AddPeople(t, kctest.Crowd("crowd", 600))
	var n int
	r.Call(t, "GET", "/users/count", nil, &n)
	if n != 600 || len(ids) != 600 || ids["crowd000600"] == "" {
		t.Errorf("%d people, %d ids", n, len(ids))
	}
}

package me_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/me"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

func TestPages(t *testing.T) {
	t.Parallel()
	here := me.Session{Device: "Firefox on Windows", IP: "10.0.4.7", Provider: "Keycloak", Started: now.Add(-time.Hour), Seen: now, Ends: now.Add(time.Hour), Current: true}
	there := here
	there.Current, there.Device, there.EndAction = false, "An unknown browser", "/me/sessions/s2/end"
	full := me.Model{
		Now: now, Sessions: "in 2 browsers", SessionsHref: "/me/sessions", Access: templ.NopComponent, Activity: templ.NopComponent,
		Fields:     []me.Field{{Label: "Name", Value: "Elif <Kaya>", Owner: "Managed in Keycloak"}, {Label: "E-mail", Value: "elif@northwind.example", Mono: true}, {Label: "Phone"}},
		Identities: []me.Identity{{Provider: "Keycloak", Subject: "8f2a", Email: "elif@northwind.example", LastSignIn: now}, {Provider: "Okta", Subject: "00u1"}},
	}
	cases := map[string]templ.Component{
		"me":           me.Page(full),
		"me-bare":      me.Page(me.Model{Now: now, Access: templ.NopComponent, Sessions: "in 1 browser", SessionsHref: "/me/sessions"}),
		"sessions":     me.Sessions(me.SessionsModel{Now: now, Sessions: []me.Session{here, there}, Others: 1}),
		"sessions-one": me.Sessions(me.SessionsModel{Now: now, Sessions: []me.Session{here}}),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

package me_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func TestOwnRecord(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	elif := s.SignIn(s.Add("Elif Kaya", models.RoleEmployee))
	body := elif.Get("/me").Body
	for _, want := range []string{"elif.kaya@northwind.example", "+44 20 7946 0000", "HR-elif.kaya", "See own access and end own sessions", "“for the test”", "sub-elif.kaya", "in 1 browser", "Recent activity", "signed in"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, link := range []string{`href="/roles`, `href="/users`, `href="/audit`, "Give a role"} {
		if strings.Contains(body, link) {
			t.Errorf("an employee is offered %s", link)
		}
	}
}

var endAction = regexp.MustCompile(`action="(/me/sessions/[^"]+/end)"`)

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	person := s.Add("Elif Kaya", models.RoleEmployee)
	here := s.SignIn(person)
	if body := here.Get("/me/sessions").Body; endAction.MatchString(body) || strings.Contains(body, "End all others") {
		t.Error("the present session can be ended here, or others that are not")
	}
	there, third := s.SignIn(person), s.SignIn(person)
	found := endAction.FindAllStringSubmatch(here.Get("/me/sessions").Body, -1)
	if len(found) != 2 {
		t.Fatalf("%d sessions can be ended, want 2", len(found))
	}
	stranger := s.SignIn(s.Add("Goran Novak", models.RoleEmployee))
	if got := stranger.Post(found[0][1], nil); got.Code != 404 {
		t.Errorf("somebody else's session: %d, want 404", got.Code)
	}
	if got := here.Get(found[0][1]); got.Code < 400 {
		t.Errorf("a GET ends a session: %d", got.Code)
	}
	if got := here.Post(found[0][1], nil); got.Header.Get("Location") != "/me/sessions?ok=ended" {
		t.Errorf("end: %d to %q", got.Code, got.Header.Get("Location"))
	}
	alive := 0
	for _, b := range []*apptest.Browser{there, third} {
		if b.Get("/me").Code == 200 {
			alive++
		}
	}
	if alive != 1 {
		t.Errorf("%d of the other two are alive, want 1", alive)
	}
	if got := here.Post("/me/sessions/end-others", nil); got.Header.Get("Location") != "/me/sessions?ok=others" {
		t.Errorf("end others: %d to %q", got.Code, got.Header.Get("Location"))
	}
	for _, b := range []*apptest.Browser{there, third} {
		if b.Get("/me").Code == 200 {
			t.Error("a session outlived its end")
		}
	}
	if here.Get("/me").Code != 200 || stranger.Get("/me").Code != 200 {
		t.Error("the present session, or somebody else's, ended too")
	}
	if got := here.Post("/me/sessions/end-others", nil); got.Header.Get("Location") != "/me/sessions?ok=none" {
		t.Errorf("end others again: %q", got.Header.Get("Location"))
	}
}

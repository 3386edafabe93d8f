package team_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// report makes somebody who has a manager, and perhaps a leaving date.
func report(t *testing.T, s *apptest.Site, name string, manager apptest.Person, leaving models.Instant) apptest.Person {
	t.Helper()
	status := models.Active
	if leaving != 0 {
		status = models.Leaving
	}
	made, err := s.People.Load(t.Context(), s.DB.Actor(), []directory.NewRecord{{
		DisplayName: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@northwind.example", Status: status, LeavingAt: leaving,
		Manager: manager.PublicID, CreatedAt: s.DB.Store.Now(), StatusSince: s.DB.Store.Now(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return apptest.Person{ID: made[0].ID, PublicID: made[0].PublicID, Name: name}
}

func TestTeam(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	goran, other := s.Add("Goran Novak", models.RoleManager), s.Add("Ilse Weber", models.RoleManager)
	manager := s.SignIn(goran)
	if got := manager.Get("/team"); got.Code != 200 || !strings.Contains(got.Body, "Nobody reports to you") {
		t.Fatalf("%d\n%s", got.Code, got.Body)
	}
	soon := models.At(dbtest.Start.Add(6 * 24 * time.Hour))
	amy, zoe := report(t, s, "Amy Adams", goran, 0), report(t, s, "Zoe Zimmer", goran, soon)
	stranger := report(t, s, "Sven Holm", other, 0)
	page := manager.Get("/team").Body
	leavers, everybody := strings.Index(page, `id="leaving-rows"`), strings.Index(page, `id="team-rows"`)
	first := strings.Index(page, "Zoe Zimmer")
	if leavers < 0 || first < leavers || first > everybody || !strings.Contains(page, "Sat 28 Nov 2026") {
		t.Errorf("who leaves does not stand first: %d %d %d", leavers, first, everybody)
	}
	if strings.Contains(page, "Sven Holm") || !strings.Contains(page[everybody:], "Amy Adams") {
		t.Error("the list does not hold exactly the own reports")
	}
	for _, p := range []apptest.Person{amy, zoe} {
		got := manager.Get("/team/" + p.PublicID)
		if got.Code != 200 || !strings.Contains(got.Body, p.Name+" holds no role.") || strings.Contains(got.Body, "/roles/new") {
			t.Errorf("%s: %d\n%s", p.Name, got.Code, got.Body)
		}
	}
	nobody := manager.Get("/team/0198c0de-0000-7000-8000-000000000000")
	for _, path := range []string{"/team/" + stranger.PublicID, "/team/" + other.PublicID, "/team/" + goran.PublicID} {
		if got := manager.Get(path); got.Code != 404 || strings.Contains(got.Body, stranger.Name) {
			t.Errorf("%s is found: %d", path, got.Code)
		}
	}
	if nobody.Code != 404 || !strings.Contains(nobody.Body, "Nobody with this ID reports to you.") {
		t.Errorf("somebody who does not exist: %d", nobody.Code)
	}
	if got := manager.Get("/team?" + url.Values{"after": {"%%%"}}.Encode()); got.Code != 422 {
		t.Errorf("a bad cursor: %d", got.Code)
	}
}

package search_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/models"
)

func find(text string) string { return "/search?" + url.Values{"q": {text}}.Encode() }

// Whoever pastes what names one thing exactly is led there; a name gives a list.
func TestSearch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := apptest.Start(t, db)
		amara, elif := s.Add("Amara Okafor", models.RoleAdmin), s.Add("Elif Kaya")
		s.Add("Elif Kayaalp")
		admin := s.SignIn(amara)
		for text, want := range map[string]string{
			elif.PublicID: "/users/" + elif.PublicID, " " + elif.PublicID + " ": "/users/" + elif.PublicID,
			models.RoleHelpdesk: "/roles/" + models.RoleHelpdesk, "#1": "/audit/1",
		} {
			if got := admin.Get(find(text)); got.Code != http.StatusSeeOther || got.Header.Get("Location") != want {
				t.Errorf("%q leads to %d %s, want %s", text, got.Code, got.Header.Get("Location"), want)
			}
		}
		page := admin.Get(find("elif kaya")).Body
		for _, want := range []string{"Elif Kaya<", "Elif Kayaalp<", `id="found-people"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the list lacks %s", want)
			}
		}
		if page := admin.Get(find("helpdesk")).Body; !strings.Contains(page, `id="found-roles"`) {
			t.Error("no role is found by a word")
		}
		for _, text := range []string{"nobody at all", "#999999999", "#-1", "\x00", strings.Repeat("x", 5000), "%_\\"} {
			if got := admin.Get(find(text)); got.Code != 200 || !strings.Contains(got.Body, "Nothing with") {
				t.Errorf("%.20q: %d", text, got.Code)
			}
		}
		if got := admin.Get("/search"); got.Code != 200 || !strings.Contains(got.Body, "Type a name") {
			t.Errorf("an empty search: %d", got.Code)
		}
	})
}

// Nobody finds by this door what another door keeps from them.
func TestSearchKeepsToPermissions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := apptest.Start(t, db)
		elif := s.Add("Elif Kaya")
		employee := s.SignIn(s.Add("Ben", models.RoleEmployee))
		if got := employee.Get(find(elif.PublicID)); got.Code != http.StatusForbidden {
			t.Errorf("an employee searches: %d", got.Code)
		}
		if home := employee.Get("/me").Body; strings.Contains(home, `action="/search"`) {
			t.Error("an employee sees the search field")
		}
		auditor := s.SignIn(s.Add("Ann", models.RoleAuditor))
		if got := auditor.Get(find("#1")); got.Code != http.StatusSeeOther {
			t.Errorf("an auditor opens an event by number: %d", got.Code)
		}
	})
}

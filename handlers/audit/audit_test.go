package audit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

type house struct {
	*apptest.Site
	amara, elif, manager apptest.Person
	admin, auditor       *apptest.Browser
}

func newHouse(t *testing.T) *house {
	t.Helper()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	h := &house{Site: s, amara: s.Add("Amara Okafor", models.RoleAdmin), elif: s.Add("Elif Kaya", models.RoleEmployee), manager: s.Add("Goran Novak", models.RoleManager)}
	h.admin, h.auditor = s.SignIn(h.amara), s.SignIn(s.Add("Ilse Weber", models.RoleAuditor))
	h.write(t, h.amara, store.Event{
		Action: models.RoleAssign, Target: store.Ref{Kind: models.KindUser, ID: h.elif.ID, Name: h.elif.Name},
		Object: store.Ref{Kind: models.KindRole, ID: 1, Name: "Admin"}, Reason: "covers for Ilse", After: map[string]any{"until": "no end", "phone": "+44 20 7946 0000"},
	})
	return h
}

// write puts an event of a person into the log.
func (h *house) write(t *testing.T, by apptest.Person, e store.Event) {
	t.Helper()
	actor := models.Actor{Tenant: h.DB.Tenant, Kind: models.ActorUser, UserID: by.ID, Name: by.Name, Via: models.ViaWeb, IP: "203.0.113.9", RequestID: "7F3K-2Q9D-AAAA"}
	h.DB.Clock.Advance(time.Second)
	err := h.DB.Store.Change(t.Context(), actor, func(ctx context.Context, tx *store.Tx) error { return tx.Record(ctx, e) })
	if err != nil {
		t.Fatal(err)
	}
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<nav class="side".*?</nav>|<form class="filters".*?</form>|<[^>]*>`)

// text is what a page says, without sidebar and filters.
func text(body string) string {
	body = tags.ReplaceAllString(body, " ")
	return strings.Join(strings.Fields(strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(body)), " ")
}

func want(t *testing.T, a apptest.Answer, code int, sentences ...string) {
	t.Helper()
	if a.Code != code {
		t.Errorf("got %d, want %d:\n%s", a.Code, code, text(a.Body))
	}
	for _, s := range sentences {
		if !strings.Contains(text(a.Body), s) {
			t.Errorf("the page does not say %q:\n%s", s, text(a.Body))
		}
	}
}

const given = "Elif Kaya “covers for Ilse”"

func TestFilters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		address string
		shown   bool
	}{
		"by who":             {"who=" + h.amara.PublicID, true},
		"by somebody else":   {"who=" + h.elif.PublicID, false},
		"by e-mail":          {"whom=elif.kaya@northwind.example", true},
		"by name":            {"whom=elif", true},
		"by group":           {"what=roles", true},
		"by another group":   {"what=signin", false},
		"by action":          {"what=role.assign", true},
		"by result":          {"result=refused", false},
		"by text":            {"q=covers", true},
		"by request":         {"request=7F3K-2Q9D-AAAA", true},
		"by another request": {"request=7F3K", false},
		"by time":            {"from=2026-11-22T10:42&to=2026-11-22T10:43", true},
		"before it":          {"to=2026-11-22T10:41", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := h.auditor.Get("/audit?" + c.address)
			want(t, a, 200, "times in UTC")
			if strings.Contains(text(a.Body), given) != c.shown {
				t.Errorf("shown: %v, want %v:\n%s", !c.shown, c.shown, text(a.Body))
			}
		})
	}
}

func TestFiltersThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.auditor.Get("/audit?who=nobody+at+all"), 422, "The events were not searched", "Nobody is called “nobody at all”.")
	want(t, h.auditor.Get("/audit?q=covers&range=all"), 422, "Text is searched in at most 90 days at once.")
	want(t, h.auditor.Get("/audit?from=2026-11-22T10:42&to=2026-11-01T10:42"), 422, "The end of the time range is not after its start.")
	want(t, h.auditor.Get("/audit?role=none"), 422, "There is no role with the key none.")
	h.Add("Elif Sahin")
	a := h.auditor.Get("/audit?whom=elif")
	want(t, a, 200, "Several people match “elif”. Choose one.", "Elif Kaya", "Elif Sahin")
	if strings.Contains(text(a.Body), given) {
		t.Error("events are shown before it is clear whose")
	}
}

func TestEmptyRangeLeadsToTheNewest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.DB.Clock.Advance(3 * time.Hour)
	auditor := h.SignIn(h.Add("Jonas Weber", models.RoleAuditor))
	a := auditor.Get("/audit?what=role.assign&from=2026-11-22T13:00")
	want(t, a, 200, "No events in this time range: since 2026-11-22 13:00", "The newest one that matches is from 3 hours ago.")
	if !strings.Contains(a.Body, "range=24h") {
		t.Error("there is no way to the newest event")
	}
	want(t, auditor.Get("/audit?what=role.edit&range=7d"), 200, "No events match", "Nothing like this is in the log, at any time.")
}

func TestEvent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := regexp.MustCompile(`/audit/(\d+)"[^>]*data-row-link`).FindStringSubmatch(h.auditor.Get("/audit?what=role.assign").Body)
	if link == nil {
		t.Fatal("the list links to no event")
	}
	page := h.auditor.Get("/audit/" + link[1])
	want(t, page, 200, "Event #", given, "Until None no end", "Phone Masked Masked", "7F3K-2Q9D-AAAA", "203.0.113.9", "All by Amara Okafor", "All about Elif Kaya")
	if strings.Contains(page.Body, "20 7946") {
		t.Error("a masked value is shown")
	}
	fragment := h.auditor
	fragment.Header = http.Header{"Hx-Request": {"true"}}
	want(t, fragment.Get("/audit/"+link[1]), 200, "Open as page", "Until None no end")
	if got := fragment.Get("/audit/" + link[1] + "?closed=yes").Body; !strings.HasPrefix(got, `<tr id="e-`+link[1]+`" hidden`) {
		t.Errorf("closing gives %q", got)
	}
	fragment.Header = nil
	want(t, h.auditor.Get("/audit/999999"), 404)
	want(t, h.auditor.Get("/audit/0x10"), 404)
}

// Who may read only what they did themselves gets nothing else, by no filter and no number.
func TestOwnActsOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	manager := h.SignIn(h.manager)
	a := manager.Get("/audit?who=" + h.amara.PublicID)
	want(t, a, 200, "Audit log of your own acts", "only what you did yourself", "Goran Novak signed in")
	if strings.Contains(text(a.Body), "Amara") || strings.Contains(a.Body, `name="who"`) {
		t.Error("somebody else's acts are shown, or can be asked for")
	}
	other := regexp.MustCompile(`/audit/(\d+)"`).FindStringSubmatch(h.auditor.Get("/audit?what=role.assign").Body)[1]
	want(t, manager.Get("/audit/"+other), 404)
	want(t, manager.Get("/audit/export"), 403)
	want(t, manager.Get("/users/"+h.elif.PublicID+"/activity"), 403)
}

func TestExport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.auditor.Get("/audit/export?what=roles"), 200, "What is Roles", "Export 1 event", "times in UTC")
	refused := h.auditor.Post("/audit/export", url.Values{"format": {"csv"}, "reason": {"short"}, "what": {"roles"}})
	want(t, refused, 422, "Nothing was exported", "Write a reason of at least 10 characters.")
	if refused.Header.Get("Content-Disposition") != "" || !strings.Contains(refused.Body, `name="what" value="roles"`) {
		t.Error("the refusal is a file, or lost the filter")
	}
	want(t, h.auditor.Post("/audit/export", url.Values{"format": {"pdf"}, "reason": {"quarterly check"}}), 422, "Format is not one of the choices.")
	file := h.auditor.Post("/audit/export", url.Values{"format": {"csv"}, "reason": {"quarterly check"}, "what": {"role.assign"}})
	if file.Code != 200 || !strings.HasPrefix(file.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %s", file.Code, file.Header.Get("Content-Type"))
	}
	if got := file.Header.Get("Content-Disposition"); !regexp.MustCompile(`^attachment; filename=[a-z0-9-]+\.csv$`).MatchString(got) {
		t.Errorf("Content-Disposition: %q", got)
	}
	lines := strings.Split(strings.TrimSpace(file.Body), "\r\n")
	if last := lines[len(lines)-1]; len(lines) != 3 || !strings.HasPrefix(last, "# complete,rows=1,") || strings.Contains(file.Body, "20 7946") {
		t.Errorf("the file:\n%s", file.Body)
	}
	jsonl := h.auditor.Post("/audit/export", url.Values{"format": {"jsonl"}, "reason": {"quarterly check"}, "what": {"role.assign"}})
	first, _, _ := strings.Cut(jsonl.Body, "\n")
	if !json.Valid([]byte(first)) || !strings.Contains(first, "covers for Ilse") {
		t.Errorf("the first line: %s", first)
	}
	want(t, h.auditor.Get("/audit?what=audit.export"), 200, "Ilse Weber exported", "“quarterly check”")
}

func TestActivityOfAPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 12 {
		h.write(t, h.amara, store.Event{
			Action: models.UserEdit, Target: store.Ref{Kind: models.KindUser, ID: h.elif.ID, Name: h.elif.Name}, Before: map[string]any{"title": ""}, After: map[string]any{"title": fmt.Sprint(i)},
		})
	}
	want(t, h.admin.Get("/users/"+h.elif.PublicID), 200, "Show all activity")
	want(t, h.admin.Get("/users/"+h.elif.PublicID+"/activity"), 200, "Activity of Elif Kaya", given)
	roles := h.admin.Get("/users/" + h.elif.PublicID + "/activity?kind=roles&rows=25")
	want(t, roles, 200, given)
	if strings.Contains(text(roles.Body), "edited") {
		t.Error("the kind does not filter")
	}
	want(t, h.admin.Get("/users/0198c0de-0000-7000-8000-000000000000/activity"), 404)
}

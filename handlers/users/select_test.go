package users_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
)

// tick posts as htmx does.
func (h *house) tick(t testing.TB, path string, form url.Values) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("HX-Request", "true")
	return h.do(t, r)
}

var selID = regexp.MustCompile(`name="sel" value="([0-9a-f-]{36})"`)

// selOf gives the selection that an answer's bar has.
func selOf(t testing.TB, body string) string {
	t.Helper()
	found := selID.FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("no selection in the answer:\n%s", body)
	}
	return found[1]
}

func TestSelect(t *testing.T) {
	t.Parallel()
	h, who := office(t)
	amara, dmitri, hana := who["Amara Okafor"].PublicID, who["Dmitri Lindqvist"].PublicID, who["Hana Weber"].PublicID
	shown := strings.Join([]string{amara, dmitri, hana}, " ")

	page := h.get(t, "/users")
	page.expect(t, http.StatusOK, "Nobody selected", "Select all that match", "Select this page, 7 users", "Select Amara Okafor", "Continue with selected", "Paste or upload a list")

	first := h.tick(t, "/selections", url.Values{"shown": {shown}, "person": {amara, dmitri}})
	first.expect(t, http.StatusOK, "2 selected", "Deactivate 1 of 2…", "Left out: Dmitri Lindqvist (already deactivated).", "Select all 7 that match", `id="views"`, `action="/ops"`, `name="once"`)
	sel := selOf(t, first.body)
	if got := first.header.Get("HX-Replace-Url"); got != "/users?sel="+sel {
		t.Errorf("the address becomes %q", got)
	}
	if strings.Contains(first.body, "<table") {
		t.Error("a tick draws the rows again")
	}
	again := h.tick(t, "/selections", url.Values{"sel": {sel}, "list": {"q=hana&strange=1"}, "shown": {hana}, "person": {hana}})
	again.expect(t, http.StatusOK, "3 selected", "2 of 3 selected are not in this list.")
	if selOf(t, again.body) != sel || again.header.Get("HX-Replace-Url") != "" || strings.Contains(again.body, `id="views"`) {
		t.Error("the second tick made another selection")
	}
	h.get(t, "/users?q=hana&sel="+sel).expect(t, http.StatusOK, "3 selected", `value="`+hana+`" checked`, "2 of 3 selected are not in this list.")
	h.get(t, "/users?q=hana&sel=none&current="+sel).expect(t, http.StatusOK, "3 selected")
	h.get(t, "/users?q=nobodyatall&sel="+sel).expect(t, http.StatusOK, "Nobody matches", "3 selected", "Drop them")

	dropped := h.tick(t, "/selections/drop", url.Values{"sel": {sel}, "list": {"q=hana"}})
	dropped.expect(t, http.StatusOK, "1 selected", "Hana Weber", "<table")
	if got := dropped.header.Get("HX-Replace-Url"); got != "/users?q=hana&sel="+sel {
		t.Errorf("the address becomes %q", got)
	}
	cleared := h.tick(t, "/selections", url.Values{"sel": {sel}, "shown": {hana}})
	cleared.expect(t, http.StatusOK, "Nobody selected")
	if strings.Contains(cleared.body, `action="/ops"`) {
		t.Error("an empty selection can be acted upon")
	}
}

func TestSelectAll(t *testing.T) {
	t.Parallel()
	h, who := office(t)
	all := h.tick(t, "/selections/all", url.Values{"list": {"status=invited"}, "shown": {who["Amara Okafor"].PublicID}})
	all.expect(t, http.StatusOK, "All 2 that match", "Status is Invited, as of", "Select only the", "checked", "<table")
	sel := selOf(t, all.body)
	h.get(t, "/users?sel="+sel+"&status=invited").expect(t, http.StatusOK, "All 2 that match")
	one := h.tick(t, "/selections", url.Values{"sel": {sel}, "shown": {who["Amara Okafor"].PublicID}, "person": {who["Amara Okafor"].PublicID}})
	one.expect(t, http.StatusOK, "1 selected")
	if selOf(t, one.body) == sel {
		t.Error("a tick changed a filter into people without a selection of its own")
	}
	only := h.tick(t, "/selections/page", url.Values{"sel": {sel}, "shown": {who["Amara Okafor"].PublicID + " " + who["Hana Weber"].PublicID}})
	only.expect(t, http.StatusOK, "2 selected")
	h.tick(t, "/selections/all", url.Values{"list": {"q=nobodyatall"}}).expect(t, http.StatusUnprocessableEntity, "Nobody is selected")
}

// Without a script the ticks are sent by a button.
func TestSelectWithoutScript(t *testing.T) {
	t.Parallel()
	h, who := office(t)
	got := h.post(t, "/selections", url.Values{"person": {who["Hana Weber"].PublicID}, "shown": {who["Hana Weber"].PublicID}})
	if to := got.header.Get("Location"); got.code != http.StatusSeeOther || !strings.HasPrefix(to, "/selections/") {
		t.Errorf("%d to %q, want 303 to the selection", got.code, to)
	}
	got = h.post(t, "/selections/all", url.Values{"list": {"status=active&view=dormant&q=x"}})
	got.expect(t, http.StatusUnprocessableEntity, "Nobody is selected")
	got = h.post(t, "/selections/all", url.Values{"list": {"status=active"}})
	if to := got.header.Get("Location"); !strings.HasPrefix(to, "/users?sel=") || !strings.HasSuffix(to, "&status=active") {
		t.Errorf("to %q, want the list again", to)
	}
}

func TestSelectRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		hana := h.add(t, directory.NewRecord{DisplayName: "Hana Weber"}).PublicID
		form := url.Values{"shown": {hana}, "person": {hana}}
		sel := selOf(t, h.tick(t, "/selections", form).body)
		form.Set("sel", sel)

		goran := h.caller
		h.as(t, "Ilse Dubois", admin)
		h.tick(t, "/selections", form).expect(t, http.StatusConflict, "no such selection among yours", "Nobody selected")
		h.post(t, "/selections", form).expect(t, http.StatusNotFound, "no such selection")
		h.get(t, "/users?sel="+sel).expect(t, http.StatusOK, "no such selection among yours")
		h.as(t, "Jonas Ilyin", helpdesk)
		if got := h.get(t, "/users?sel="+sel); strings.Contains(got.body, `id="bulk"`) || strings.Contains(got.body, "data-select-row") {
			t.Error("who may deactivate nobody can select people")
		}
		h.caller = goran
		h.DB.Clock.Advance(directory.SelectionLife)
		h.tick(t, "/selections", form).expect(t, http.StatusConflict, "older than 24 hours")
		h.get(t, "/users?sel="+sel).expect(t, http.StatusOK, "older than 24 hours", "Nobody selected")
	})
}

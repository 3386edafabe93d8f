package selections_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/handlers/selections"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

// house is the pages over a real engine; who is calling is what the test says.
type house struct {
	*dbtest.DB
	people  *directory.Engine
	handler http.Handler
	caller  web.Caller
	who     map[string]directory.Loaded
}

func newHouse(t testing.TB, db *dbtest.DB) *house {
	t.Helper()
	gin.SetMode(gin.TestMode)
	h := &house{DB: db, people: directory.New(db.Store), who: map[string]directory.Loaded{}}
	kit := web.New(web.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Doorkeeper: h, Now: db.Clock.Now,
		Tenant: layout.Tenant{Name: "Northwind Group", Environment: "test"}, Secure: true,
	})
	engine := gin.New()
	kit.Mount(engine, selections.New(selections.Deps{People: h.people}).Routes())
	h.handler = web.RequestIDs(engine)
	for _, r := range []directory.NewRecord{
		{DisplayName: "Goran Novak"},
		{DisplayName: "Elif Kaya", Email: "elif@northwind.example", Username: "ekaya", Department: "Finance"},
		{DisplayName: "Jonas Weber", Email: "jonas@northwind.example", Status: models.Deactivated},
		{DisplayName: "Sam Post", Email: "sam@northwind.example", Username: "sam1", Department: "Legal"},
		{DisplayName: "Sam Post", Email: "sam@northwind.example", Username: "sam2"},
	} {
		loaded, err := h.people.Load(context.Background(), h.Actor(), []directory.NewRecord{r})
		if err != nil {
			t.Fatal(err)
		}
		h.who[r.DisplayName+r.Username] = loaded[0]
	}
	h.as("Goran Novak", models.AllPermissions)
	return h
}

func (h *house) as(name string, can models.Permission) {
	id := h.who[name]
	h.caller = web.Caller{UserID: id.ID, PublicID: id.PublicID, SessionID: "s", Actor: models.Actor{
		Tenant: h.Tenant, Kind: models.ActorUser, UserID: id.ID, Name: name, Can: can,
	}}
}

func (h *house) Caller(*http.Request, bool) (web.Caller, error)                { return h.caller, nil }
func (h *house) Refused(context.Context, web.Caller, string, string, []string) {}
func (h *house) Waiting(context.Context, web.Caller) map[string]int            { return nil }
func (h *house) Notices(context.Context, web.Caller) []web.Notice              { return nil }
func (h *house) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func (h *house) get(path string) *httptest.ResponseRecorder {
	return h.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (h *house) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.send(r)
}

// upload sends what the form sends: a field and a file, which may be missing.
func (h *house) upload(t testing.TB, text, name, file string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("list", text); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/ops/new", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return h.send(r)
}

func expect(t testing.TB, got *httptest.ResponseRecorder, code int, words ...string) {
	t.Helper()
	if got.Code != code {
		t.Fatalf("status %d, want %d:\n%s", got.Code, code, got.Body)
	}
	for _, word := range words {
		if !strings.Contains(got.Body.String(), word) {
			t.Errorf("the page does not say %q:\n%s", word, got.Body)
		}
	}
}

// report pastes a list and gives the address of its report.
func (h *house) report(t testing.TB, text string) string {
	t.Helper()
	got := h.upload(t, text, "", "")
	to := got.Header().Get("Location")
	if got.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/selections/") {
		t.Fatalf("%d to %q, want 303 to the report:\n%s", got.Code, to, got.Body)
	}
	return to
}

const leavers = "elif@northwind.example\njonas@northwind.example\nsam@northwind.example\nnobody@northwind.example\nekaya\n"

func TestReport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		expect(t, h.get("/ops/new"), 200, "Paste or upload a list", "multipart/form-data", "Select in the list")
		path := h.report(t, leavers)
		expect(t, h.get(path), 200, "2 people selected.", "2 found, 1 not found, 1 ambiguous, 1 listed twice. Of those found, 1 still has access and 1 is already out.",
			"Continue: preview 1", "Left out: 1 already out.", `action="/ops"`, `name="selection"`, `name="once"`, "Elif Kaya", "Download the 2 lines")
		expect(t, h.get(path+"?lines=out"), 200, "Jonas Weber", "Deactivated")
		expect(t, h.get(path+"?lines=not-found"), 200, "nobody@northwind.example")
		expect(t, h.get(path+"?lines=twice"), 200, "ekaya", "Elif Kaya")
		expect(t, h.get(path+"?lines=all"), 200, "Listed twice", "Already out", "Still has access")
		expect(t, h.get(path+"?lines=ambiguous"), 200, "Line 3: sam@northwind.example", "Active, sam1, sam@northwind.example, Legal", "Nobody of them")
		expect(t, h.get(path+"?lines=all&after=4"), 200, "ekaya", "First page")
		expect(t, h.get(path+"/rest"), 200, "4,nobody@northwind.example,Not found\r\n3,sam@northwind.example,Ambiguous\r\n# complete,rows=2")
	})
}

func TestChoose(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		path := h.report(t, leavers)
		expect(t, h.post(path, url.Values{"line-3": {""}, "other": {"x"}}), 422, "No person was chosen", "Line 3")
		expect(t, h.post(path, url.Values{"line-3": {h.who["Elif Kayaekaya"].PublicID}}), 409, "no longer answers")
		got := h.post(path, url.Values{"line-3": {h.who["Sam Postsam2"].PublicID}})
		expect(t, got, 303)
		expect(t, h.get(got.Header().Get("Location")), 200, "3 people selected.", "0 ambiguous", "No line is ambiguous.", "Continue: preview 2")
	})
}

func TestUpload(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, "sqlite"))
	got := h.upload(t, "this is not read", "leavers.csv", "Name;E-Mail\r\nKaya;elif@northwind.example\r\n")
	expect(t, got, 303)
	expect(t, h.get(got.Header().Get("Location")), 200, "leavers.csv, column E-Mail", "1 found", "Continue: preview 1")
	expect(t, h.upload(t, " \n", "", ""), 422, "Nothing was read", "no line with a person")
	expect(t, h.upload(t, "", "big.csv", strings.Repeat("x", directory.MaxListBytes+1)), 422, "larger than 10 MB")
	expect(t, h.upload(t, strings.Repeat("a@x\n", directory.MaxListLines+1), "", ""), 422, "more than 100,000 lines")
	expect(t, h.upload(t, "", "huge.csv", strings.Repeat("x", 4*directory.MaxListBytes)), 422, "too large")
	expect(t, h.post("/ops/new", url.Values{"list": {"jonas@northwind.example"}}), 303) // as a program would
	expect(t, h.get(h.report(t, "jonas@northwind.example")), 200, "Nobody of them can be deactivated.")
}

func TestPicked(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, "sqlite"))
	sel, err := h.people.Pick(t.Context(), h.caller.Actor, []string{h.who["Elif Kayaekaya"].PublicID, h.who["Goran Novak"].PublicID})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, h.get("/selections/"+sel.PublicID), 200, "2 people selected.", "Elif Kaya", "Finance", "Continue: preview 1", "Left out: 1 is you.", "/users?sel="+sel.PublicID)
	all, err := h.people.Match(t.Context(), h.caller.Actor, directory.Query{}, "everybody")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, h.get("/selections/"+all.PublicID), 200, "5 people selected.", "The preview names them all", "Continue: preview 3")
	none, err := h.people.Pick(t.Context(), h.caller.Actor, nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, h.get("/selections/"+none.PublicID), 200, "Nobody is selected.", "There is nobody to act upon.")
}

func TestOthersSelections(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, "sqlite"))
	path := h.report(t, leavers)
	h.as("Sam Postsam1", models.AllPermissions)
	for _, got := range []*httptest.ResponseRecorder{h.get(path), h.get(path + "/rest"), h.post(path, url.Values{"line-3": {h.who["Sam Postsam1"].PublicID}})} {
		expect(t, got, 404, "no such selection")
	}
	h.as("Goran Novak", models.UsersRead)
	expect(t, h.get(path), 403)
	h.as("Goran Novak", models.AllPermissions)
	h.Clock.Advance(directory.SelectionLife)
	expect(t, h.get(path), 409, "older than 24 hours")
}

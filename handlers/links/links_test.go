package links_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const reason = "same person, seen the passport"

// house is a site with two admins and two records of one person.
type house struct {
	*apptest.Site
	amara, goran, stay, gone       apptest.Person
	admin, second, auditor, helper *apptest.Browser
}

func newHouse(t *testing.T, db *dbtest.DB) *house {
	t.Helper()
	s := apptest.Start(t, db)
	h := &house{Site: s, amara: s.Add("Amara Okafor", models.RoleAdmin), goran: s.Add("Goran Novak", models.RoleAdmin)}
	h.stay, h.gone = s.Add("Björn Sato", models.RoleEmployee), s.Add("Bjorn Sato", models.RoleEmployee, models.RoleHelpdesk)
	h.admin, h.second = s.SignInElevated(h.amara), s.SignInElevated(h.goran)
	h.auditor, h.helper = s.SignIn(s.Add("Ilse Weber", models.RoleAuditor)), s.SignIn(s.Add("Jonas Lindqvist", models.RoleHelpdesk))
	return h
}

func must(t *testing.T, a apptest.Answer) string {
	t.Helper()
	if a.Code != http.StatusSeeOther {
		t.Fatalf("got %d, want a redirect:\n%s", a.Code, text(a.Body))
	}
	return a.Header.Get("Location")
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

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<nav class="side".*?</nav>|<[^>]*>`)

// text is what a page says, without its sidebar.
func text(body string) string {
	body = tags.ReplaceAllString(body, " ")
	body = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(body)
	return strings.Join(strings.Fields(body), " ")
}

var (
	factsIn = regexp.MustCompile(`name="facts" value="([0-9a-f]{64})"`)
	hashIn  = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)
	radioIn = regexp.MustCompile(`name="(pick\.[^"]+)"`)
	tickIn  = regexp.MustCompile(`name="keep" value="(\d+)"`)
)

func one(t *testing.T, r *regexp.Regexp, body string) string {
	t.Helper()
	m := r.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page has no %s:\n%s", r, text(body))
	}
	return m[1]
}

// begin chooses the two and gives the address of the draft.
func (h *house) begin(t *testing.T) string {
	t.Helper()
	at := must(t, h.admin.Post("/links/new", url.Values{"a": {h.stay.PublicID}, "b": {h.gone.PublicID}, "act": {"compare"}}))
	return strings.TrimSuffix(at, "/compare")
}

// decided fills the comparison in: the value of who stays everywhere.
func decided(t *testing.T, page apptest.Answer, but map[string]string) url.Values {
	t.Helper()
	form := url.Values{"facts": {one(t, factsIn, page.Body)}}
	for _, m := range radioIn.FindAllStringSubmatch(page.Body, -1) {
		form.Set(m[1], "stay")
	}
	for name, side := range but {
		form.Set("pick."+name, side)
	}
	return form
}

// ask goes through all four steps and gives the address of the case.
func (h *house) ask(t *testing.T, keep ...string) string {
	t.Helper()
	draft := h.begin(t)
	page := h.admin.Get(draft + "/compare")
	access := must(t, h.admin.Post(draft+"/compare", decided(t, page, map[string]string{"email": "go"})))
	page = h.admin.Get(access)
	confirm := must(t, h.admin.Post(access, url.Values{"facts": {one(t, factsIn, page.Body)}, "keep": keep}))
	page = h.admin.Get(confirm)
	at := must(t, h.admin.Post(confirm, url.Values{"facts": {one(t, factsIn, page.Body)}, "proof": {"second-admin"}, "reason": {reason}}))
	path, _, _ := strings.Cut(at, "?")
	return path
}

func TestMergeByFormsAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		draft := h.begin(t)
		page := h.admin.Get(draft + "/compare")
		want(t, page, http.StatusOK, "Where the two disagree nothing is chosen for you", "Björn Sato", "Kept in Rollcall", "not decided yet")
		if strings.Contains(page.Body, `type="radio" id="stay-email"`) && strings.Contains(page.Body, "checked") {
			t.Error("something is chosen before anybody chose it")
		}
		form := decided(t, page, nil)
		form.Del("pick.email")
		refused := h.admin.Post(draft+"/compare", form)
		want(t, refused, http.StatusUnprocessableEntity, "Email: the two differ. Choose one.")
		if !strings.Contains(refused.Body, `value="stay" checked aria-labelledby="label-username`) {
			t.Error("what was chosen before is lost")
		}
		access := must(t, h.admin.Post(draft+"/compare", decided(t, page, map[string]string{"email": "go"})))
		page = h.admin.Get(access)
		want(t, page, http.StatusOK, "Employee", "holds it already", "Widens access", "New for Björn Sato")
		if ids := tickIn.FindAllStringSubmatch(page.Body, -1); len(ids) != 2 || strings.Count(page.Body, "checked") != 1 {
			t.Errorf("%d roles offered, %d ticked; want 2 and 1", len(ids), strings.Count(page.Body, "checked"))
		}
		confirm := must(t, h.admin.Post(access, url.Values{"facts": {one(t, factsIn, page.Body)}}))
		page = h.admin.Get(confirm)
		want(t, page, http.StatusOK, "will sign in with 2 identities", "2 roles end", "For 30 days it can be taken apart again")
		want(t, h.admin.Post(confirm, url.Values{"facts": {one(t, factsIn, page.Body)}, "proof": {"second-admin"}, "reason": {"short"}}), http.StatusUnprocessableEntity, "at least 10 characters")
		want(t, h.admin.Post(confirm, url.Values{"facts": {one(t, factsIn, page.Body)}, "proof": {"wish"}, "reason": {reason}}), http.StatusUnprocessableEntity, "not one of the choices")
		at := must(t, h.admin.Post(confirm, url.Values{"facts": {one(t, factsIn, page.Body)}, "proof": {"second-admin"}, "reason": {reason}}))
		path, _, _ := strings.Cut(at, "?")
		want(t, h.admin.Get(at), http.StatusOK, "Asked for. Nothing changes until it is proved.", "You asked for this yourself", "Withdraw the request")

		page = h.second.Get(path)
		want(t, page, http.StatusOK, "Approving merges the two at once", reason, "Employee ends")
		hash := one(t, hashIn, page.Body)
		want(t, h.admin.Post(path+"/approve", url.Values{"hash": {hash}}), http.StatusForbidden, "You asked for this yourself")
		want(t, h.second.Post(path+"/approve", url.Values{"hash": {strings.Repeat("0", 64)}}), http.StatusConflict, "changed since you opened it")
		must(t, h.second.Post(path+"/approve", url.Values{"hash": {hash}}))
		want(t, h.second.Get(path+"?ok=merged"), http.StatusOK, "Linked", "It can be taken apart until", "What was done", "Take the merge apart")
		want(t, h.admin.Get("/users/"+h.gone.PublicID), http.StatusOK, "This record was merged into Björn Sato", "Open Björn Sato")
		want(t, h.admin.Get("/users/"+h.stay.PublicID), http.StatusOK, "Bjorn Sato was merged into this record", "Open the earlier record", "See the receipt", "bjorn.sato@northwind.example")

		want(t, h.second.Get(path+"/split"), http.StatusOK, "Bjorn Sato comes back", "These fields of Björn Sato are as they were before: Email", "2 roles go back", "1 identity goes back")
		want(t, h.second.Post(path+"/split", url.Values{"reason": {"no"}}), http.StatusUnprocessableEntity, "at least 10 characters")
		must(t, h.second.Post(path+"/split", url.Values{"reason": {"two people after all"}}))
		want(t, h.second.Get(path), http.StatusOK, "Unlinked", "two people after all", "Came back")
		want(t, h.admin.Get("/users/"+h.gone.PublicID), http.StatusOK, "Active")
		want(t, h.second.Post(path+"/split", url.Values{"reason": {"two people after all"}}), http.StatusConflict, "no merge that could be taken apart")
	})
}

// A masked value stands on no page of somebody who may not see it, and names in
// no address.
func TestWhatPagesTell(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	path := h.ask(t)
	page := h.auditor.Get(path)
	want(t, page, http.StatusOK, "External ID", "Masked")
	if strings.Contains(page.Body, "HR-b") || strings.Contains(page.Body, "Approve") || strings.Contains(page.Body, "Withdraw") {
		t.Error("the auditor sees a masked value, or a form")
	}
	for _, link := range regexp.MustCompile(`(?:href|action|hx-[a-z]+)="([^"]*)"`).FindAllStringSubmatch(page.Body+h.admin.Get("/links?state=proof-asked").Body, -1) {
		if strings.Contains(strings.ToLower(link[1]), "sato") {
			t.Errorf("the address %s tells a name", link[1])
		}
	}
	want(t, h.helper.Get("/links"), http.StatusForbidden, "links.read")
	want(t, h.auditor.Get("/links/new"), http.StatusForbidden, "links.edit")
	want(t, h.auditor.Get("/links"), http.StatusOK, "Linked accounts")
}

func TestChangedMeanwhileReopensTheComparison(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		draft := h.begin(t)
		page := h.admin.Get(draft + "/compare")
		must(t, h.admin.Post(draft+"/compare", decided(t, page, nil)))
		access := h.admin.Get(draft + "/access")
		person, err := h.People.GetByID(t.Context(), db.Tenant, h.gone.ID)
		if err != nil {
			t.Fatal(err)
		}
		title := "Analyst"
		if _, err := h.People.Edit(t.Context(), models.SystemActor(db.Tenant, "Test"), person.PublicID, person.Version, directory.EditInput{Title: &title, Email: ptr("new@northwind.example")}); err != nil {
			t.Fatal(err)
		}
		answer := h.admin.Post(draft+"/access", url.Values{"facts": {one(t, factsIn, access.Body)}})
		want(t, answer, http.StatusConflict, "changed since you compared them", "Compare the two", "Changed", "new@northwind.example")
		if got := h.admin.Get(draft + "/access"); got.Code != http.StatusSeeOther || got.Header.Get("Location") != draft+"/compare" {
			t.Errorf("a later step opens although a field is open again: %d to %q", got.Code, got.Header.Get("Location"))
		}
	})
}

func ptr[T any](v T) *T { return &v }

func TestChoosing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	want(t, h.admin.Get("/links/new?a="+h.stay.PublicID), http.StatusOK, "Björn Sato", "Who is taken in")
	want(t, h.admin.Get("/links/new?a=nobody"), http.StatusOK, "Nobody here has this ID")
	found := h.admin.Post("/links/new", url.Values{"qb": {"bjorn"}, "a": {h.stay.PublicID}, "act": {"search"}})
	want(t, found, http.StatusOK, "bjorn.sato@northwind.example")
	if !strings.Contains(found.Body, `value="`+h.stay.PublicID+`" checked`) {
		t.Error("a search forgets who was chosen")
	}
	want(t, h.admin.Post("/links/new", url.Values{"qb": {"zzzz"}, "act": {"search"}}), http.StatusOK, "Nobody with “zzzz”")
	want(t, h.admin.Post("/links/new", url.Values{"act": {"compare"}}), http.StatusUnprocessableEntity, "Search for the person who stays", "taken in, and choose one")
	want(t, h.admin.Post("/links/new", url.Values{"a": {h.stay.PublicID}, "b": {h.stay.PublicID}}), http.StatusUnprocessableEntity, "one and the same record")
	want(t, h.admin.Post("/links/new", url.Values{"a": {h.stay.PublicID}, "b": {h.amara.PublicID}}), http.StatusForbidden, "about yourself")
	want(t, h.admin.Post("/links/new", url.Values{"a": {h.stay.PublicID}, "b": {"\x00"}}), http.StatusUnprocessableEntity)
	swapped := h.admin.Post("/links/new", url.Values{"a": {h.stay.PublicID}, "b": {h.gone.PublicID}, "act": {"swap"}})
	if !strings.Contains(swapped.Body, `name="a" value="`+h.gone.PublicID+`" checked`) {
		t.Error("the two were not swapped")
	}
	h.admin.Header = http.Header{"Hx-Request": {"true"}}
	part := h.admin.Post("/links/new/search", url.Values{"qa": {"bjorn"}})
	want(t, part, http.StatusOK, "bjorn.sato@northwind.example")
	if strings.Contains(part.Body, "<html") {
		t.Error("a search by htmx gets the whole page")
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	draft := h.begin(t)
	page := h.admin.Get(draft + "/compare")
	facts := one(t, factsIn, page.Body)
	for name, c := range map[string]struct {
		path string
		form url.Values
		code int
	}{
		"no facts":             {draft + "/compare", url.Values{}, http.StatusConflict},
		"other facts":          {draft + "/compare", url.Values{"facts": {"x"}}, http.StatusConflict},
		"a pick that is none":  {draft + "/compare", url.Values{"facts": {facts}, "pick.email": {"both"}}, http.StatusUnprocessableEntity},
		"a role that is none":  {draft + "/access", url.Values{"facts": {facts}, "keep": {"x"}}, http.StatusUnprocessableEntity},
		"a field without name": {draft + "/compare", url.Values{"facts": {facts}, "pick.": {"stay"}}, http.StatusUnprocessableEntity},
		"nobody's draft":       {"/links/new/none/compare", url.Values{"facts": {facts}}, http.StatusNotFound},
		"approve without hash": {"/links/none/approve", url.Values{}, http.StatusNotFound},
	} {
		if got := h.admin.Post(c.path, c.form); got.Code != c.code {
			t.Errorf("%s: %d, want %d:\n%s", name, got.Code, c.code, text(got.Body))
		}
	}
	want(t, h.admin.Get("/links?state=wrong"), http.StatusNotFound)
	want(t, h.admin.Get("/links?after=wrong"), http.StatusUnprocessableEntity)
	if got := h.second.Get(draft + "/compare"); got.Code != http.StatusNotFound {
		t.Errorf("another admin opens the draft: %d", got.Code)
	}
	if got := h.admin.Get(draft + "/confirm"); got.Header.Get("Location") != draft+"/compare" {
		t.Errorf("the last step opens before the first: %d", got.Code)
	}
	result := h.admin.Post(draft+"/result", url.Values{"facts": {facts}, "pick.email": {"go"}})
	want(t, result, http.StatusOK, "bjorn.sato@northwind.example")
}

func TestListAndDecisions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		want(t, h.admin.Get("/links"), http.StatusOK, "No likely duplicates")
		_, err := h.People.Load(t.Context(), models.SystemActor(db.Tenant, "Test"), []directory.NewRecord{
			{DisplayName: "Twin One", ExternalID: "HR-1", Department: "Sales"}, {DisplayName: "Twin Two", ExternalID: "HR-1", Department: "Finance"},
		})
		if err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(25 * time.Hour)
		h.admin, h.second = h.SignInElevated(h.amara), h.SignInElevated(h.goran)
		if err := h.App.Link.CheckNow(t.Context(), db.Tenant); err != nil {
			t.Fatal(err)
		}
		list := h.admin.Get("/links")
		want(t, list, http.StatusOK, "Twin One and Twin Two", "Strong", "Same employee ID", "Different departments: Sales, Finance", "8 people looked through")
		path := one(t, regexp.MustCompile(`href="(/links/[0-9a-f-]{36})"`), list.Body)
		want(t, h.admin.Get(path), http.StatusOK, "Speaks for it", "Compare and merge", "Not the same person")
		want(t, h.admin.Get(path+"/reject"), http.StatusOK, "Nothing changes for either of them")
		want(t, h.admin.Post(path+"/reject", url.Values{"reason": {""}}), http.StatusUnprocessableEntity, "at least 10 characters")
		must(t, h.admin.Post(path+"/reject", url.Values{"reason": {"a father and a son, one card"}}))
		want(t, h.admin.Get("/links?state=rejected"), http.StatusOK, "a father and a son, one card", "Amara Okafor")
		want(t, h.admin.Post(path+"/reject", url.Values{"reason": {"a father and a son, one card"}}), http.StatusConflict)
		want(t, h.admin.Get(path+"/reject"), http.StatusOK, "cannot be done")

		asked := h.ask(t)
		want(t, h.second.Get("/users/"+h.gone.PublicID), http.StatusOK, "A proof is asked for, to link Björn Sato")
		want(t, h.second.Post(asked+"/withdraw", url.Values{"reason": {reason}}), http.StatusForbidden, "Only Amara Okafor")
		must(t, h.admin.Post(asked+"/withdraw", url.Values{"reason": {"asked for the wrong two"}}))
		want(t, h.admin.Get(asked), http.StatusOK, "Rejected", "asked for the wrong two")
	})
}

func TestIdentityPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	person, err := h.People.GetByID(t.Context(), h.DB.Tenant, h.stay.ID)
	if err != nil {
		t.Fatal(err)
	}
	path := "/users/" + h.stay.PublicID
	unlink := path + "/identities/" + strconv.FormatInt(person.Identities[0].ID, 10) + "/unlink"
	want(t, h.admin.Get(path), http.StatusOK, "Link an identity", "Unlink")
	want(t, h.admin.Get(path+"/identities/new"), http.StatusOK, "No provider is set up")
	want(t, h.admin.Get("/users/"+h.amara.PublicID+"/identities/new"), http.StatusOK, "This is you")
	want(t, h.admin.Get(unlink), http.StatusOK, "It is the only identity", "Leave Björn Sato without a way in")
	want(t, h.admin.Post(unlink, url.Values{"reason": {reason}}), http.StatusUnprocessableEntity, "only identity of Björn Sato")
	want(t, h.admin.Get("/users/"+h.gone.PublicID+"/identities/"+strconv.FormatInt(person.Identities[0].ID, 10)+"/unlink"), http.StatusNotFound)
	must(t, h.admin.Post(unlink, url.Values{"reason": {reason}, "locked": {"on"}}))
	want(t, h.admin.Get(path), http.StatusOK, "No identity.")
	want(t, h.helper.Get(path+"/identities/new"), http.StatusForbidden)
}

func TestAccountPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	err := h.DB.Store.Change(t.Context(), models.SystemActor(h.DB.Tenant, "Test"), func(ctx context.Context, tx *store.Tx) error {
		c := models.Connector{PublicID: "c", Key: "ledger", Name: "Ledger", Kind: models.ConnectorDemo, State: models.ConnectorEnabled, Version: 1}
		if _, err := tx.Insert(&c).Exec(ctx); err != nil {
			return err
		}
		a := models.Account{ConnectorID: c.ID, Key: "1", Username: "b.sato", Email: "bjorn.sato@northwind.example", EmailNorm: "bjorn.sato@northwind.example"}
		if _, err := tx.Insert(&a).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: h.DB.Tenant}})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.DB.Clock.Advance(25 * time.Hour)
	h.admin = h.SignInElevated(h.amara)
	if err := h.App.Link.CheckNow(t.Context(), h.DB.Tenant); err != nil {
		t.Fatal(err)
	}
	list := h.admin.Get("/links")
	want(t, list, http.StatusOK, "Account in Ledger", "b.sato")
	path := one(t, regexp.MustCompile(`href="(/links/[0-9a-f-]{36})"`), list.Body)
	want(t, h.admin.Get(path), http.StatusOK, "That alone never links anything", "Link account")
	want(t, h.admin.Get(path+"/account"), http.StatusOK, "It opens no way to sign in")
	must(t, h.admin.Post(path+"/account", url.Values{"reason": {reason}}))
	want(t, h.admin.Get(path), http.StatusOK, "Linked", "Unlink account")
	must(t, h.admin.Post(path+"/unlink", url.Values{"reason": {"it was another Sato"}}))
	want(t, h.admin.Get(path), http.StatusOK, "Unlinked")
}

// Approving is a button without fields: who is asked for a fresh sign-in in
// between comes back to a page that says it was not done, and stands on the button.
func TestApproveThatWaitsForAFreshSignInSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	path := h.ask(t)
	plain := h.SignIn(h.goran)
	plain.Header = http.Header{"Referer": {h.URL + path}}
	asked := plain.Post(path+"/approve", url.Values{"hash": {one(t, hashIn, h.second.Get(path).Body)}}).Header.Get("Location")
	want(t, plain.Get(asked), http.StatusOK, "press the button once more")
	_, id, _ := strings.Cut(asked, "for=")
	said := "“Approve and merge the two” has not been done yet for Björn Sato and Bjorn Sato: press it now."
	back := plain.Get(path + "?draft=" + id)
	want(t, back, http.StatusOK, said, "Not done yet. Press it now.", "Approving merges the two at once")
	for _, mark := range []string{`id="not-done" role="status"`, `aria-describedby="not-done" autofocus`} {
		if strings.Count(back.Body, mark) != 1 {
			t.Errorf("the page has %d of %s", strings.Count(back.Body, mark), mark)
		}
	}
	for who, page := range map[string]apptest.Answer{"another session": h.second.Get(path + "?draft=" + id), "another page": plain.Get("/links?draft=" + id), "no draft": plain.Get(path)} {
		if strings.Contains(page.Body, "has not been done") || strings.Contains(page.Body, "autofocus") {
			t.Errorf("%s: the page says that something waits", who)
		}
	}

	must(t, h.second.Post(path+"/approve", url.Values{"hash": {one(t, hashIn, back.Body)}}))
	want(t, plain.Get(path+"?draft="+id), http.StatusOK, "This was not done: approve what another admin asked for. Look at the page as it is now.")

	elevated := *h.second
	elevated.Header = http.Header{"Referer": {h.URL + path + "?draft=" + id}}
	elevated.Post(path+"/approve", url.Values{"hash": {strings.Repeat("0", 64)}}) // refused: what waits goes on waiting
	want(t, plain.Get(path+"?draft="+id), http.StatusOK, "This was not done")
}

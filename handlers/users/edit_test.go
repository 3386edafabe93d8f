package users_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// events counts the audit events of an action.
func (h *house) events(t testing.TB, action models.Action) int {
	t.Helper()
	n := 0
	err := h.Store.Read(h.Tenant).Raw("SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = ?", string(action)).Scan(t.Context(), &n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCreate(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	amara(t, h)
	form := h.get(t, "/users/new").form(t)
	if form.Get("how") != "invite" {
		t.Errorf("starts as %q", form.Get("how"))
	}
	h.post(t, "/users/new", form).expect(t, 422, "Nobody was created", "Enter a name.", "Enter the e-mail address the person will sign in with.", `href="#f-display_name"`)

	form.Set("display_name", "Jürgen \u202eDe Vries")
	form.Set("email", "not an address")
	form.Set("manager", "nobody@northwind.example")
	form.Set("attribute.site", "Paris")
	form.Set("department", "New Venture")
	bad := h.post(t, "/users/new", form)
	bad.expect(t, 422, "This is not an e-mail address", "Nobody here has exactly this e-mail address", "Choose one of the values of Site",
		`value="not an address"`, `value="nobody@northwind.example"`, `value="New Venture"`, `aria-invalid="true"`)

	form.Set("email", "j.devries@northwind.example")
	form.Set("manager", " aokafor ")
	form.Set("attribute.site", "Bergen")
	form.Set("external", "yes")
	done := h.post(t, "/users/new", form)
	if !strings.HasSuffix(done.header.Get("Location"), "?ok=invited") {
		t.Fatalf("%d to %s: %s", done.code, done.header.Get("Location"), done.text())
	}
	id := strings.TrimSuffix(strings.TrimPrefix(done.header.Get("Location"), "/users/"), "?ok=invited")
	p := h.person(t, id)
	if p.DisplayName != "Jürgen De Vries" || p.Status != models.Invited || p.Manager.Name != "Amara Okafor" || p.Department != "New Venture" || !p.External {
		t.Errorf("created %+v", p)
	}
	h.get(t, done.header.Get("Location")).expect(t, 200, "The person was invited")

	h.post(t, "/users/new", form).expect(t, 422, "already has this one") // the same form once more
	active := h.post(t, "/users/new", url.Values{"how": {"active"}, "display_name": {"No Address"}})
	if !strings.HasSuffix(active.header.Get("Location"), "?ok=created") {
		t.Fatalf("%d: %s", active.code, active.text())
	}
	h.post(t, "/users/new", url.Values{"how": {"removed"}, "display_name": {"X"}}).expect(t, 422, "not one of the choices")
	h.post(t, "/users/new", url.Values{"how": {"active"}, "display_name": {"a\x00b"}}).expect(t, 422, "NUL character", `value="ab"`)
	h.post(t, "/users/new", url.Values{"how": {"active"}, "display_name": {strings.Repeat("ü", 300)}}).expect(t, 422, "has 300 characters; at most 255 fit", strings.Repeat("ü", 300))
}

func TestManagerText(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	one := h.add(t, directory.NewRecord{DisplayName: "Ana Ruiz", Email: "shared@northwind.example", Username: "ana"})
	h.add(t, directory.NewRecord{DisplayName: "Ben Ruiz", Email: "shared@northwind.example"})
	gone := h.add(t, directory.NewRecord{DisplayName: "Gone Away", Username: "gone", Status: models.Deactivated})
	form := url.Values{"how": {"active"}, "display_name": {"New One"}}
	for text, want := range map[string]string{
		"shared@northwind.example": "2 people have this one: Ana Ruiz (ID " + one.PublicID + ")",
		"gone":                     "Gone Away is deactivated and cannot be a manager.",
		gone.PublicID:              "Gone Away is deactivated",
		"?":                        "Nobody here has exactly this",
		"\x00":                     "Nobody here has exactly this",
	} {
		form.Set("manager", text)
		h.post(t, "/users/new", form).expect(t, 422, want, `href="#f-manager"`)
	}
	for _, text := range []string{"ana", "ANA", one.PublicID} {
		form.Set("manager", text)
		if a := h.post(t, "/users/new", form); a.code != 303 {
			t.Errorf("%q: %d %s", text, a.code, a.text())
		}
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	path := "/users/" + id.PublicID + "/edit"
	page := h.get(t, path)
	page.expect(t, 200, "Managed in Keycloak", `value="ilse.dubois@northwind.example"`, "Now Ilse Dubois")
	page.lacks(t, `name="email"`, `name="display_name"`, `name="title"`) // the provider owns them
	form := page.form(t)
	h.post(t, path, form).leads(t, "/users/"+id.PublicID+"?ok=saved")
	if n := h.events(t, models.UserEdit); n != 0 {
		t.Errorf("%d events of a form nobody touched", n)
	}

	form.Set("email", "mallory@northwind.example") // not on the form: ignored
	form.Set("phone", "+47 55 00 00 00")
	form.Set("attribute.remote", "false")
	form.Set("attribute.site", "")
	form.Del("external")
	form.Set("manager", "")
	form.Set("reason", "moved to Bergen")
	h.post(t, path, form).leads(t, "/users/"+id.PublicID+"?ok=saved")
	p := h.person(t, id.PublicID)
	phone, _ := p.Phone.For(admin)
	if phone != "+47 55 00 00 00" || p.External || !p.Manager.IsZero() || p.Email != "amara.okafor@northwind.example" || p.Attributes[1].Value.Set() {
		t.Errorf("saved %+v", p)
	}
	if n := h.events(t, models.UserEdit); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}

func TestEditRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := h.add(t, directory.NewRecord{DisplayName: "Bjorn Sato", Email: "bjorn.sato@northwind.example", Department: "Finance"})
	h.add(t, directory.NewRecord{DisplayName: "Chiara Berg", Email: "chiara.berg@northwind.example"})
	path := "/users/" + id.PublicID + "/edit"
	page := h.get(t, path)
	page.expect(t, 200, `list="departments"`, `<option value="Finance">`)
	form := page.form(t)
	form.Set("display_name", "")
	form.Set("email", "Chiara.Berg@northwind.example")
	form.Set("manager", "bjorn.sato@northwind.example")
	form.Set("title", "kept as typed")
	form.Set("reason", strings.Repeat("r", 1001))
	h.post(t, path, form).expect(t, 422, "Reason is too long")
	form.Set("reason", "typed too")
	a := h.post(t, path, form)
	a.expect(t, 422, "The changes were not saved", "Enter a name.", "Chiara Berg already has this one.", "Nobody can be their own manager.", `value="kept as typed"`, ">typed too</textarea>")
	form.Set("display_name", "Bjorn Sato")
	if again := a.form(t); again.Get("title") != "kept as typed" || again.Get("was.title") != "" || again.Get("was.display_name") != "Bjorn Sato" {
		t.Errorf("the form lost something: %v", again)
	}
}

func TestEditMasked(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	h.caller.Actor.Can = admin &^ models.UsersUnmask
	path := "/users/" + id.PublicID + "/edit"
	page := h.get(t, path)
	page.expect(t, 200, "Masked", "Stays as it is: you cannot see it")
	page.lacks(t, `name="phone"`, `name="external_id"`, `name="attribute.badge"`, "HR-10017", "B-77", "7946")
	form := page.form(t)
	form.Set("phone", "overwritten") // not on the form: ignored
	form.Set("attribute.badge", "overwritten")
	form.Set("attribute.site", "Bergen")
	h.post(t, path, form).leads(t, "/users/"+id.PublicID+"?ok=saved")
	p := h.person(t, id.PublicID)
	phone, _ := p.Phone.For(admin)
	badge, _ := p.Attributes[0].Text(admin)
	site, _ := p.Attributes[1].Text(admin)
	if phone != "+44 20 7946 0000" || badge != "B-77" || site != "Bergen" {
		t.Errorf("phone %q, badge %q, site %q", phone, badge, site)
	}
}

func TestEditStale(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := h.add(t, directory.NewRecord{DisplayName: "Bjorn Sato", Email: "bjorn.sato@northwind.example", Title: "Engineer", Department: "Platform"})
	path := "/users/" + id.PublicID + "/edit"
	mine := h.get(t, path).form(t)
	theirs := h.get(t, path).form(t)
	mine.Set("title", "Staff engineer")
	mine.Set("username", "bjorn")
	mine.Set("reason", "promotion")
	theirs.Set("title", "Principal")
	theirs.Set("department", "Support")
	h.post(t, path, theirs).leads(t, "/users/"+id.PublicID+"?ok=saved")

	late := h.post(t, path, mine)
	late.expect(t, 409, "Changed by Goran Novak just now, after you opened this form. Nothing of yours was saved yet.",
		"Saved now", "Principal", "Staff engineer", "What you typed", "Saved now: you had not changed it", "Support", ">promotion</textarea>", `value="bjorn"`)
	if p := h.person(t, id.PublicID); p.Title != "Principal" || p.Username != "" {
		t.Fatalf("something of a late edit was saved: %+v", p)
	}
	again := late.form(t)
	if again.Get("title") != "Staff engineer" || again.Get("department") != "Support" || again.Get("was.title") != "Principal" {
		t.Errorf("the form below: %v", again)
	}
	h.post(t, path, again).leads(t, "/users/"+id.PublicID+"?ok=saved")
	p := h.person(t, id.PublicID)
	if p.Title != "Staff engineer" || p.Username != "bjorn" || p.Department != "Support" {
		t.Errorf("saved %+v", p)
	}

	mine.Set("version", "rubbish")
	h.post(t, path, mine).expect(t, 409, "Nothing of yours was saved yet.")
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	h.get(t, "/attributes").expect(t, 200, "No local attributes", "Define an attribute")
	form := h.get(t, "/attributes/new").form(t)
	form.Set("key", "Not A Key")
	form.Set("kind", "choice")
	form.Set("position", "x")
	h.post(t, "/attributes/new", form).expect(t, 422, "Position is not a number.", `value="Not A Key"`)
	form.Set("position", "2")
	h.post(t, "/attributes/new", form).expect(t, 422, "The attribute was not saved", "A key begins with a letter", "Enter between 1 and 100 choices")
	form.Set("key", "site")
	form.Set("label", "Site")
	form.Set("choices", "Bergen\r\nOslo\r\n")
	form.Set("masked", "yes")
	h.post(t, "/attributes/new", form).leads(t, "/attributes?ok=defined")
	h.get(t, "/attributes?ok=defined").expect(t, 200, "The attribute was defined.", "Site", "Choice", "Bergen, Oslo", "/attributes/site/remove")
	h.post(t, "/attributes/new", form).expect(t, 422, "There is an attribute with this key already.")

	h.add(t, directory.NewRecord{DisplayName: "In Oslo", Attributes: map[string]string{"site": "Oslo"}})
	edit := h.get(t, "/attributes/site/edit").form(t)
	edit.Set("choices", "Bergen")
	h.post(t, "/attributes/site/edit", edit).expect(t, 422, "Somebody has the choice")
	edit.Set("choices", "Bergen\nOslo\nParis")
	edit.Set("key", "another")
	edit.Del("masked")
	h.post(t, "/attributes/site/edit", edit).leads(t, "/attributes?ok=saved")
	definitions, err := h.people.Definitions(t.Context(), h.Tenant)
	if err != nil || len(definitions) != 1 || definitions[0].Key != "site" || definitions[0].Masked || len(definitions[0].Choices) != 3 {
		t.Errorf("definitions %+v, %v", definitions, err)
	}
	page := h.get(t, "/attributes/site/remove")
	page.expect(t, 200, "This cannot be undone.", "btn-danger")
	page.lacks(t, `name="reason"`)
	h.post(t, "/attributes/site/remove", url.Values{}).leads(t, "/attributes?ok=removed")
	h.post(t, "/attributes/site/remove", url.Values{}).expect(t, 404)
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	path := "/users/" + id.PublicID
	h.as(t, "Nia Ortega", helpdesk)
	for _, page := range []string{"/users/new", "/users/export", path + "/edit", path + "/deactivate", path + "/leaving", path + "/let-in", "/attributes"} {
		h.get(t, page).expect(t, 403, "You may not do this")
	}
	h.post(t, path+"/deactivate", url.Values{"reason": {"because I can do it"}}).expect(t, 403)
	if len(h.refused) != 8 {
		t.Errorf("%d refusals were written down: %v", len(h.refused), h.refused)
	}
	h.caller = web.Caller{}
	h.get(t, path).leads(t, "/signin?return="+url.QueryEscape(path))
}

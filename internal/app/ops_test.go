package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// desk is a site with two admins and people to act upon.
type desk struct {
	*apptest.Site
	t      *testing.T
	amara  *apptest.Browser // plans and asks
	goran  *apptest.Browser // approves
	person apptest.Person   // amara
	people []apptest.Person
}

func newDesk(t *testing.T, db *dbtest.DB, people int) *desk {
	t.Helper()
	s := apptest.Start(t, db)
	d := &desk{Site: s, t: t, person: s.Add("Amara Okafor", models.RoleAdmin)}
	d.amara, d.goran = s.SignInElevated(d.person), s.SignInElevated(s.Add("Goran Novak", models.RoleAdmin))
	for i := range people {
		d.people = append(d.people, s.Add("Person "+string(rune('A'+i))))
	}
	return d
}

// selection is a selection of amara's.
func (d *desk) selection(people ...apptest.Person) string {
	d.t.Helper()
	var ids []string
	for _, p := range people {
		ids = append(ids, p.PublicID)
	}
	actor := models.Actor{Tenant: d.DB.Tenant, Kind: models.ActorUser, UserID: d.person.ID, Name: d.person.Name, Can: models.AllPermissions, Via: models.ViaWeb}
	sel, err := d.People.Pick(d.t.Context(), actor, ids)
	if err != nil {
		d.t.Fatal(err)
	}
	return sel.PublicID
}

var uuidInPath = regexp.MustCompile(`^/ops/[0-9a-f-]{36}`)

// plan creates an operation through its form and gives its address.
func (d *desk) plan(people ...apptest.Person) string {
	d.t.Helper()
	got := d.amara.Post("/ops", url.Values{"selection": {d.selection(people...)}, "once": {uuid.NewString()}})
	at := uuidInPath.FindString(got.Header.Get("Location"))
	if got.Code != http.StatusSeeOther || at == "" {
		d.t.Fatalf("planned: %d to %q\n%s", got.Code, got.Header.Get("Location"), plainText(got.Body))
	}
	return at
}

var anyTag = regexp.MustCompile(`(?s)<head>.*?</head>|<nav class="side".*?</nav>|<[^>]*>`)

func plainText(body string) string {
	body = anyTag.ReplaceAllString(body, " ")
	return strings.Join(strings.Fields(strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(body)), " ")
}

// shows fails unless the answer has the code and says each text, in this order.
func shows(t *testing.T, got apptest.Answer, code int, texts ...string) {
	t.Helper()
	if got.Code != code {
		t.Fatalf("answered %d to %q, want %d: %s", got.Code, got.Header.Get("Location"), code, plainText(got.Body))
	}
	rest := plainText(got.Body)
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Errorf("%q does not follow in: %s", text, rest)
			return
		}
		rest = after
	}
}

// leads fails unless the answer leads on to an address.
func leads(t *testing.T, got apptest.Answer, to string) {
	t.Helper()
	if got.Code != http.StatusSeeOther || got.Header.Get("Location") != to {
		t.Fatalf("answered %d to %q, want 303 to %q: %s", got.Code, got.Header.Get("Location"), to, plainText(got.Body))
	}
}

var hashField = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

// hash is what the form on a page says of its list.
func hash(t *testing.T, page apptest.Answer) string {
	t.Helper()
	m := hashField.FindStringSubmatch(page.Body)
	if m == nil {
		t.Fatalf("the form names no list: %d %s", page.Code, plainText(page.Body))
	}
	return m[1]
}

const whyOut = "the office in Brno closes"

// From a selection to the approval of a second person, by forms alone.
func TestDeactivateManyByForms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 13)
		at := d.plan(append(d.people, d.person)...)
		leads(t, d.amara.Get(at), at+"/preview")
		shows(t, d.amara.Get(at+"/preview"), 200, "1 Select 2 Preview 3 Reason 4 Confirm", "13 people lose sign-in now. 1 left out: 1 is you.", "list ", "Needs a second approver.",
			"It concerns 13 people, more than 10.", "Now", "Block sign-in 13", "After 7 days", "People", "Person A", "Leave out Person A")
		leads(t, d.amara.Post(at+"/leave-out", url.Values{"person": {d.people[12].PublicID}, "next": {at + "/preview?who=in"}}), at+"/preview?who=in&ok=out#people")
		leads(t, d.amara.Post(at+"/leave-out", url.Values{"person": {d.people[11].PublicID}, "next": {"https://elsewhere.example"}}), at+"/preview?ok=out")
		leads(t, d.amara.Post(at+"/take-in", url.Values{"person": {d.people[11].PublicID}}), at+"/preview?ok=in")
		shows(t, d.amara.Get(at+"/preview"), 200, "12 people lose sign-in now. 2 left out: 1 is you, 1 was left out by hand.", "Person L", "Leave out Person L", "Left out by hand", "Take back in Person M")

		leads(t, d.amara.Get(at+"/confirm"), at+"/reason")
		shows(t, d.amara.Post(at+"/reason", url.Values{"reason": {"closed"}}), 422, "Nothing was saved", "Reason")
		shows(t, d.amara.Post(at+"/reason", url.Values{"reason": {whyOut}, "when": {"later"}, "at": {"soon"}}), 422, "The time is missing.")
		leads(t, d.amara.Post(at+"/reason", url.Values{"reason": {whyOut}, "ticket": {"INC-7"}, "when": {"now"}, "undo_days": {"14"}}), at+"/confirm")
		confirm := d.amara.Get(at + "/confirm")
		shows(t, confirm, 200, "Needs a second approver.", "Nobody loses anything yet.", "12 people lose sign-in", whyOut, "INC-7", "14 days", "Type 12", "Ask to deactivate 12 people")
		list := hash(t, confirm)
		shows(t, d.amara.Post(at+"/confirm", url.Values{"hash": {list}, "typed": {"13"}}), 422, "Nobody was deactivated", "Type 12, the number of people")
		shows(t, d.amara.Post(at+"/confirm", url.Values{"hash": {strings.Repeat("0", 64)}, "typed": {"12"}}), 409, "The list changed while this page was open")
		for range 2 { // the second is the same click
			leads(t, d.amara.Post(at+"/confirm", url.Values{"hash": {list}, "typed": {"12"}}), at+"?ok=asked")
		}

		shows(t, d.amara.Get(at), 200, "Waiting for approval", "You asked for this yourself. Somebody else has to approve it.", "Nobody changed.", "What was said", "Amara Okafor asked for this", whyOut)
		shows(t, d.amara.Get(at+"/approve"), 200, "You asked for this yourself.")
		shows(t, d.amara.Get("/approvals"), 200, "No approvals waiting")
		shows(t, d.goran.Get("/approvals"), 200, "Amara Okafor asks to deactivate 12 people", "DEA-1", whyOut)
		shows(t, d.goran.Get("/attention"), 200, "Amara Okafor asks to deactivate 12 people.")
		page := d.goran.Get(at)
		shows(t, page, 200, "Your decision", "Approve...", "Reject...", "Ask a question...", "12 people lose sign-in now.", "Person A")
		if strings.Contains(page.Body, "Leave out") && strings.Contains(page.Body, "/leave-out") {
			t.Error("the approver can change the frozen list")
		}
		shows(t, d.goran.Post(at+"/ask", url.Values{"reason": {"why?"}}), 422, "Nothing was sent")
		leads(t, d.goran.Post(at+"/ask", url.Values{"reason": {"Is the whole office meant?"}}), at+"?ok=question")
		shows(t, d.amara.Get("/attention"), 200, "Somebody asks about DEA-1, your request to deactivate 12 people.")
		shows(t, d.amara.Get(at), 200, "Answer the question", "Goran Novak asks", "Is the whole office meant?")
		leads(t, d.amara.Post(at+"/answer", url.Values{"reason": {"Yes, all twelve of them."}}), at+"?ok=answered")
		approve := d.goran.Get(at + "/approve")
		shows(t, approve, 200, "12 people lose sign-in at once", "Asked for by", "Amara Okafor", "Approve: deactivate 12 people now")
		leads(t, d.goran.Post(at+"/approve", url.Values{"hash": {hash(t, approve)}}), at+"?ok=approved")
		shows(t, d.goran.Get(at), 200, "DEA-1", "Goran Novak")
		shows(t, d.goran.Post(at+"/approve", url.Values{"hash": {list}}), 409, "Goran Novak approved it.")
		leads(t, d.goran.Get("/search?q=dea-1"), at)
	})
}

func TestRejectAndCancelByForms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 11)
		ask := func() string {
			at := d.plan(d.people...)
			leads(t, d.amara.Post(at+"/reason", url.Values{"reason": {whyOut}}), at+"/confirm")
			leads(t, d.amara.Post(at+"/confirm", url.Values{"hash": {hash(t, d.amara.Get(at+"/confirm"))}, "typed": {"11"}}), at+"?ok=asked")
			return at
		}
		at := ask()
		shows(t, d.goran.Post(at+"/reject", url.Values{"reason": {"no"}}), 422, "Nothing was rejected", "at least 10 characters")
		leads(t, d.goran.Post(at+"/reject", url.Values{"reason": {"they move to Prague"}}), at+"?ok=rejected")
		shows(t, d.amara.Get(at), 200, "Rejected", "Goran Novak rejected it: they move to Prague")
		shows(t, d.goran.Get(at+"/approve"), 200, "DEA-1 waits for no approval: it is rejected.")

		at = ask()
		shows(t, d.goran.Get(at+"/cancel"), 200, "Cancel DEA-2")
		leads(t, d.amara.Post(at+"/cancel", nil), at+"?ok=cancelled")
		shows(t, d.goran.Get(at), 200, "Cancelled", "Amara Okafor cancelled it before anybody was deactivated.")
		shows(t, d.amara.Get("/ops"), 200, "DEA-2 Deactivation of 11 people", "Cancelled", "DEA-1 Deactivation of 11 people", "Rejected")
		shows(t, d.amara.Get("/ops?state=waiting"), 200, "No request waits for approval")
	})
}

// What is asked for needs a fresh sign-in, and so does its approval; reading,
// rejecting and asking do not.
func TestDeactivateAsksForAFreshSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 2)
		at := d.plan(d.people[0])
		plain := d.SignIn(d.person)
		leads(t, plain.Post(at+"/reason", url.Values{"reason": {whyOut}}), at+"/confirm")
		page := plain.Get(at + "/confirm")
		shows(t, page, 200, "Person A loses sign-in now", "Deactivate Person A")
		got := plain.Post(at+"/confirm", url.Values{"hash": {hash(t, page)}})
		if got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), "/step-up") {
			t.Errorf("without a fresh sign-in: %d to %q", got.Code, got.Header.Get("Location"))
		}
		if got := plain.Post(at+"/approve", nil); !strings.HasPrefix(got.Header.Get("Location"), "/step-up") {
			t.Errorf("approving: %d to %q", got.Code, got.Header.Get("Location"))
		}
		leads(t, plain.Get(at), at+"/preview") // and nothing was done
	})
}

// Whoever manages people who stay says who does from now on, by name.
func TestSettleByForm(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 3)
		if err := manage(t, d, d.people[1], d.people[0]); err != nil {
			t.Fatal(err)
		}
		at := d.plan(d.people[0])
		shows(t, d.amara.Get(at+"/preview"), 200, "What will break", "1 to settle", "1 person who stays loses their manager.", "Person A", "1", "Not chosen yet", "1 manager leaves people behind.")
		shows(t, d.amara.Get(at+"/reason"), 200, "1 manager leaves people behind.")
		shows(t, d.amara.Post(at+"/settle", url.Values{"manager": {"nobody@northwind.example"}}), 422, "No new manager was set", "Nobody here has exactly this")
		shows(t, d.amara.Post(at+"/settle", url.Values{"manager": {d.people[0].PublicID}}), 422, "is deactivated by this plan too")
		leads(t, d.amara.Post(at+"/settle", url.Values{"manager": {d.people[2].PublicID}}), at+"/preview?ok=settled#breaks")
		shows(t, d.amara.Get(at+"/preview"), 200, "Person A", "Person C", "Continue: reason")
	})
}

// One person, from their own page: out at once; somebody privileged waits for a
// second person, and can be suspended meanwhile; a manager has to be followed.
func TestDeactivateOneByForm(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 3)
		at := func(p apptest.Person) string { return "/users/" + p.PublicID }
		shows(t, d.amara.Get(at(d.people[0])+"/deactivate"), 200, "It can be undone for 7 days.", "Deactivate Person A")
		leads(t, d.amara.Post(at(d.people[0])+"/deactivate", url.Values{"reason": {whyOut}}), at(d.people[0])+"?ok=deactivate")
		shows(t, d.amara.Get(at(d.people[0])), 200, "Deactivated")
		shows(t, d.amara.Get("/ops"), 200, "DEA-1 Deactivation of Person A")
		shows(t, d.amara.Post(at(d.people[0])+"/deactivate", url.Values{"reason": {whyOut}}), 409, "Person A is already deactivated.")

		boss := d.Add("Ilse Weber", models.RoleAdmin)
		shows(t, d.amara.Get(at(boss)+"/deactivate"), 200, "Needs a second approver. The person holds privileged access.", "suspend them", "Ask to deactivate Ilse Weber")
		got := d.amara.Post(at(boss)+"/deactivate", url.Values{"reason": {whyOut}})
		op := uuidInPath.FindString(got.Header.Get("Location"))
		leads(t, got, op+"?ok=asked")
		shows(t, d.amara.Get(op), 200, "Deactivation of Ilse Weber", "Waiting for approval", "Suspend Ilse Weber now")
		approve := d.goran.Get(op + "/approve")
		shows(t, d.goran.Post(op+"/approve", url.Values{"hash": {hash(t, approve)}}), 422, "Write a reason of at least 10 characters.")
		leads(t, d.goran.Post(op+"/approve", url.Values{"hash": {hash(t, approve)}, "reason": {"agreed with the board"}}), op+"?ok=approved")
		shows(t, d.amara.Get(at(boss)), 200, "Deactivated")

		if err := manage(t, d, d.people[2], d.people[1]); err != nil {
			t.Fatal(err)
		}
		got = d.amara.Post(at(d.people[1])+"/deactivate", url.Values{"reason": {whyOut}})
		op = uuidInPath.FindString(got.Header.Get("Location"))
		leads(t, got, op+"/preview#breaks")
		leads(t, d.amara.Post(op+"/settle", url.Values{"manager": {d.person.PublicID}}), op+"/preview?ok=settled#breaks")
		confirm := d.amara.Get(op + "/confirm")
		shows(t, confirm, 200, "Person B loses sign-in now", whyOut, "Deactivate Person B")
		leads(t, d.amara.Post(op+"/confirm", url.Values{"hash": {hash(t, confirm)}}), op+"?ok=begun")
		shows(t, d.amara.Get(at(d.people[1])), 200, "Deactivated")
	})
}

// A risk: asked for with its own clock, which every page from there on shows.
func TestRiskByForm(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 3)
		at := "/users/" + d.people[0].PublicID
		shows(t, d.amara.Get(at+"/deactivate"), 200, "Because", "Of a risk: they could do harm now", "Risk known since")
		shows(t, d.amara.Post(at+"/deactivate", url.Values{"reason": {whyOut}, "cause": {"risk"}, "known": {"2099-01-01T00:00"}}), 422, "Choose a moment that has been")
		shows(t, d.amara.Post(at+"/deactivate", url.Values{"reason": {whyOut}, "cause": {"harm"}}), 422, "Because is not one of the choices.")
		leads(t, d.amara.Post(at+"/deactivate", url.Values{"reason": {whyOut}, "cause": {"risk"}}), at+"?ok=deactivate")
		shows(t, d.amara.Get("/ops"), 200, "DEA-1 Deactivation of Person A", "Risk")
		one, err := d.App.Operations.List(t.Context(), d.App.Tenant.ID, operation.Query{})
		if err != nil || len(one.Rows) != 1 {
			t.Fatalf("%+v, %v", one.Rows, err)
		}
		shows(t, d.amara.Get("/ops/"+one.Rows[0].PublicID), 200, "Risk known since", "Everybody out by")

		op := d.plan(d.people[1:]...)
		form := url.Values{"reason": {whyOut}, "cause": {"risk"}, "known": {"2026-11-22T10:00"}, "when": {"later"}, "at": {"2026-11-23T10:00"}}
		got := d.amara.Post(op+"/reason", form)
		shows(t, got, 422, "Nothing was saved", "A risk is met at once: it cannot wait for a certain time.")
		form.Set("when", "now")
		leads(t, d.amara.Post(op+"/reason", form), op+"/confirm")
		if again := d.amara.Get(op + "/reason"); !strings.Contains(again.Body, `value="2026-11-22T10:00"`) || !strings.Contains(again.Body, `<option value="risk" selected>`) {
			t.Errorf("the form forgot the risk:\n%s", again.Body)
		}
		confirm := d.amara.Get(op + "/confirm")
		shows(t, confirm, 200, "Risk known since (UTC)", "Everybody out by (UTC)", "Sun 22 Nov 2026, 11:00")
		leads(t, d.amara.Post(op+"/confirm", url.Values{"hash": {hash(t, confirm)}}), op+"?ok=begun")
		shows(t, d.amara.Get(op), 200, "Sun 22 Nov 2026, 11:00 UTC.", "Risk known since", "Everybody out by") // the clock, while it runs and once it has ended
	})
}

// A day later the plan has to be made again.
func TestStalePlanByForm(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 2)
		at := d.plan(d.people...)
		db.Clock.Advance(24 * time.Hour)
		again := d.SignInElevated(d.person)
		shows(t, again.Get(at+"/preview"), 200, "This plan is older than 24 hours", "Plan it again")
		shows(t, again.Get(at+"/reason"), 200, "This plan is older than 24 hours")
		leads(t, again.Post(at+"/replan", nil), at+"?ok=replanned")
		leads(t, again.Get(at+"?ok=replanned"), at+"/preview?ok=replanned")
		shows(t, again.Get(at+"/preview?ok=replanned"), 200, "Planned again", "Continue: reason")
	})
}

// Nothing is planned of an empty, an unknown or somebody else's selection.
func TestCreateRefusedByForm(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 1)
		shows(t, d.amara.Post("/ops", nil), 422, "Nobody is selected.")
		shows(t, d.amara.Post("/ops", url.Values{"selection": {"x' OR 1=1"}, "once": {"k"}}), 404)
		shows(t, d.goran.Post("/ops", url.Values{"selection": {d.selection(d.people...)}, "once": {"k"}}), 404)
		shows(t, d.amara.Post("/ops", url.Values{"selection": {d.selection(d.people...)}}), 422, "The form is not complete.")
		shows(t, d.amara.Get("/ops"), 200, "Nobody was deactivated yet", "Select people")
	})
}

// The list can be downloaded, with a reason, whole.
func TestListAsCSV(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 3)
		at := d.plan(append(d.people, d.person)...)
		shows(t, d.amara.Get(at+"/csv"), 200, "Download the list of DEA-1", "Download 4 people")
		shows(t, d.amara.Post(at+"/csv", url.Values{"reason": {"short"}}), 422, "Nothing was downloaded")
		got := d.amara.Post(at+"/csv", url.Values{"reason": {"the works council asked"}})
		lines := strings.Split(strings.TrimSpace(got.Body), "\n")
		if got.Code != 200 || len(lines) != 6 || !strings.HasPrefix(lines[0], "Position,Name,E-mail") || !strings.Contains(got.Body, ",This is you,") {
			t.Errorf("%d, %d lines:\n%s", got.Code, len(lines), got.Body)
		}
	})
}

// manage gives somebody a manager.
func manage(t *testing.T, d *desk, who, manager apptest.Person) error {
	t.Helper()
	actor := models.SystemActor(d.DB.Tenant, "Test")
	person, err := d.People.Get(t.Context(), d.DB.Tenant, who.PublicID)
	if err != nil {
		return err
	}
	_, err = d.People.Edit(t.Context(), actor, who.PublicID, person.Version, directory.EditInput{Manager: &manager.PublicID, Reason: whyOut})
	return err
}

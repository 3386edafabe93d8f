package roles_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/models"
)

// grid is a house whose ledger has three permissions and two roles, with an admin
// who signed in anew.
type grid struct {
	*house
	boss         *apptest.Browser
	clerkID, pay int64 // ids: of the role Clerk, of payments.release
	post, payer  int64 // of post, of the role Payer
}

func newGrid(t *testing.T) *grid {
	t.Helper()
	g := &grid{house: newHouse(t)}
	g.boss = g.SignInElevated(g.amara)
	for _, key := range []string{"payments.release", "payments.prepare"} {
		g.must(t, g.admin.Post("/permissions/new", url.Values{"application": {"ledger"}, "key": {key}, "sentence": {"May " + key}}))
	}
	g.must(t, g.admin.Post("/roles/new", url.Values{"name": {"Payer"}, "application": {"ledger"}, "sentence": {"Pays."}, "permissions": {"ledger/payments.prepare"}, "children": {"ledger.clerk"}}))
	all, err := g.Access.Permissions(t.Context(), g.DB.Tenant, "ledger")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		switch p.Key {
		case "payments.release":
			g.pay = p.ID
		case "post":
			g.post = p.ID
		}
	}
	g.clerkID, g.payer = g.role(t, "ledger.clerk").ID, g.role(t, "ledger.payer").ID
	return g
}

func (g *grid) role(t *testing.T, key string) access.RoleDetail {
	t.Helper()
	role, err := g.Access.Role(t.Context(), g.DB.Tenant, key)
	if err != nil {
		t.Fatal(err)
	}
	return role
}

func at(role, permission int64) string { return fmt.Sprintf("%d:%d", role, permission) }

var fields = regexp.MustCompile(`<input[^>]*\bname="(\w+)"[^>]*>`)

// form reads the fields of the matrix's form as a browser would send them.
func form(body string) url.Values {
	v := url.Values{}
	_, body, _ = strings.Cut(body, `action="/roles/matrix/`)
	for _, m := range fields.FindAllStringSubmatch(body, -1) {
		value := regexp.MustCompile(`\bvalue="([^"]*)"`).FindStringSubmatch(m[0])
		box := strings.Contains(m[0], `type="checkbox"`)
		if value != nil && (!box || strings.Contains(m[0], " checked")) {
			v.Add(m[1], strings.ReplaceAll(value[1], "&amp;", "&"))
		}
	}
	return v
}

func untick(v url.Values, value string) {
	var kept []string
	for _, one := range v["hold"] {
		if one != value {
			kept = append(kept, one)
		}
	}
	v["hold"] = kept
}

func TestMatrixSaysHowEachRoleGivesIt(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	want(t, g.helpdesk.Get("/roles/matrix?app=ledger"), 200, "Payments 2 permissions", "May payments.prepare payments.prepare None Granted", "Post an entry post Granted Through Clerk", "3 permissions, 2 roles")
	want(t, g.helpdesk.Get("/roles/matrix"), 200, "Admin", "Helpdesk", "Read the audit log")
	want(t, g.helpdesk.Get("/roles/matrix?app=ledger&q=RELEASE"), 200, "1 permission, 2 roles", "May payments.release")
	want(t, g.helpdesk.Get("/roles/matrix?app=ledger&differences=yes"), 200, "1 of 3 permissions differ")
	want(t, g.helpdesk.Get("/roles/matrix?app=ledger&q=nothing"), 200, "No permission matches")
	want(t, g.helpdesk.Get("/roles/matrix?app=ledger&role=ledger.payer&differences=yes"), 200, "One role does not differ from itself")
	want(t, g.helpdesk.Get("/roles/matrix?app=ledger&role=ledger.payer&role=no.role"), 200, "There is no role with the key no.role.", "Payer")
	want(t, g.helpdesk.Get("/roles/matrix?app=nowhere"), 404, "There is no such application.")
	// Roles chosen for another application do not go with this one.
	want(t, g.helpdesk.Get("/roles/matrix?app=ledger&of=rollcall&role=rollcall.admin"), 200, "3 permissions, 2 roles")
	if a := g.helpdesk.Get("/roles/matrix?app=ledger"); strings.Contains(a.Body, "/roles/matrix/edit") {
		t.Error("who may not change roles is offered to")
	}
	want(t, g.admin.Get("/roles/matrix"), 200, "These roles come with Rollcall and stay as they are.")
	g.must(t, g.admin.Post("/applications/new", url.Values{"name": {"Empty"}, "key": {"empty"}}))
	want(t, g.admin.Get("/roles/matrix?app=empty"), 200, "No roles to show")
}

func TestCompareLeadsToTheMatrixOfTwo(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	want(t, g.helpdesk.Get("/roles/compare?q=clerk"), 200, "Choose the first of two roles.", "Clerk")
	want(t, g.helpdesk.Get("/roles/compare?a=ledger.clerk"), 200, "Compare Clerk with", "Chosen already", "Payer")
	want(t, g.helpdesk.Get("/roles/compare?a=ledger.clerk&b=ledger.clerk"), 200, "A role does not differ from itself.")
	want(t, g.helpdesk.Get("/roles/compare?a=no.role"), 404)
	want(t, g.helpdesk.Get("/roles/compare?a=ledger.clerk&b=no.role"), 404)
	want(t, g.helpdesk.Get("/roles/compare?b=ledger.clerk"), 404)
	to := g.must(t, g.helpdesk.Get("/roles/compare?a=ledger.clerk&b=ledger.payer"))
	g.must(t, g.give("ledger.payer", "2026-12-01", "covers for Ilse"))
	want(t, g.helpdesk.Get(to), 200, "Compare Clerk and Payer", "1 of 2 permissions differ", "1 person holds both Clerk and Payer.", "Ledger: payments 1")
	want(t, g.helpdesk.Get("/roles/ledger.clerk"), 200, "Compare with", "Beside the other roles of Ledger")
	want(t, g.helpdesk.Get("/roles?application=ledger"), 200, "What the roles of Ledger give, as a matrix", "Compare two")
}

// Ticks become changes, changes a preview, and the preview a change with a reason.
func TestMatrixIsEdited(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	g.must(t, g.give("ledger.clerk", "2026-12-01", "covers for Ilse"))
	page := g.boss.Get("/roles/matrix/edit?app=ledger")
	want(t, page, 200, "No changes yet", "Review changes")
	f := form(page.Body)
	untick(f, at(g.clerkID, g.post))
	f.Add("hold", at(g.payer, g.pay))

	f.Set("act", "show")
	f.Set("q", "release") // another part of it: what is out of sight stays changed
	part := g.boss.Get(g.must(t, g.boss.Post("/roles/matrix/edit", f)))
	want(t, part, 200, "2 changes", "1 in cells that are not shown now")
	f = form(part.Body)
	f.Set("act", "review")
	review := g.must(t, g.boss.Post("/roles/matrix/edit", f))
	shown := g.boss.Get(review)
	want(t, shown, 200, "2 roles change: 1 permission is given, 1 permission is taken away.", "Post an entry post Ledger Gain it: None Lose it: 1 person", "Change 2 roles")

	f = form(shown.Body)
	f.Set("reason", "short")
	want(t, g.boss.Post("/roles/matrix/review", f), 422, "Nothing was changed", "Give a reason of at least 10 characters")
	f.Set("reason", "The clerk only reads from now on")
	to := g.must(t, g.boss.Post("/roles/matrix/review", f))
	want(t, g.boss.Get(to), 200, "Saved. The audit log has an entry for each role that changed.", "May payments.release payments.release None Granted", "1 permission, 2 roles")
	if n := len(g.role(t, "ledger.clerk").Permissions); n != 0 {
		t.Errorf("Clerk still gives %d permissions", n)
	}
	// Sent again, it was overtaken: by itself.
	want(t, g.boss.Post("/roles/matrix/review", f), 409, "Clerk was changed by Amara Okafor", "Lost: ledger/post")
}

func TestMatrixRefusesWhatIsNoChange(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	f := form(g.boss.Get("/roles/matrix/edit?app=ledger").Body)
	f.Set("act", "review")
	want(t, g.boss.Post("/roles/matrix/edit", f), 422, "Nothing is changed yet. Tick or untick a cell first.")
	want(t, g.boss.Get("/roles/matrix/review"), 422, "Nothing is changed yet.")
	want(t, g.boss.Get("/roles/matrix/review?give=1:999999&v=1:1"), 409, "does not exist any more")
	want(t, g.boss.Get("/roles/matrix/review?give=x&give=-1:2&take=3:"), 422, "Nothing is changed yet.")
	want(t, g.boss.Post("/roles/matrix/review", url.Values{"reason": {"a reason that is long enough"}}), 422, "Nothing is changed yet.")
	helpdesk := g.role(t, models.RoleHelpdesk).ID
	want(t, g.boss.Get("/roles/matrix/review?give="+at(helpdesk, g.pay)), 409, "Helpdesk comes with Rollcall and stays as it is.")
	want(t, g.helpdesk.Get("/roles/matrix/edit?app=ledger"), 403)
}

// Who may not make the changes reads why in place of the form.
func TestMatrixReviewOfWhatIsNotYours(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	g.must(t, g.admin.Post("/roles/new", url.Values{"name": {"Composer"}, "application": {"ledger"}, "sentence": {"Changes roles."}, "permissions": {"rollcall/roles.edit", "rollcall/roles.read"}}))
	for _, key := range []string{"ledger.composer", "ledger.payer"} {
		g.must(t, g.give(key, "2026-12-01", "covers for Ilse"))
	}
	elif := g.SignInElevated(g.elif)
	query := url.Values{"give": {at(g.payer, g.pay)}, "v": {at(g.payer, 1)}}
	a := elif.Get("/roles/matrix/review?" + query.Encode())
	want(t, a, 200, "You hold Payer yourself, and this would come to you by the change", "Roles that change")
	if strings.Contains(a.Body, `name="reason"`) {
		t.Error("the form is there all the same")
	}
	query.Set("reason", "releases payments from now on")
	want(t, elif.Post("/roles/matrix/review", query), 403, "You hold Payer yourself")
	want(t, elif.Get("/roles/matrix/edit"), 200, "These roles come with Rollcall and stay as they are.")
	g.must(t, g.admin.Post("/roles/new", url.Values{"name": {"Desk lead"}, "application": {"rollcall"}, "sentence": {"Leads the desk."}}))
	desk := elif.Get("/roles/matrix/edit")
	want(t, desk, 200, "You do not hold it, so you cannot give or take it.", "Review changes")
	if n := strings.Count(desk.Body, `name="hold"`); n != 2 {
		t.Errorf("%d cells can be ticked, want those of the 2 permissions held", n)
	}
}

// Somebody else was faster: nothing is lost, and what they did is said.
func TestMatrixOvertaken(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	query := url.Values{"app": {"ledger"}, "give": {at(g.payer, g.pay)}, "v": {at(g.payer, 1)}}
	other := url.Values{"give": {at(g.payer, g.post)}, "v": {at(g.payer, 1)}, "reason": {"posts entries as well"}}
	g.must(t, g.boss.Post("/roles/matrix/review", other))
	want(t, g.boss.Get("/roles/matrix/review?"+query.Encode()), 200, "Payer was changed by Amara Okafor", "Gained: ledger/post")
	query.Set("reason", "releases payments from now on")
	a := g.boss.Post("/roles/matrix/review", query)
	want(t, a, 409, "Payer was changed by Amara Okafor", "Gained: ledger/post", "What stands below is meant for the role as it is now.", "releases payments from now on")
	f := form(a.Body)
	if f.Get("v") != at(g.payer, 2) {
		t.Fatalf("the form is still for version %q", f.Get("v"))
	}
	f.Set("reason", "releases payments from now on")
	g.must(t, g.boss.Post("/roles/matrix/review", f))
	if n := len(g.role(t, "ledger.payer").Permissions); n != 3 {
		t.Errorf("Payer gives %d permissions, want 3", n)
	}
}

// What was ticked comes back after the session ran out or a fresh sign-in.
func TestMatrixFormsComeBackFilledIn(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	send := url.Values{"app": {"ledger"}, "give": {at(g.payer, g.pay)}, "v": {at(g.payer, 1)}, "reason": {"releases payments from now on"}}
	a := g.admin.Post("/roles/matrix/review", send)
	to := g.must(t, a)
	if !strings.HasPrefix(to, "/step-up?for=") {
		t.Fatalf("without a fresh sign-in it leads to %s", to)
	}
	if n := len(g.role(t, "ledger.payer").Permissions); n != 2 {
		t.Fatalf("Payer gives %d permissions already", n)
	}
	want(t, g.admin.Get(to), 200, "Change what several roles give", "filled in as you left it")
}

// Ticks that were sent after the session ran out are ticked again afterwards.
func TestMatrixTicksSurviveTheEndOfTheSession(t *testing.T) {
	t.Parallel()
	g := newGrid(t)
	f := form(g.admin.Get("/roles/matrix/edit?app=ledger").Body)
	untick(f, at(g.clerkID, g.post))
	f.Add("hold", at(g.payer, g.pay))
	f.Set("act", "review")
	g.DB.Clock.Advance(2 * time.Hour)
	to, err := url.Parse(g.must(t, g.admin.Post("/roles/matrix/edit", f)))
	if err != nil || to.Path != "/signin" {
		t.Fatalf("leads to %s, %v", to, err)
	}
	back := g.SignIn(g.amara).Get(to.Query().Get("return"))
	want(t, back, 200, "You are signed in again. What you had typed is filled in below.", "2 changes")
	again := form(back.Body)
	if !slices.Contains(again["hold"], at(g.payer, g.pay)) || slices.Contains(again["hold"], at(g.clerkID, g.post)) {
		t.Errorf("ticked are %v", again["hold"])
	}
}

package link_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
)

func TestMergeMovesEverything(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		boss := h.add("Boss")
		stay := h.load(directory.NewRecord{
			DisplayName: "Björn Sato", Username: "b.sato", Email: "b.sato@northwind.example", Department: "Treasury", Manager: boss.publicID,
			Identities: []directory.NewIdentity{{Provider: "p", Issuer: issuer, Subject: "s1"}},
		}, models.RoleEmployee)
		gone := h.load(directory.NewRecord{
			DisplayName: "Bjorn Sato", Username: "b.sato2", Email: "b.sato@moravia.example", Department: "Finance", Title: "Analyst", Manager: stay.publicID, Owned: true,
			Identities: []directory.NewIdentity{{Provider: "q", Issuer: "https://q", Subject: "s2"}},
		}, models.RoleEmployee, models.RoleHelpdesk)
		report := h.load(directory.NewRecord{DisplayName: "Report", Manager: gone.publicID})
		account := h.account(h.connector("ledger"), gone.id, "b.sato2")
		token := h.signIn(gone, "203.0.113.9")

		d := h.prepare(amara, stay, gone, map[string]link.Pick{directory.FieldEmail: link.PickGo, directory.FieldTitle: link.PickGo})
		row, err := h.link.Ask(t.Context(), amara, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: reason})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.link.Approve(t.Context(), goran, row.PublicID, row.PlanHash); err != nil {
			t.Fatalf("Approve: %v", err)
		}

		after, absorbed := h.get(stay), h.get(gone)
		got := []any{
			after.DisplayName, after.Email, after.Title, after.Department, after.Manager.Name, len(after.Identities), after.Sources.Owner("email"), after.Sources.Owner("title"),
			absorbed.Status, len(absorbed.Identities), h.get(report).Manager.Name, h.owner(account),
		}
		want := []any{"Björn Sato", "b.sato@moravia.example", "Analyst", "Treasury", "Boss", 2, "q", "q", models.Removed, 0, "Björn Sato", stay.id}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after the merge (-want +got):\n%s", diff)
		}
		if _, err := h.sessions.Find(t.Context(), token); !errs.Is(err, errs.Unauthorized) {
			t.Errorf("a session of the absorbed record still works: %v", err)
		}
		if roles := h.roles(stay); roles != models.RoleEmployee {
			t.Errorf("who stays holds %s: a role nobody chose came along", roles)
		}
		if roles := h.roles(gone); roles != "" {
			t.Errorf("the absorbed record still holds %s", roles)
		}
		ties, err := h.link.Of(t.Context(), h.tenant, gone.id)
		if err != nil || ties.Into == nil || ties.Into.Survivor().ID != stay.id {
			t.Errorf("the absorbed record does not say where it went: %+v, %v", ties, err)
		}
		merges := h.events(models.LinkMerge)
		if len(merges) != 1 || merges[0].TargetID != stay.id || merges[0].ObjectID != gone.id || merges[0].ActorID != goran.UserID ||
			merges[0].Reason != reason || !strings.Contains(merges[0].Detail, "Amara") {
			t.Errorf("the merge is told as %+v", merges)
		}
	})
}

// roles gives the keys of the roles a person was given and holds now.
func (h *house) roles(p person) string {
	h.t.Helper()
	held, err := h.access.RolesOf(h.t.Context(), h.tenant, []int64{p.id})
	if err != nil {
		h.t.Fatal(err)
	}
	var keys []string
	for _, r := range held[p.id] {
		keys = append(keys, r.Key)
	}
	return strings.Join(keys, " ")
}

// What would widen is not chosen by itself, and moves with every column when it
// is chosen.
func TestRolesWidenOnlyByChoice(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		stay, gone := h.add("Stay", models.RoleEmployee), h.add("Gone")
		until := models.At(dbtest.Start.Add(48 * time.Hour))
		h.give(gone.id, access.LoadRow{RoleKey: models.RoleHelpdesk, Until: until, Reason: "for the quarter", GrantedBy: "Priya"})
		h.give(gone.id, access.LoadRow{RoleKey: models.RoleEmployee})
		h.give(stay.id, access.LoadRow{RoleKey: models.RoleAuditor, Until: until})
		h.give(gone.id, access.LoadRow{RoleKey: models.RoleAuditor}) // the same, and longer
		d, err := h.link.Begin(t.Context(), amara, stay.publicID, gone.publicID)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][2]bool{}
		for _, r := range d.Plan.Roles {
			got[r.Key] = [2]bool{r.Widens, r.Keep}
		}
		want := map[string][2]bool{models.RoleHelpdesk: {true, false}, models.RoleEmployee: {false, true}, models.RoleAuditor: {true, false}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("widens and kept (-want +got):\n%s", diff)
		}
		h.merge(amara, goran, stay, gone, models.RoleHelpdesk, models.RoleAuditor)
		held, err := h.access.Held(t.Context(), h.tenant, stay.id)
		if err != nil {
			t.Fatal(err)
		}
		ends := map[string]models.Instant{}
		for _, one := range held {
			ends[one.Role.Key] = one.Paths[0].Until
			if one.Role.Key == models.RoleHelpdesk && (one.Paths[0].GrantedBy != "Priya" || one.Paths[0].Reason != "for the quarter") {
				t.Errorf("the role forgot who gave it: %+v", one.Paths[0])
			}
		}
		if ends[models.RoleHelpdesk] != until || ends[models.RoleAuditor] != models.Forever {
			t.Errorf("the roles end %v", ends)
		}
	})
}

// Nobody gives more than they hold: neither who asks nor who approves.
func TestMergeGivesNoMoreThanIsHeld(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		weak := goran
		weak.Can = models.LinksEdit | models.UsersRead
		stay, gone := h.add("Stay"), h.add("Gone", models.RoleAdmin)
		d, err := h.link.Begin(t.Context(), weak, stay.publicID, gone.publicID)
		if err != nil {
			t.Fatal(err)
		}
		if d, err = h.link.Choose(t.Context(), weak, d.PublicID, d.Plan.Facts, picksOf(d)); err != nil {
			t.Fatal(err)
		}
		_, err = h.link.ChooseRoles(t.Context(), weak, d.PublicID, d.Plan.Facts, []int64{d.Plan.Roles[0].AssignmentID})
		wantKind(t, err, errs.Invalid, "may not assign")
		row := h.ask(amara, stay, gone, models.RoleAdmin)
		_, err = h.link.Approve(t.Context(), weak, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Forbidden, "may not assign")
		if h.roles(stay) != "" || h.get(gone).Status != models.Active {
			t.Error("a refused merge changed something")
		}
	})
}

func picksOf(d link.Draft) map[string]link.Pick {
	all := map[string]link.Pick{}
	for _, f := range d.Plan.Fields {
		all[f.Name] = f.Pick
		if f.Pick == link.PickNone {
			all[f.Name] = link.PickStay
		}
	}
	return all
}

// A role a claim gives comes back at the next sign-in: it cannot be left out in silence.
func TestClaimRolesComeWithTheIdentity(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara := h.as(h.add("Amara", models.RoleAdmin))
		stay, gone := h.add("Stay"), h.add("Gone")
		h.give(gone.id, access.LoadRow{RoleKey: models.RoleHelpdesk, Source: models.SourceClaim, SourceRef: "p/groups=desk"})
		d, err := h.link.Begin(t.Context(), amara, stay.publicID, gone.publicID)
		if err != nil {
			t.Fatal(err)
		}
		if d, err = h.link.Choose(t.Context(), amara, d.PublicID, d.Plan.Facts, picksOf(d)); err != nil {
			t.Fatal(err)
		}
		_, err = h.link.ChooseRoles(t.Context(), amara, d.PublicID, d.Plan.Facts, nil)
		wantKind(t, err, errs.Invalid, "Keycloak gives it at the next sign-in")
	})
}

func TestWhoMayNotMerge(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		one, two := h.add("Amara", models.RoleAdmin), h.add("Goran", models.RoleAdmin)
		amara, goran := h.as(one), h.as(two)
		stay, gone := h.add("Stay"), h.add("Gone")
		off := h.load(directory.NewRecord{DisplayName: "Off", Status: models.Deactivated})
		held := h.load(directory.NewRecord{DisplayName: "Held", Status: models.Suspended})
		invited := h.load(directory.NewRecord{DisplayName: "Invited", Status: models.Invited})
		ctx := t.Context()
		_, err := h.link.Begin(ctx, amara, one.publicID, gone.publicID)
		wantKind(t, err, errs.Forbidden, "about yourself")
		_, err = h.link.Begin(ctx, amara, stay.publicID, off.publicID)
		wantKind(t, err, errs.Conflict, "deactivated")
		_, err = h.link.Begin(ctx, amara, stay.publicID, held.publicID)
		wantKind(t, err, errs.Conflict, "suspended")
		_, err = h.link.Begin(ctx, amara, invited.publicID, gone.publicID)
		wantKind(t, err, errs.Conflict, "Invited")
		_, err = h.link.Begin(ctx, amara, stay.publicID, stay.publicID)
		wantKind(t, err, errs.Invalid, "one and the same")
		_, err = h.link.Begin(ctx, models.Actor{Tenant: h.tenant, Kind: models.ActorUser, UserID: 9, Name: "x"}, stay.publicID, gone.publicID)
		wantKind(t, err, errs.Forbidden, "links.edit")

		d := h.prepare(amara, stay, gone, nil)
		_, err = h.link.Draft(ctx, goran, d.PublicID)
		wantKind(t, err, errs.NotFound, "draft")
		_, err = h.link.Ask(ctx, amara, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: "short"})
		wantKind(t, err, errs.Invalid, "reason")
		_, err = h.link.Ask(ctx, amara, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Reason: reason})
		wantKind(t, err, errs.Invalid, "proved")
		row := h.ask(amara, stay, gone)
		_, err = h.link.Approve(ctx, amara, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Forbidden, "asked for this yourself")
		_, err = h.link.Reject(ctx, amara, row.PublicID, reason)
		wantKind(t, err, errs.Forbidden, "Withdraw")
		_, err = h.link.Approve(ctx, goran, row.PublicID, "another plan")
		wantKind(t, err, errs.Conflict, "changed since")
		self := goran
		self.UserID = gone.id
		_, err = h.link.Approve(ctx, self, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Forbidden, "about yourself")
		db.Clock.Advance(link.ProofTime + time.Second)
		_, err = h.link.Approve(ctx, goran, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Conflict, "ran out")
		if err := h.link.Sweep(ctx, h.tenant); err != nil {
			t.Fatal(err)
		}
		if n := len(h.links(models.LinkProofAsked)); n != 0 {
			t.Error("a request that ran out still waits")
		}
	})
}

// An approver who may be the requester under another name is no second person.
func TestAliasCannotApprove(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		one := h.load(directory.NewRecord{DisplayName: "Amara", ExternalID: "HR-1"}, models.RoleAdmin)
		alias := h.load(directory.NewRecord{DisplayName: "A. Okafor", ExternalID: "HR-1"}, models.RoleAdmin)
		h.check()
		row := h.ask(h.as(one), h.add("Stay"), h.add("Gone"))
		_, err := h.link.Approve(t.Context(), h.as(alias), row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Forbidden, "may be the same person")
	})
}

// A requester who lost the right takes the request with it.
func TestRequesterWhoLostTheRight(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		first := h.add("Amara", models.RoleAdmin)
		goran := h.as(h.add("Goran", models.RoleAdmin))
		row := h.ask(h.as(first), h.add("Stay"), h.add("Gone"))
		held, err := h.access.Held(t.Context(), h.tenant, first.id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.access.Unassign(t.Context(), goran, held[0].Paths[0].AssignmentID, "moved to another team"); err != nil {
			t.Fatal(err)
		}
		_, err = h.link.Approve(t.Context(), goran, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Conflict, "may no longer link people")
	})
}

// What changed between the comparison and the decision is shown, not run over.
func TestChangedMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		stay, gone := h.add("Stay"), h.add("Gone")
		d := h.prepare(amara, stay, gone, nil)
		title := "Director"
		if _, err := h.people.Edit(t.Context(), goran, gone.publicID, h.get(gone).Version, directory.EditInput{Title: &title}); err != nil {
			t.Fatal(err)
		}
		_, err := h.link.Ask(t.Context(), amara, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: reason})
		wantKind(t, err, errs.Conflict, "changed")
		if m, ok := errors.AsType[*link.Moved](err); !ok || !contains(m.Changed, directory.FieldTitle) {
			t.Errorf("the error names %+v, want the title", m)
		}
		again, err := h.link.Draft(t.Context(), amara, d.PublicID)
		if err != nil || !contains(again.Changed, directory.FieldTitle) {
			t.Errorf("the draft opens with %v marked, %v", again.Changed, err)
		}
		row := h.ask(amara, stay, gone)
		if _, err := h.access.Assign(t.Context(), goran, access.AssignInput{UserID: gone.id, RoleKey: models.RoleHelpdesk, Reason: "needed at the desk"}); err != nil {
			t.Fatal(err)
		}
		_, err = h.link.Approve(t.Context(), goran, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Conflict, "changed")
		shown, err := h.link.Get(t.Context(), goran, row.PublicID)
		if err != nil || len(shown.Changed) == 0 || !strings.Contains(strings.Join(shown.Changed, " "), models.RoleHelpdesk) {
			t.Errorf("the approver is shown %v, %v; want the new role", shown.Changed, err)
		}
	})
}

// Two replicas merge A into B and B into A: one happens.
func TestMergeBothWaysAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		there := build(t, db, db.Replica(t))
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		a, b := h.add("A"), h.add("B")
		first := h.prepare(amara, a, b, nil)
		second := there.prepare(goran, b, a, nil)
		ask := func(h *house, by models.Actor, d link.Draft) (models.Link, error) {
			return h.link.Ask(t.Context(), by, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: reason})
		}
		var rows [2]models.Link
		var failed [2]error
		var wg sync.WaitGroup
		wg.Go(func() { rows[0], failed[0] = ask(h, amara, first) })
		wg.Go(func() { rows[1], failed[1] = ask(there, goran, second) })
		wg.Wait()
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Fatalf("asking both ways at once: %v and %v, want exactly one to win", failed[0], failed[1])
		}
		row, approver := rows[0], goran
		if failed[0] != nil {
			row, approver = rows[1], amara
		}
		var done [2]error
		wg.Go(func() { _, done[0] = h.link.Approve(t.Context(), approver, row.PublicID, row.PlanHash) })
		wg.Go(func() { _, done[1] = there.link.Approve(t.Context(), approver, row.PublicID, row.PlanHash) })
		wg.Wait()
		if (done[0] == nil) == (done[1] == nil) {
			t.Fatalf("approving twice at once: %v and %v, want exactly one to win", done[0], done[1])
		}
		removed := 0
		for _, p := range []person{a, b} {
			if h.get(p).Status == models.Removed {
				removed++
			}
		}
		if removed != 1 || len(h.events(models.LinkMerge)) != 1 {
			t.Errorf("%d records are removed by %d merges, want 1 and 1", removed, len(h.events(models.LinkMerge)))
		}
	})
}

// The last admin is not merged away.
func TestLastAdminIsNotMergedAway(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		last := h.add("Last", models.RoleAdmin)
		stay := h.add("Stay")
		custom := h.as(h.add("Clerk"))
		custom.Can = models.AllPermissions
		row := h.ask(custom, stay, last)
		clerk := h.add("Second clerk")
		second := h.as(clerk)
		second.Can = models.AllPermissions
		h.give(custom.UserID, access.LoadRow{RoleKey: h.linker()})
		_, err := h.link.Approve(t.Context(), second, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Conflict, "Nobody could administer")
		if h.get(last).Status != models.Active {
			t.Error("the last admin was merged away")
		}
	})
}

// linker makes a role that may link people, and nothing else.
func (h *house) linker() string {
	h.t.Helper()
	role, err := h.access.CreateRole(h.t.Context(), h.system(), access.RoleInput{
		Name: "Linker", Application: models.ConsoleApplication, Sentence: "Links people", Permissions: []string{"rollcall/links.edit"}, Reason: "for the test of it",
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return role.Key
}

// Managers never close a circle through a merge.
func TestManagersOfMergedPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		gone := h.add("Gone")
		middle := h.load(directory.NewRecord{DisplayName: "Middle", Manager: gone.publicID})
		stay := h.load(directory.NewRecord{DisplayName: "Stay", Manager: middle.publicID, Identities: []directory.NewIdentity{{Provider: "p", Issuer: issuer, Subject: "stay"}}})
		h.merge(amara, goran, stay, gone)
		if m := h.get(stay).Manager; !m.IsZero() {
			t.Errorf("who stays reports to %s, who reports to them", m.Name)
		}
		if m := h.get(middle).Manager; m.ID != stay.id {
			t.Errorf("the report has %s as manager", m.Name)
		}
	})
}

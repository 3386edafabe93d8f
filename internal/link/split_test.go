package link_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// world is everything about people that a merge may touch, as it is stored,
// without what only ever rises.
type world struct {
	Users       []models.User
	Values      []models.UserAttribute
	Identities  []models.Identity
	Tokens      []models.UserToken
	Assignments []models.Assignment
	Accounts    []models.Account
}

func (h *house) world(t testing.TB) world {
	t.Helper()
	var w world
	r := h.db.Read(h.tenant)
	for model, order := range map[any]string{&w.Users: "id", &w.Values: "user_id, attribute", &w.Identities: "id", &w.Tokens: "user_id, token", &w.Assignments: "id", &w.Accounts: "id"} {
		if err := r.Select(model).OrderExpr(order).Limit(10_000).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range w.Users {
		u := &w.Users[i]
		u.Version, u.UpdatedAt, u.UpdatedBy, u.AccessEpoch = 0, 0, "", 0
	}
	return w
}

// Merge and split is the identity, for any two people.
func TestSplitUndoesMerge(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		for _, d := range []directory.Definition{{Key: "badge", Label: "Badge", Kind: models.AttributeText}, {Key: "site", Label: "Site", Kind: models.AttributeText}} {
			if err := h.people.DefineAttribute(t.Context(), h.system(), d); err != nil {
				t.Fatal(err)
			}
		}
		systems := []int64{h.connector("ledger"), h.connector("warehouse")}
		boss := h.add("Boss")
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			g := generator{rt, h, n, boss, systems}
			stay, gone := g.person("stay"), g.person("gone")
			g.reports(stay, gone)
			before := h.world(t)
			g.merge(amara, goran, stay, gone)
			if rapid.Bool().Draw(rt, "time passes") {
				db.Clock.Advance(time.Duration(rapid.IntRange(1, 3600).Draw(rt, "seconds")) * time.Second)
			}
			row, err := h.link.Of(t.Context(), h.tenant, gone.id)
			if err != nil || row.Into == nil {
				rt.Fatalf("no merge to take apart: %v", err)
			}
			preview, err := h.link.PreviewSplit(t.Context(), goran, row.Into.PublicID)
			if err != nil {
				rt.Fatalf("PreviewSplit: %v", err)
			}
			done, err := h.link.Split(t.Context(), goran, row.Into.PublicID, "it was another person after all")
			if err != nil {
				rt.Fatalf("Split: %v", err)
			}
			if diff := gocmp.Diff(preview, done); diff != "" {
				rt.Errorf("the preview said otherwise (-preview +done):\n%s", diff)
			}
			if diff := gocmp.Diff(before, h.world(t)); diff != "" {
				rt.Fatalf("merge and split changed the world (-before +after):\n%s", diff)
			}
		})
	})
}

// generator draws people.
type generator struct {
	*rapid.T
	h       *house
	n       int
	boss    person
	systems []int64
}

func (g generator) maybe(what string, values ...string) string {
	return rapid.SampledFrom(append([]string{""}, values...)).Draw(g.T, what)
}

func (g generator) person(who string) person {
	r := directory.NewRecord{
		DisplayName: rapid.SampledFrom([]string{"Björn Sato", "B. Sato", "Sato Björn-Erik"}).Draw(g.T, who+" name"),
		GivenName:   g.maybe(who+" given", "Björn"), FamilyName: g.maybe(who+" family", "Sato", "Satō"),
		Username: fmt.Sprintf("%s%d", who, g.n), Email: g.maybe(who+" mail", "b@x.example", "c@x.example"),
		Phone: g.maybe(who+" phone", "+44 1", "+44 2"), ExternalID: g.maybe(who+" id", "HR-1", "HR-2"), Title: g.maybe(who+" title", "Analyst"),
		Department: g.maybe(who+" department", "Treasury", "Finance"), External: rapid.Bool().Draw(g.T, who+" external"),
		Owned: rapid.Bool().Draw(g.T, who+" owned"), LastSignInAt: models.Instant(rapid.IntRange(0, 1000).Draw(g.T, who+" last")),
		Attributes: map[string]string{"badge": g.maybe(who+" badge", "1", "2"), "site": g.maybe(who+" site", "Oslo")},
	}
	if rapid.Bool().Draw(g.T, who+" managed") {
		r.Manager = g.boss.publicID
	}
	if rapid.IntRange(0, 3).Draw(g.T, who+" leaves") == 0 {
		r.Status, r.LeavingAt = models.Leaving, models.At(dbtest.Start.Add(90*24*time.Hour))
	} else if who == "gone" && rapid.IntRange(0, 3).Draw(g.T, who+" invited") == 0 {
		r.Status, r.PendingSince = models.Invited, 7
	}
	for i := range rapid.IntRange(0, 2).Draw(g.T, who+" identities") {
		r.Identities = append(r.Identities, directory.NewIdentity{Provider: []string{"p", "q"}[i], Issuer: issuer, Subject: fmt.Sprintf("%s-%d-%d", who, g.n, i)})
	}
	p := g.h.load(r)
	g.roles(who, p)
	for i, s := range g.systems {
		if rapid.Bool().Draw(g.T, fmt.Sprintf("%s account %d", who, i)) {
			g.h.account(s, p.id, fmt.Sprintf("%s%d-%d", who, g.n, i))
		}
	}
	return p
}

func (g generator) roles(who string, p person) {
	for _, key := range []string{models.RoleHelpdesk, models.RoleAuditor, models.RoleEmployee} {
		for _, source := range []models.Source{models.SourceDirect, models.SourceClaim} {
			if rapid.IntRange(0, 2).Draw(g.T, who+" "+key+" "+string(source)) > 0 {
				continue
			}
			row := access.LoadRow{
				RoleKey: key, Source: source, Reason: g.maybe(who+" reason", "for the quarter"), GrantedBy: rapid.SampledFrom([]string{"Priya", "Ilse"}).Draw(g.T, who+" by"),
				From:      models.At(dbtest.Start.Add(time.Duration(rapid.IntRange(-9, 9).Draw(g.T, who+" from")) * 24 * time.Hour)),
				CreatedAt: models.At(dbtest.Start.Add(-20 * 24 * time.Hour)),
			}
			if source == models.SourceClaim {
				row.SourceRef = "z/groups=" + key
			}
			if rapid.Bool().Draw(g.T, who+" ends") {
				row.Until = models.At(dbtest.Start.Add(time.Duration(rapid.IntRange(10, 40).Draw(g.T, who+" until")) * 24 * time.Hour))
			}
			g.h.give(p.id, row)
		}
	}
}

func (g generator) reports(managers ...person) {
	for i, m := range managers {
		for j := range rapid.IntRange(0, 2).Draw(g.T, fmt.Sprintf("reports of %d", i)) {
			g.h.load(directory.NewRecord{DisplayName: fmt.Sprintf("Report %d-%d-%d", g.n, i, j), Manager: m.publicID})
		}
	}
}

// merge chooses at random what the form offers.
func (g generator) merge(amara, goran models.Actor, stay, gone person) {
	ctx := context.Background()
	d, err := g.h.link.Begin(ctx, amara, stay.publicID, gone.publicID)
	if err != nil {
		g.Fatalf("Begin: %v", err)
	}
	picks := map[string]link.Pick{}
	for _, f := range d.Plan.Fields {
		picks[f.Name] = rapid.SampledFrom([]link.Pick{link.PickStay, link.PickGo}).Draw(g.T, "pick "+f.Name)
	}
	if d, err = g.h.link.Choose(ctx, amara, d.PublicID, d.Plan.Facts, picks); err != nil {
		g.Fatalf("Choose: %v", err)
	}
	var keep []int64
	for _, r := range d.Plan.Roles {
		if rapid.Bool().Draw(g.T, "keep "+r.Key) {
			keep = append(keep, r.AssignmentID)
		}
	}
	if d, err = g.h.link.ChooseRoles(ctx, amara, d.PublicID, d.Plan.Facts, keep); err != nil {
		g.Fatalf("ChooseRoles: %v", err)
	}
	row, err := g.h.link.Ask(ctx, amara, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: reason})
	if err != nil {
		g.Fatalf("Ask: %v", err)
	}
	if _, err := g.h.link.Approve(ctx, goran, row.PublicID, row.PlanHash); err != nil {
		g.Fatalf("Approve: %v", err)
	}
}

// What somebody changed after the merge stays with the survivor and is said.
func TestSplitKeepsWhatChangedSince(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		stay, gone := h.add("Stay"), h.add("Gone", models.RoleHelpdesk, models.RoleAuditor)
		report := h.load(directory.NewRecord{DisplayName: "Report", Manager: gone.publicID})
		account := h.account(h.connector("ledger"), gone.id, "gone")
		d := h.prepare(amara, stay, gone, map[string]link.Pick{directory.FieldEmail: link.PickGo, directory.FieldUsername: link.PickGo}, models.RoleHelpdesk)
		row, err := h.link.Ask(t.Context(), amara, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: reason})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.link.Approve(t.Context(), goran, row.PublicID, row.PlanHash); err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(24 * time.Hour)
		title, mail, none := "Director", "new@northwind.example", ""
		if _, err := h.people.Edit(t.Context(), goran, stay.publicID, h.get(stay).Version, directory.EditInput{Title: &title, Email: &mail}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.people.Edit(t.Context(), goran, report.publicID, h.get(report).Version, directory.EditInput{Manager: &none}); err != nil {
			t.Fatal(err)
		}
		held, err := h.access.Held(t.Context(), h.tenant, stay.id)
		if err != nil || len(held) != 1 {
			t.Fatalf("held %v, %v", held, err)
		}
		if _, err := h.access.Unassign(t.Context(), goran, held[0].Paths[0].AssignmentID, "not needed any more"); err != nil {
			t.Fatal(err)
		}
		h.change(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Raw("UPDATE accounts SET user_id = 0 WHERE tenant_id = ?tenant AND id = ?", account).Exec(ctx)
			return err
		})
		token := h.signIn(stay, "203.0.113.9")
		done, err := h.link.Split(t.Context(), goran, row.PublicID, "it was another person after all")
		if err != nil {
			t.Fatal(err)
		}
		got := []any{done.Fields, done.KeptFields, done.Roles, done.EndedRoles, done.Identities, done.Accounts, done.LostAccts, done.Reports, done.Kept}
		want := []any{[]string{"Username"}, []string{"Email", "Title"}, []string{"Auditor"}, []string{"Helpdesk"}, 1, 0, 1, 0, 1}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("what was done (-want +got):\n%s", diff)
		}
		after := h.get(stay)
		if after.Title != title || after.Email != mail || after.Username != "stay" {
			t.Errorf("who stays has %q, %q, %q", after.Title, after.Email, after.Username)
		}
		if roles := h.roles(gone); roles != models.RoleAuditor {
			t.Errorf("who comes back holds %q", roles)
		}
		if _, err := h.sessions.Find(t.Context(), token); err != nil {
			t.Errorf("the survivor's own session ended: %v", err)
		}
		if cases := h.links(models.LinkUnlinked); len(cases) != 1 {
			t.Errorf("%d cases are Unlinked, want 1", len(cases))
		}
		if _, err := h.link.Split(t.Context(), goran, row.PublicID, reason); !errs.Is(err, errs.Conflict) {
			t.Errorf("taking it apart twice: %v", err)
		}
	})
}

func TestSplitHasATime(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		row := h.merge(amara, goran, h.add("Stay"), h.add("Gone"))
		db.Clock.Advance(link.SplitTime - time.Second)
		if _, err := h.link.PreviewSplit(t.Context(), goran, row.PublicID); err != nil {
			t.Errorf("on the last day: %v", err)
		}
		db.Clock.Advance(time.Second)
		_, err := h.link.Split(t.Context(), goran, row.PublicID, reason)
		wantKind(t, err, errs.Conflict, "cannot be split automatically")
		if err := h.link.Sweep(t.Context(), h.tenant); err != nil {
			t.Fatal(err)
		}
		n, err := h.db.Read(h.tenant).Select((*models.LinkSnapshot)(nil)).Count(t.Context())
		if err != nil || n != 0 {
			t.Errorf("%d snapshots are kept after their time, %v", n, err)
		}
		shown, err := h.link.Get(t.Context(), goran, row.PublicID)
		if err != nil || shown.Plan != nil || shown.Splittable {
			t.Errorf("the comparison is still kept: %+v, %v", shown, err)
		}
	})
}

// A survivor who was merged on is taken apart in the order of the merges.
func TestSplitInOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		a, b, c := h.add("A"), h.add("B"), h.add("C")
		first := h.merge(amara, goran, b, c)
		second := h.merge(amara, goran, a, b)
		_, err := h.link.Split(t.Context(), goran, first.PublicID, reason)
		wantKind(t, err, errs.Conflict, "merged into A since")
		for _, row := range []models.Link{second, first} {
			if _, err := h.link.Split(t.Context(), goran, row.PublicID, reason); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range []person{a, b, c} {
			if got := h.get(p); got.Status != models.Active || len(got.Identities) != 1 {
				t.Errorf("%s is %s with %d identities", p.name, got.Status, len(got.Identities))
			}
		}
	})
}

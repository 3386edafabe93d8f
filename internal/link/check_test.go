package link_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func (h *house) check() {
	h.t.Helper()
	if err := h.link.CheckNow(h.t.Context(), h.tenant); err != nil {
		h.t.Fatalf("CheckNow: %v", err)
	}
}

// suggestions gives what is suggested as "a + b: words", in the list's order.
func (h *house) suggestions() []string {
	var all []string
	for _, c := range h.links(models.LinkSuggested) {
		other := c.B.Name
		if c.Kind == models.LinkAccount {
			other = c.System + "/" + c.Account.Username
		}
		all = append(all, c.A.Name+" + "+other+": "+c.Words)
	}
	return all
}

func TestWhatIsSuggested(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		boss := h.add("Boss")
		team := func(name, user string, r directory.NewRecord) directory.NewRecord {
			r.DisplayName, r.Username, r.Department, r.Manager = name, user, "Treasury", boss.publicID
			return r
		}
		verified := func(provider, subject, email string, ok bool) []directory.NewIdentity {
			return []directory.NewIdentity{{Provider: provider, Issuer: "https://" + provider, Subject: subject, Email: email, EmailVerified: ok}}
		}
		h.load(team("Same HR One", "a1", directory.NewRecord{ExternalID: "HR-1"}))
		h.load(directory.NewRecord{DisplayName: "Same HR Two", Username: "a2", ExternalID: "HR-1", Department: "Sales"})
		h.load(directory.NewRecord{DisplayName: "Mail One", Email: "Mail@x.example", Identities: verified("p", "m1", "mail@x.example", true)})
		h.load(directory.NewRecord{DisplayName: "Mail Two", Email: "mail@X.example", Identities: verified("q", "m2", "mail@x.example", true)})
		h.load(directory.NewRecord{DisplayName: "Doubt One", Email: "doubt@x.example", Identities: verified("p", "d1", "doubt@x.example", true)})
		h.load(directory.NewRecord{DisplayName: "Doubt Two", Email: "doubt@x.example", Identities: verified("q", "d2", "doubt@x.example", false)})
		h.load(team("Björn Sato", "b1", directory.NewRecord{}))
		h.load(team("Bjorn  Sato", "b2", directory.NewRecord{}))
		h.load(directory.NewRecord{DisplayName: "Only Name", Username: "n1", Department: "Sales"})
		h.load(directory.NewRecord{DisplayName: "Only Name", Username: "n2", Department: "Treasury"})
		h.load(team("Two People", "t1", directory.NewRecord{ExternalID: "HR-7"}))
		h.load(team("Two People", "t2", directory.NewRecord{ExternalID: "HR-8"}))
		h.load(directory.NewRecord{DisplayName: "Gone One", ExternalID: "HR-9", Status: models.Deactivated})
		h.load(directory.NewRecord{DisplayName: "Gone Two", ExternalID: "HR-9"})
		for i := range 12 { // a value many share says nothing
			h.load(directory.NewRecord{DisplayName: fmt.Sprintf("Desk %d", i), Email: "desk@x.example"})
		}
		h.check()
		want := []string{
			"Same HR One + Same HR Two: Strong: same employee ID",
			"Mail One + Mail Two: Likely: same e-mail address, verified for both by Keycloak and Entra",
			"Doubt One + Doubt Two: Possible: same e-mail address",
			"Björn Sato + Bjorn  Sato: Possible: same name, department and manager",
		}
		got := h.suggestions()
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], "Bjorn Sato", "Bjorn  Sato")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("suggestions (-want +got):\n%s", diff)
		}
		last, err := h.link.LastCheck(t.Context(), h.tenant)
		if err != nil || last.People != 27 || last.At == 0 || last.Running {
			t.Errorf("LastCheck is %+v, %v; want 27 people, at rest", last, err)
		}
		for _, c := range h.links(models.LinkSuggested) {
			if c.A.Name == "Doubt One" && !c.Facts.Only() {
				t.Error("an equal e-mail address is not said to be all there is")
			}
		}
		if n := len(h.events(models.LinkSuggest)); n != 4 {
			t.Errorf("%d events about suggestions, want 4", n)
		}
	})
}

func TestEvidenceAgainst(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		err := h.people.DefineAttribute(t.Context(), h.system(), directory.Definition{Key: "birth_date", Label: "Born", Kind: models.AttributeDate, Masked: true})
		if err != nil {
			t.Fatal(err)
		}
		one := h.load(directory.NewRecord{
			DisplayName: "One", ExternalID: "HR-1", Department: "Finance", Attributes: map[string]string{"birth_date": "1980-01-02"},
			Identities: []directory.NewIdentity{{Provider: "p", Issuer: issuer, Subject: "one"}},
		})
		two := h.load(directory.NewRecord{
			DisplayName: "Two", ExternalID: "HR-1", Department: "Sales", Attributes: map[string]string{"birth_date": "1991-01-02"},
			Identities: []directory.NewIdentity{{Provider: "p", Issuer: issuer, Subject: "two"}},
		})
		h.load(directory.NewRecord{DisplayName: "Below one", Manager: one.publicID})
		h.load(directory.NewRecord{DisplayName: "Below two", Manager: two.publicID})
		h.signIn(one, "203.0.113.9")
		h.signIn(two, "198.51.100.7")
		h.check()
		cases := h.links(models.LinkSuggested)
		if len(cases) != 1 {
			t.Fatalf("%d suggestions, want 1", len(cases))
		}
		var got []link.Sign
		for _, f := range cases[0].Facts.Against {
			got = append(got, f.Sign)
			if strings.Contains(f.Text, "19") {
				t.Errorf("%q tells the value of a masked attribute", f.Text)
			}
		}
		want := []link.Sign{link.OtherBirthYear, link.OtherDepartment, link.BothLead, link.ActiveApart}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("against (-want +got):\n%s", diff)
		}
	})
}

// A decision holds until what speaks for the pair changes.
func TestRejectedIsNotSuggestedAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		admin := h.as(h.add("Amara", models.RoleAdmin))
		one := h.load(directory.NewRecord{DisplayName: "One", ExternalID: "HR-1"})
		h.load(directory.NewRecord{DisplayName: "Two", ExternalID: "HR-1"})
		h.check()
		if _, err := h.link.Reject(t.Context(), admin, h.links(models.LinkSuggested)[0].PublicID, "two brothers share the card"); err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(time.Hour)
		h.check()
		if n := len(h.links(models.LinkSuggested)); n != 0 {
			t.Fatalf("a rejected pair is suggested again with the same evidence")
		}
		same := "HR-2"
		for _, p := range h.links(models.LinkRejected)[0:1] {
			for _, ref := range []directory.PersonRef{p.A, p.B} {
				got := h.get(person{id: ref.ID})
				if _, err := h.people.Edit(t.Context(), admin, ref.PublicID, got.Version, directory.EditInput{ExternalID: &same}); err != nil {
					t.Fatal(err)
				}
			}
		}
		db.Clock.Advance(time.Minute)
		h.check()
		if n := len(h.links(models.LinkSuggested)); n != 1 {
			t.Errorf("%d suggestions after the evidence changed, want 1", n)
		}
		got := h.get(one)
		none := ""
		if _, err := h.people.Edit(t.Context(), admin, one.publicID, got.Version, directory.EditInput{ExternalID: &none}); err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(time.Minute)
		h.check()
		if n := len(h.links(models.LinkSuggested)); n != 0 {
			t.Errorf("%d suggestions after the evidence went, want 0", n)
		}
		if n := len(h.events(models.LinkWithdraw)); n != 1 {
			t.Errorf("%d events of withdrawal, want 1", n)
		}
	})
}

// Between two passes whoever changed is looked at, and only they.
func TestNewsAreLookedAt(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		admin := h.as(h.add("Amara", models.RoleAdmin))
		h.load(directory.NewRecord{DisplayName: "One", ExternalID: "HR-1"})
		h.check()
		db.Clock.Advance(10 * time.Minute)
		if _, err := h.people.Create(t.Context(), admin, directory.NewPerson{DisplayName: "Two", ExternalID: "HR-1"}); err != nil {
			t.Fatal(err)
		}
		h.load(directory.NewRecord{DisplayName: "Past the log", ExternalID: "HR-1"})
		before, _ := h.link.LastCheck(t.Context(), h.tenant)
		if err := h.link.Check(t.Context(), h.tenant, time.Minute); err != nil {
			t.Fatal(err)
		}
		after, _ := h.link.LastCheck(t.Context(), h.tenant)
		if before.At != after.At {
			t.Error("a second pass began on the same day")
		}
		if got := len(h.suggestions()); got != 2 {
			t.Errorf("%d suggestions from news, want the 2 the new person is in: %v", got, h.suggestions())
		}
		db.Clock.Advance(24 * time.Hour)
		if err := h.link.Check(t.Context(), h.tenant, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := len(h.suggestions()); got != 3 {
			t.Errorf("%d suggestions after the daily pass, want 3", got)
		}
	})
}

// One replica at a time looks; a lease that ran out is taken over, and the work
// goes on where it stopped.
func TestCheckIsLeased(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		there := build(t, db, db.Replica(t))
		h.load(directory.NewRecord{DisplayName: "One", ExternalID: "HR-1"})
		h.load(directory.NewRecord{DisplayName: "Two", ExternalID: "HR-1"})
		h.check()
		h.change(func(ctx context.Context, tx *store.Tx) error { // as if another process were in the middle of the second walk
			_, err := tx.Raw("UPDATE link_checks SET lease_until = ?, phase = 'email', cursor_key = 'm', lease_token = 'theirs' WHERE tenant_id = ?tenant", tx.Now.Add(time.Minute)).Exec(ctx)
			return err
		})
		if err := there.link.Check(t.Context(), h.tenant, time.Minute); err != nil {
			t.Fatal(err)
		}
		if last, _ := h.link.LastCheck(t.Context(), h.tenant); !last.Running {
			t.Fatal("a second replica worked under the lease of the first")
		}
		db.Clock.Advance(2 * time.Minute)
		if err := there.link.Check(t.Context(), h.tenant, time.Minute); err != nil {
			t.Fatal(err)
		}
		if last, _ := h.link.LastCheck(t.Context(), h.tenant); last.Running {
			t.Error("the pass was not brought to its end")
		}
	})
}

// Who asks for a pass now gets one: another process that is at it is waited for,
// and the pass begins anew, since what changed a moment ago may lie behind it.
func TestCheckNowWaitsForTheOthers(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		h.check()
		h.load(directory.NewRecord{DisplayName: "One", ExternalID: "HR-1"})
		h.load(directory.NewRecord{DisplayName: "Two", ExternalID: "HR-1"})
		lease := func(until models.Instant) {
			h.change(func(ctx context.Context, tx *store.Tx) error { // the walk by employee ID lies behind it
				_, err := tx.Raw("UPDATE link_checks SET lease_until = ?, phase = 'name', cursor_key = 'm', lease_token = 'theirs' WHERE tenant_id = ?tenant", until).Exec(ctx)
				return err
			})
		}
		lease(db.Store.Now().Add(time.Minute))
		ended := make(chan error)
		go func() { ended <- h.link.CheckNow(t.Context(), h.tenant) }()
		select {
		case err := <-ended:
			t.Fatalf("it did not wait: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
		lease(0)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if found := h.links(models.LinkSuggested); len(found) != 1 {
			t.Errorf("%d suggestions, want 1", len(found))
		}
	})
}

func TestOrphanAccounts(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		admin := h.as(h.add("Amara", models.RoleAdmin))
		elif := h.load(directory.NewRecord{DisplayName: "Elif Kaya", Email: "elif@northwind.example"})
		twin := directory.NewRecord{DisplayName: "Twin", Email: "twin@northwind.example"}
		h.load(twin)
		h.load(twin)
		ledger := h.connector("ledger")
		account := h.account(ledger, 0, "elif")
		h.account(ledger, 0, "twin")   // two people have this address: it names nobody
		h.account(ledger, 0, "nobody") // nobody has
		h.check()
		var got []link.Case
		for _, c := range h.links(models.LinkSuggested) {
			if c.Kind == models.LinkAccount {
				got = append(got, c)
			}
		}
		if len(got) != 1 || got[0].A.ID != elif.id || got[0].AccountID != account {
			t.Fatalf("suggested are %v, want the account of Elif alone", h.suggestions())
		}
		if _, err := h.link.LinkAccount(t.Context(), admin, got[0].PublicID, reason); err != nil {
			t.Fatal(err)
		}
		if owner := h.owner(account); owner != elif.id {
			t.Errorf("the account belongs to %d, want %d", owner, elif.id)
		}
		if _, err := h.link.UnlinkAccount(t.Context(), admin, got[0].PublicID, "it was another Elif"); err != nil {
			t.Fatal(err)
		}
		if owner := h.owner(account); owner != 0 {
			t.Errorf("the account belongs to %d after unlinking", owner)
		}
		h.check()
		if n := len(h.links(models.LinkUnlinked)); n != 1 {
			t.Errorf("an unlinked account is suggested again")
		}
	})
}

func (h *house) owner(account int64) int64 {
	h.t.Helper()
	var row models.Account
	if err := h.db.Read(h.tenant).Select(&row).Column("user_id").Where("ac.id = ?", account).Scan(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return row.UserID
}

func TestListPages(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		var records []directory.NewRecord
		for i := range 120 {
			records = append(records, directory.NewRecord{DisplayName: fmt.Sprintf("Person %03d", i), ExternalID: fmt.Sprintf("HR-%d", i/2)})
		}
		if _, err := h.people.Load(t.Context(), h.system(), records); err != nil {
			t.Fatal(err)
		}
		h.check()
		seen, after := map[string]bool{}, ""
		for pages := 1; ; pages++ {
			page, err := h.link.List(t.Context(), h.tenant, link.Filter{State: models.LinkSuggested, After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Rows {
				if seen[c.PublicID] {
					t.Fatalf("%s stands on two pages", c.PublicID)
				}
				seen[c.PublicID] = true
			}
			if after = page.Next; after == "" {
				if pages != 2 || len(seen) != 60 {
					t.Errorf("%d cases on %d pages, want 60 on 2", len(seen), pages)
				}
				break
			}
		}
		if _, err := h.link.List(t.Context(), h.tenant, link.Filter{State: models.LinkRejected, After: "c3VnZ2VzdGVkIDEgMQ"}); err == nil {
			t.Error("a place in one list is taken for one in another")
		}
	})
}

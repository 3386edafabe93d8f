package directory_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const issuer = "https://id.northwind.example"

func arrive(t *testing.T, db *dbtest.DB, e *directory.Engine, n directory.NewFromClaims) (u models.User, i models.Identity) {
	t.Helper()
	err := change(t, db, func(ctx context.Context, tx *store.Tx) error {
		var err error
		u, i, err = e.CreateFromClaims(ctx, tx, n)
		return err
	})
	if err != nil {
		t.Fatalf("CreateFromClaims: %v", err)
	}
	return u, i
}

func newIdentity(subject string) directory.NewIdentity {
	return directory.NewIdentity{Provider: "keycloak", Issuer: issuer, Subject: subject, Email: "amara@northwind.example", EmailVerified: true, How: "sign-in rule"}
}

func TestCreateFromClaims(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store, directory.WithSourceNames(map[string]string{"keycloak": "Keycloak"}))
		define(t, db, e, directory.Definition{Key: "cost", Label: "Cost", Kind: models.AttributeNumber})
		u, i := arrive(t, db, e, directory.NewFromClaims{
			Identity: newIdentity("s-1"), Status: models.Invited, Pending: true, Reason: "rule: domain",
			Claims: directory.Claims{
				DisplayName: ptr("Amara\x00 \u202EOkafor\n"), Email: ptr("Amara@northwind.example"), Title: ptr(strings.Repeat("t", 300)),
				Department: ptr("Finance"), Attributes: map[string]string{"cost": "12", "unknown": "x"},
			},
		})
		p, err := e.GetByID(t.Context(), db.Tenant, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if p.DisplayName != "Amara Okafor" || len(p.Title) != 255 || p.Department != "Finance" || p.Provider != "keycloak" ||
			p.Status != models.Invited || p.PendingSince != start || p.StatusReason != "rule: domain" {
			t.Errorf("person %+v", p)
		}
		want := directory.Sources{"display_name": "keycloak", "email": "keycloak", "title": "keycloak", "department": "keycloak"}
		if d := diff(want, p.Sources); d != "" {
			t.Errorf("sources (-want +got):\n%s", d)
		}
		if len(p.Identities) != 1 || p.Identities[0].ID != i.ID || !i.IsPrimary || i.LinkedAt != start || i.LinkedBy != "Test" {
			t.Errorf("identities %+v", p.Identities)
		}
		if a := p.Attributes[0]; a.Source != "keycloak" || a.Value.Own() != "12" {
			t.Errorf("attribute %+v = %q", a, a.Value.Own())
		}
		_, err = e.Edit(t.Context(), db.Actor(), p.PublicID, p.Version, directory.EditInput{
			Email: ptr("other@northwind.example"), DisplayName: ptr("Amara Okafor"), Department: ptr(""), Attributes: map[string]string{"cost": "13"},
		})
		for _, field := range []string{"email", "department", "attribute.cost"} {
			if got := fieldError(err, field); got != "Managed in Keycloak. Change it there." {
				t.Errorf("%s: %q", field, got)
			}
		}
		if fieldError(err, "display_name") != "" {
			t.Errorf("an unchanged field is refused: %v", err)
		}
	})
}

func TestCreateFromClaimsWithoutName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		for i, c := range []struct {
			claims directory.Claims
			want   string
		}{
			{directory.Claims{GivenName: ptr("Amara"), FamilyName: ptr("Okafor"), Username: ptr("ao")}, "Amara Okafor"},
			{directory.Claims{Username: ptr("ao"), Email: ptr("x@y.example")}, "ao"},
			{directory.Claims{DisplayName: ptr(" \u200B"), Email: ptr("amara@northwind.example")}, "amara"},
			{directory.Claims{Email: ptr("not an address")}, "Unnamed person"},
		} {
			u, _ := arrive(t, db, e, directory.NewFromClaims{Identity: newIdentity("s-" + string(rune('0'+i))), Claims: c.claims, Status: models.Active})
			if u.DisplayName != c.want || u.SortName != strings.ToLower(c.want) {
				t.Errorf("%d: name %q, sorted as %q; want %q", i, u.DisplayName, u.SortName, c.want)
			}
		}
	})
}

// A provider changes what it owns and fills what is empty; nothing else.
func TestApplyClaims(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		u, _ := arrive(t, db, e, directory.NewFromClaims{Identity: newIdentity("s-1"), Status: models.Active,
			Claims: directory.Claims{DisplayName: ptr("Amara"), Email: ptr("amara@northwind.example"), Title: ptr("Clerk")}})
		if _, err := e.Edit(t.Context(), db.Actor(), u.PublicID, 1, directory.EditInput{Username: ptr("ours")}); err != nil {
			t.Fatal(err)
		}
		apply := func(c directory.Claims, source string) (before, after map[string]any) {
			t.Helper()
			err := change(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				u, before, after, err = e.ApplyClaims(ctx, tx, u.ID, c, source)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return before, after
		}
		before, after := apply(directory.Claims{DisplayName: ptr("Amara Okafor"), Username: ptr("theirs"), Phone: ptr("123"), Title: ptr(""), Email: ptr("broken")}, "keycloak")
		if d := diff(map[string]any{"display_name": "Amara", "phone": "", "title": "Clerk"}, before) +
			diff(map[string]any{"display_name": "Amara Okafor", "phone": "123", "title": ""}, after); d != "" {
			t.Errorf("first (-want +got):\n%s", d)
		}
		if u.Username != "ours" || u.Email != "amara@northwind.example" || u.Version != 3 {
			t.Errorf("user %+v", u)
		}
		if before, after = apply(directory.Claims{DisplayName: ptr("Another"), Department: ptr("Legal")}, "entra"); len(after) != 1 || after["department"] != "Legal" {
			t.Errorf("another provider changed %v to %v", before, after)
		}
		version := u.Version
		if before, after = apply(directory.Claims{DisplayName: ptr("Amara Okafor"), Phone: ptr("123")}, "keycloak"); len(before)+len(after) != 0 || u.Version != version {
			t.Errorf("the same claims changed %v to %v, version %d", before, after, u.Version)
		}
		page, err := e.List(t.Context(), db.Tenant, directory.Query{Text: "okafor"})
		if err != nil || len(page.Rows) != 1 {
			t.Errorf("found by the new name: %d, %v", len(page.Rows), err)
		}
	})
}

// Issuer and subject are compared to the byte (OIDC-35), also where the
// database would take spaces at the end or capitals for nothing.
func TestIdentityKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		u, _ := arrive(t, db, e, directory.NewFromClaims{Identity: newIdentity("Subject"), Status: models.Active})
		got, i, err := e.FindIdentity(t.Context(), db.Tenant, issuer, "Subject")
		if err != nil || got.ID != u.ID || i.Subject != "Subject" {
			t.Fatalf("FindIdentity = %d %q, %v", got.ID, i.Subject, err)
		}
		for _, other := range [][2]string{
			{issuer, "subject"}, {issuer, "SUBJECT"}, {issuer, "Subject "}, {issuer, " Subject"}, {issuer, "Subject\t"}, {issuer, "Sübject"},
			{issuer + "/", "Subject"}, {issuer + " ", "Subject"}, {strings.ToUpper(issuer), "Subject"}, {"", "Subject"}, {issuer, ""},
		} {
			if got, _, err := e.FindIdentity(t.Context(), db.Tenant, other[0], other[1]); !errs.Is(err, errs.NotFound) {
				t.Errorf("%q at %q finds user %d, %v", other[1], other[0], got.ID, err)
			}
		}
		second, _ := arrive(t, db, e, directory.NewFromClaims{Identity: newIdentity("subject"), Status: models.Active})
		if second.ID == u.ID {
			t.Error("a subject in lower case is the same person")
		}
		if _, _, err := e.FindIdentity(t.Context(), other(t, db), issuer, "Subject"); !errs.Is(err, errs.NotFound) {
			t.Errorf("in another tenant: %v", err)
		}
		err = change(t, db, func(ctx context.Context, tx *store.Tx) error {
			holder, _, err := e.IdentityIn(ctx, tx, issuer, "subject")
			if holder.ID != second.ID {
				t.Errorf("IdentityIn = %d, want %d", holder.ID, second.ID)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestLinkIdentity(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara"})
		link := func(n directory.NewIdentity, user int64) (i models.Identity, err error) {
			n.UserID = user
			err = change(t, db, func(ctx context.Context, tx *store.Tx) error {
				i, err = e.LinkIdentity(ctx, tx, n)
				return err
			})
			return i, err
		}
		first, err := link(newIdentity("s-1"), p.ID)
		second, err2 := link(newIdentity("s-2"), p.ID)
		if err != nil || err2 != nil || !first.IsPrimary || second.IsPrimary {
			t.Fatalf("linked %+v %v, %+v %v", first, err, second, err2)
		}
		now, _ := e.GetByID(t.Context(), db.Tenant, p.ID)
		if now.Provider != "keycloak" || now.AccessEpoch != 2 || len(now.Identities) != 2 || now.Identities[0].ID != first.ID {
			t.Errorf("person %+v", now)
		}
		q := create(t, db, e, directory.NewPerson{DisplayName: "Bjorn"})
		if _, err := link(newIdentity("s-1"), q.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("linked to two people: %v", err)
		}
		if _, err := link(newIdentity("s-9"), 424242); !errs.Is(err, errs.NotFound) {
			t.Errorf("linked to nobody: %v", err)
		}
		for _, subject := range []string{"", "a\x00", "\xff", strings.Repeat("x", 256)} {
			if _, err := link(newIdentity(subject), q.ID); !errs.Is(err, errs.Invalid) {
				t.Errorf("linked to the subject %.20q: %v", subject, err)
			}
			if _, _, err := e.FindIdentity(t.Context(), db.Tenant, issuer, subject); !errs.Is(err, errs.NotFound) {
				t.Errorf("FindIdentity(%.20q): %v", subject, err)
			}
		}
		gone := load(t, db, e, directory.NewRecord{DisplayName: "Gone", Status: models.Removed})[0]
		if _, err := link(newIdentity("s-8"), gone.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("linked to somebody removed: %v", err)
		}
		db.Clock.Advance(day)
		err = change(t, db, func(ctx context.Context, tx *store.Tx) error {
			if err := e.RefreshIdentity(ctx, tx, first.ID, directory.NewIdentity{Email: "new@northwind.example", Username: "new"}); err != nil {
				return err
			}
			return e.TouchSignIn(ctx, tx, p.ID, first.ID)
		})
		now, _ = e.GetByID(t.Context(), db.Tenant, p.ID)
		if err != nil || now.LastSignInAt != start.Add(day) || now.Identities[0].LastSignInAt != start.Add(day) || now.Identities[1].LastSignInAt != 0 ||
			now.Identities[0].Email != "new@northwind.example" || now.Identities[0].EmailVerified || now.Version != 3 {
			t.Errorf("after a sign-in: %+v, %v", now, err)
		}
	})
}

func TestFindInvited(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		p, err := e.Invite(t.Context(), db.Actor(), directory.NewPerson{DisplayName: "Amara", Email: "Amara@Bücher.example"})
		if err != nil || p.Status != models.Invited {
			t.Fatalf("Invite = %s, %v", p.Status, err)
		}
		if ev := lastEvent(t, db, models.UserInvite); ev.TargetID != p.ID || object(t, ev.After)["status"] != "invited" {
			t.Errorf("event %+v", ev)
		}
		load(t, db, e,
			directory.NewRecord{DisplayName: "Pending", Email: "pending@x.example", Status: models.Invited, PendingSince: start},
			directory.NewRecord{DisplayName: "Active", Email: "active@x.example"},
			directory.NewRecord{DisplayName: "Twice", Email: "twice@x.example", Status: models.Invited},
			directory.NewRecord{DisplayName: "Twice", Email: "TWICE@x.example", Status: models.Invited},
		)
		for email, want := range map[string]bool{
			"amara@xn--bcher-kva.example": true, " AMARA@bücher.example": true, "pending@x.example": false, "active@x.example": false,
			"twice@x.example": false, "nobody@x.example": false, "": false, "amara": false,
		} {
			err := change(t, db, func(ctx context.Context, tx *store.Tx) error {
				u, found, err := e.FindInvited(ctx, tx, email)
				if found != want || found && u.ID != p.ID {
					t.Errorf("FindInvited(%q) = %d, %v", email, u.ID, found)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

package directory_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// given makes people of what a system says.
func given(t *testing.T, db *dbtest.DB, e *directory.Engine, all ...directory.NewGiven) (users []models.User) {
	t.Helper()
	err := change(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		users, err = e.CreateGiven(ctx, tx, all)
		return err
	})
	if err != nil {
		t.Fatalf("CreateGiven: %v", err)
	}
	return users
}

func own(text string) directory.GivenValue { return directory.GivenValue{Text: text, Own: true} }

func TestCreateGiven(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		define(t, db, e, directory.Definition{Key: "cost", Label: "Cost", Kind: models.AttributeNumber})
		var all []directory.NewGiven
		for i := range 600 {
			all = append(all, directory.NewGiven{
				Identity: newIdentity(fmt.Sprintf("s-%d", i)), Status: models.Active, Reason: "Created by the sync",
				Values: map[string]directory.GivenValue{
					"display_name": own(fmt.Sprintf("Person %d", i)), "username": {Text: fmt.Sprintf("p%d", i)}, "department": own("Finance"),
					"attribute.cost": own("12"), "email": own("no address"), "nonsense": own("x"),
				},
			})
		}
		all[599].Values = nil
		users := given(t, db, e, all...)
		p, err := e.GetByID(t.Context(), db.Tenant, users[7].ID)
		if err != nil || p.DisplayName != "Person 7" || p.Username != "p7" || p.Department != "Finance" || p.Provider != "keycloak" ||
			p.Status != models.Active || p.Email != "" || len(p.Identities) != 1 || !p.Identities[0].IsPrimary || p.Identities[0].Subject != "s-7" {
			t.Errorf("%+v, %v", p, err)
		}
		if d := diff(directory.Sources{"display_name": "keycloak", "department": "keycloak"}, p.Sources); d != "" {
			t.Errorf("sources (-want +got):\n%s", d)
		}
		if a := p.Attributes[0]; a.Source != "keycloak" || a.Value.Own() != "12" {
			t.Errorf("attribute %+v", a)
		}
		page, err := e.List(t.Context(), db.Tenant, directory.Query{Text: "p598"})
		if err != nil || len(page.Rows) != 1 {
			t.Errorf("found by the username: %d, %v", len(page.Rows), err)
		}
		if users[599].DisplayName == "" {
			t.Error("somebody has no name")
		}
		err = change(t, db, func(ctx context.Context, tx *store.Tx) error {
			_, err := e.CreateGiven(ctx, tx, all[3:4])
			return err
		})
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("the same identity again: %v", err)
		}
	})
}

// What is taken is exactly what was given: nothing else of a person moves, and
// nobody who is not changed is written.
func TestTake(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		define(t, db, e, directory.Definition{Key: "cost", Label: "Cost", Kind: models.AttributeNumber})
		var all []directory.NewGiven
		for i := range 5 {
			all = append(all, directory.NewGiven{Identity: newIdentity(fmt.Sprintf("s-%d", i)), Status: models.Active, Values: map[string]directory.GivenValue{
				"display_name": own(fmt.Sprintf("Person %d", i)), "title": {Text: "Clerk"}, "department": own("Finance"), "attribute.cost": {Text: "1"},
			}})
		}
		users := given(t, db, e, all...)
		setStatus(t, db, e, users[4].ID, directory.StatusChange{To: models.Deactivated})
		setStatus(t, db, e, users[4].ID, directory.StatusChange{To: models.Removed})
		take := func(g ...directory.Given) (taken []directory.Taken) {
			t.Helper()
			err := change(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				taken, err = e.Take(ctx, tx, g)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return taken
		}
		to := func(user int, values map[string]directory.GivenValue) directory.Given {
			return directory.Given{UserID: users[user].ID, Source: "keycloak", Values: values}
		}
		taken := take(
			to(0, map[string]directory.GivenValue{"display_name": own("Amara \u202EOkafor"), "department": own("finance"), "email": own("broken"), "title": {Text: "Chief", OnlyEmpty: true}}),
			to(1, map[string]directory.GivenValue{"display_name": own("Person 1"), "title": own("Clerk")}),
			to(2, map[string]directory.GivenValue{"department": own("Legal"), "attribute.cost": own("2"), "attribute.none": own("2")}),
			to(3, map[string]directory.GivenValue{"department": own("Finance"), "attribute.cost": own("much")}),
			to(4, map[string]directory.GivenValue{"display_name": own("Ghost")}),
			directory.Given{UserID: 999_999, Values: map[string]directory.GivenValue{"title": own("x")}},
		)
		if len(taken) != 3 {
			t.Fatalf("%d were changed: %+v", len(taken), taken)
		}
		if d := diff(map[string]any{"display_name": "Person 0"}, taken[0].Before) + diff(map[string]any{"display_name": "Amara Okafor"}, taken[0].After); d != "" {
			t.Errorf("first (-want +got):\n%s", d)
		}
		if d := diff(map[string]any{"field_sources": `{"department":"keycloak","display_name":"keycloak","title":"keycloak"}`}, taken[1].After); d != "" {
			t.Errorf("an owner that changes (-want +got):\n%s", d)
		}
		if d := diff(map[string]any{"department": "Legal", "attribute.cost": "2"}, taken[2].After); d != "" {
			t.Errorf("third (-want +got):\n%s", d)
		}
		p, err := e.GetByID(t.Context(), db.Tenant, users[2].ID)
		if err != nil || p.Department != "Legal" || p.Attributes[0].Value.Own() != "2" || p.Attributes[0].Source != "keycloak" || p.Version != 2 || p.Title != "Clerk" {
			t.Errorf("%+v, %v", p, err)
		}
		if page, err := e.List(t.Context(), db.Tenant, directory.Query{Text: "okafor"}); err != nil || len(page.Rows) != 1 || !strings.HasPrefix(page.Rows[0].DisplayName, "Amara") {
			t.Errorf("found by the new name: %+v, %v", page.Rows, err)
		}
		if page, err := e.List(t.Context(), db.Tenant, directory.Query{Text: "person"}); err != nil || len(page.Rows) != 4 {
			t.Errorf("%d found by the old name, want 4: %v", len(page.Rows), err)
		}
		if again := take(to(0, map[string]directory.GivenValue{"display_name": own("Amara Okafor")})); len(again) != 0 {
			t.Errorf("the same again changes %+v", again)
		}
	})
}

// heard keeps what a follower was told.
type heard struct{ changes []directory.Changed }

func (h *heard) PeopleChanged(_ context.Context, _ *store.Tx, changes []directory.Changed) error {
	h.changes = append(h.changes, changes...)
	return nil
}

// A follower hears of everything that changes a person, with where it came from.
func TestFollow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		h := new(heard)
		e.Follow(h)
		u := given(t, db, e, directory.NewGiven{Identity: newIdentity("s-1"), Status: models.Active, Values: map[string]directory.GivenValue{"display_name": own("Amara")}})[0]
		if len(h.changes) != 0 {
			t.Fatalf("somebody new is a change: %+v", h.changes)
		}
		if _, err := e.Edit(t.Context(), db.Actor(), u.PublicID, 1, directory.EditInput{Title: ptr("Clerk")}); err != nil {
			t.Fatal(err)
		}
		setStatus(t, db, e, u.ID, directory.StatusChange{To: models.Suspended})
		err := change(t, db, func(ctx context.Context, tx *store.Tx) error {
			if _, _, _, err := e.ApplyClaims(ctx, tx, u.ID, directory.Claims{DisplayName: ptr("Amara Okafor")}, "keycloak"); err != nil {
				return err
			}
			_, err := e.Take(ctx, tx, []directory.Given{{UserID: u.ID, Source: "hr", Values: map[string]directory.GivenValue{"department": {Text: "Legal"}}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range h.changes {
			got = append(got, strings.Join(c.Fields, ",")+" of "+c.Source+" at "+fmt.Sprint(c.User.Version))
		}
		want := []string{"title of  at 2", "status of  at 3", "display_name of keycloak at 4", "department of hr at 5"}
		if d := diff(want, got); d != "" {
			t.Errorf("heard (-want +got):\n%s", d)
		}
	})
}

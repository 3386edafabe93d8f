package directory_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// Another tenant's people are not there: not to read, not to change, not as a manager.
func TestTenantIsolation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara Okafor", Email: "amara@northwind.example", Department: "Finance", Phone: "123456"})
		theirs := other(t, db)
		them := models.SystemActor(theirs, "Other")
		mine, err := e.Create(t.Context(), them, directory.NewPerson{DisplayName: "Own", Email: "amara@northwind.example"})
		if err != nil {
			t.Fatalf("the same address in another tenant: %v", err)
		}
		notFound := map[string]error{}
		_, notFound["Get"] = e.Get(t.Context(), theirs, p.PublicID)
		_, notFound["GetByID"] = e.GetByID(t.Context(), theirs, p.ID)
		_, notFound["Edit"] = e.Edit(t.Context(), them, p.PublicID, 1, directory.EditInput{Title: ptr("x")})
		_, notFound["Reveal"] = e.Reveal(t.Context(), them, p.PublicID, "asked by the auditor")
		for name, err := range notFound {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("%s = %v, want errs.NotFound", name, err)
			}
		}
		if _, err := e.Edit(t.Context(), them, mine.PublicID, 1, directory.EditInput{Manager: ptr(p.PublicID)}); fieldError(err, "manager") == "" {
			t.Errorf("a manager of another tenant: %v", err)
		}
		page, err := e.List(t.Context(), theirs, directory.Query{DepartmentIDs: []int64{p.DepartmentID}})
		if err != nil || len(page.Rows) != 0 {
			t.Errorf("List = %v, %v", page.Rows, err)
		}
		found, err := e.Lookup(t.Context(), theirs, p.PublicID)
		names, err2 := e.Names(t.Context(), theirs, []int64{p.ID})
		departments, err3 := e.Departments(t.Context(), theirs, "", 10)
		if err := errors.Join(err, err2, err3); err != nil || len(found)+len(names)+len(departments) != 0 {
			t.Errorf("found %v, %v, %v, %v", found, names, departments, err)
		}
	})
}

func TestReveal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		define(t, db, e, directory.Definition{Key: "badge", Label: "Badge", Kind: models.AttributeText, Masked: true})
		define(t, db, e, directory.Definition{Key: "site", Label: "Site", Kind: models.AttributeText})
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara", Phone: "+49 30 1234", ExternalID: "HR-7", Attributes: map[string]string{"badge": "B-1", "site": "Oslo"}})
		if _, err := e.Reveal(t.Context(), db.Actor(), p.PublicID, "too short"); fieldError(err, "reason") == "" {
			t.Errorf("without a reason: %v", err)
		}
		got, err := e.Reveal(t.Context(), actor(db.Tenant, 5, models.UsersRead), p.PublicID, "calls about her badge")
		want := directory.Revealed{Phone: "+49 30 1234", ExternalID: "HR-7", Attributes: map[string]string{"badge": "B-1"}}
		if d := diff(want, got); err != nil || d != "" {
			t.Errorf("Reveal: %v (-want +got):\n%s", err, d)
		}
		ev := lastEvent(t, db, models.UserReveal)
		if ev.TargetID != p.ID || ev.ActorID != 5 || ev.Reason != "calls about her badge" || strings.Contains(ev.After+ev.Before+ev.Detail, "1234") {
			t.Errorf("event %+v", ev)
		}
	})
}

// Addresses hold anything; what is no id is nobody's, never an error of the
// database or, with spaces at the end, somebody else's.
func TestOddIDs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara"})
		for _, id := range []string{"", "\x00", "\xff", p.PublicID + " ", " " + p.PublicID, p.PublicID + "\x00", strings.ToUpper(p.PublicID) + "x", "' OR 1=1", strings.Repeat("a", 5000), "1"} {
			if _, err := e.Get(t.Context(), db.Tenant, id); !errs.Is(err, errs.NotFound) {
				t.Errorf("Get(%.40q) = %v, want errs.NotFound", id, err)
			}
			if _, err := e.Edit(t.Context(), db.Actor(), id, 1, directory.EditInput{Title: ptr("x")}); !errs.Is(err, errs.NotFound) {
				t.Errorf("Edit(%.40q) = %v, want errs.NotFound", id, err)
			}
			if id == "" {
				continue
			}
			if _, err := e.Edit(t.Context(), db.Actor(), p.PublicID, 1, directory.EditInput{Manager: &id}); fieldError(err, "manager") == "" {
				t.Errorf("manager %.40q: %v", id, err)
			}
		}
	})
}

package directory_test

import (
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func define(t *testing.T, db *dbtest.DB, e *directory.Engine, d directory.Definition) {
	t.Helper()
	if err := e.DefineAttribute(t.Context(), db.Actor(), d); err != nil {
		t.Fatalf("DefineAttribute %s: %v", d.Key, err)
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		site := directory.Definition{Key: "site", Label: "Site", Kind: models.AttributeChoice, Choices: []string{"Oslo", "Porto"}, Position: 2}
		define(t, db, e, site)
		define(t, db, e, directory.Definition{Key: "cost", Label: "Cost centre", Kind: models.AttributeNumber, Position: 1})
		ev := lastEvent(t, db, models.AttributeSet)
		if d := diff(map[string]any{"label": "Cost centre", "kind": "number", "position": 1.0}, object(t, ev.After)); d != "" || ev.TargetName != "Cost centre" || ev.TargetKind != models.KindAttribute {
			t.Errorf("event about %s %q (-want +got):\n%s", ev.TargetKind, ev.TargetName, d)
		}
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara", Attributes: map[string]string{"site": "Oslo", "cost": ""}})
		if len(p.Attributes) != 2 || p.Attributes[0].Definition.Key != "cost" || p.Attributes[0].Value.Set() {
			t.Fatalf("attributes %+v", p.Attributes)
		}
		p, err := e.Edit(t.Context(), db.Actor(), p.PublicID, p.Version, directory.EditInput{Attributes: map[string]string{"site": "Porto", "cost": "4711"}})
		if err != nil {
			t.Fatal(err)
		}
		ev = lastEvent(t, db, models.UserEdit)
		if d := diff(map[string]any{"attribute.site": "Oslo", "attribute.cost": ""}, object(t, ev.Before)) +
			diff(map[string]any{"attribute.site": "Porto", "attribute.cost": "4711"}, object(t, ev.After)); d != "" || ev.TargetID != p.ID {
			t.Errorf("event (-want +got):\n%s", d)
		}
		if _, err := e.Edit(t.Context(), db.Actor(), p.PublicID, p.Version, directory.EditInput{Attributes: map[string]string{"cost": "4.7.1", "site": "Rome"}}); fieldError(err, "attribute.cost") == "" || fieldError(err, "attribute.site") == "" {
			t.Errorf("wrong values: %v", err)
		}
		if p, err = e.Edit(t.Context(), db.Actor(), p.PublicID, p.Version, directory.EditInput{Attributes: map[string]string{"cost": ""}}); err != nil || p.Attributes[0].Value.Set() || !p.Attributes[1].Value.Set() {
			t.Errorf("removed value: %+v, %v", p.Attributes, err)
		}
		page, err := e.List(t.Context(), db.Tenant, directory.Query{Attributes: []directory.AttributeFilter{{Key: "site", Value: "Porto"}}})
		if err != nil || len(page.Rows) != 1 {
			t.Errorf("filter by value = %d rows, %v", len(page.Rows), err)
		}
	})
}

func TestDefineAttribute(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		site := directory.Definition{Key: "site", Label: "Site", Kind: models.AttributeChoice, Choices: []string{" Oslo ", "Porto", "Oslo", ""}}
		define(t, db, e, site)
		before := countEvents(t, db)
		define(t, db, e, site) // nothing changed
		if n := countEvents(t, db) - before; n != 0 {
			t.Errorf("%d events for the same definition", n)
		}
		all, err := e.Definitions(t.Context(), db.Tenant)
		site.Choices = []string{"Oslo", "Porto"}
		if d := diff([]directory.Definition{site}, all); err != nil || d != "" {
			t.Errorf("definitions: %v (-want +got):\n%s", err, d)
		}
		create(t, db, e, directory.NewPerson{DisplayName: "Amara", Attributes: map[string]string{"site": "Oslo"}})
		for name, c := range map[string]struct {
			change func(*directory.Definition)
			field  string
		}{
			"bad key":         {func(d *directory.Definition) { d.Key = "Site 1" }, "key"},
			"key too long":    {func(d *directory.Definition) { d.Key = strings.Repeat("k", 64) }, "key"},
			"no label":        {func(d *directory.Definition) { d.Label = " " }, "label"},
			"NUL in label":    {func(d *directory.Definition) { d.Label = "S\x00" }, "label"},
			"no such kind":    {func(d *directory.Definition) { d.Kind = "colour" }, "kind"},
			"no choices":      {func(d *directory.Definition) { d.Choices = nil }, "choices"},
			"kind in use":     {func(d *directory.Definition) { d.Kind = models.AttributeText }, "kind"},
			"choice in use":   {func(d *directory.Definition) { d.Choices = []string{"Porto"} }, "choices"},
			"lines in choice": {func(d *directory.Definition) { d.Choices = []string{"a\nb"} }, "choices"},
		} {
			d := site
			c.change(&d)
			if err := e.DefineAttribute(t.Context(), db.Actor(), d); fieldError(err, c.field) == "" {
				t.Errorf("%s: %v, want an error at %s", name, err, c.field)
			}
		}
		site.Label, site.Choices = "Place", []string{"Oslo"}
		define(t, db, e, site)
		ev := lastEvent(t, db, models.AttributeSet)
		if d := diff(map[string]any{"label": "Site", "choices": []any{"Oslo", "Porto"}}, object(t, ev.Before)); d != "" {
			t.Errorf("event before (-want +got):\n%s", d)
		}
		if err := e.RemoveAttribute(t.Context(), db.Actor(), "site"); err != nil {
			t.Fatal(err)
		}
		ev = lastEvent(t, db, models.AttributeDrop)
		if d := diff(map[string]any{"label": "Place", "kind": "choice", "values": 1.0}, object(t, ev.Before)); d != "" || ev.TargetName != "Place" {
			t.Errorf("event of the removal (-want +got):\n%s", d)
		}
		if err := e.RemoveAttribute(t.Context(), db.Actor(), "site"); !errs.Is(err, errs.NotFound) {
			t.Errorf("removed twice: %v", err)
		}
		if err := e.DefineAttribute(t.Context(), actor(db.Tenant, 1, models.UsersEdit), site); !errs.Is(err, errs.Forbidden) {
			t.Errorf("defined without the permission: %v", err)
		}
	})
}

func TestDepartments(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		for _, name := range []string{"Finance", "Sales EMEA", "finance", "FINANCE ", "Café", "Cafe"} {
			create(t, db, e, directory.NewPerson{DisplayName: "P", Department: name})
		}
		for search, want := range map[string]int{"": 3, "fin": 1, "emea": 1, "CAFÉ": 1, "%": 0, "zzz": 0} {
			found, err := e.Departments(t.Context(), db.Tenant, search, 10)
			if err != nil || len(found) != want {
				t.Errorf("Departments(%q) = %v, %v; want %d", search, found, err, want)
			}
		}
		if found, err := e.Departments(t.Context(), db.Tenant, "", 2); err != nil || len(found) != 2 {
			t.Errorf("limit 2 gives %d, %v", len(found), err)
		}
	})
}

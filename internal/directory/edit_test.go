package directory_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// fieldError gives the message at a field, "" when the field was not refused.
func fieldError(err error, name string) string {
	e, ok := errs.As(err)
	if !ok || e.Kind != errs.Invalid {
		return ""
	}
	for _, f := range e.Fields {
		if f.Name == name {
			return f.Message
		}
	}
	return ""
}

func TestCreate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		boss := create(t, db, e, directory.NewPerson{DisplayName: "Goran Novak"})
		p := create(t, db, e, directory.NewPerson{
			DisplayName: " Amara  Okafor ", GivenName: "Amara", Username: "AOkafor", Email: "Amara@Northwind.Example",
			Phone: "+49 30 1234", ExternalID: "HR-7", Department: "Finance", Manager: boss.PublicID, External: true,
		})
		if p.DisplayName != "Amara Okafor" || p.Department != "Finance" || p.Manager.ID != boss.ID || p.Status != models.Active || p.Version != 1 {
			t.Errorf("created %+v", p)
		}
		if phone, ok := p.Phone.For(models.AllPermissions); !ok || phone != "+49 30 1234" {
			t.Errorf("phone = %q, %v", phone, ok)
		}
		ev := lastEvent(t, db, models.UserCreate)
		want := map[string]any{
			"display_name": "Amara Okafor", "given_name": "Amara", "username": "AOkafor", "email": "Amara@Northwind.Example",
			"phone": "+49 30 1234", "external_id": "HR-7", "department": "Finance", "manager": "Goran Novak", "external": true, "status": "active",
		}
		if d := diff(want, object(t, ev.After)); d != "" || ev.Before != "" {
			t.Errorf("event after (-want +got), before %q:\n%s", ev.Before, d)
		}
		if ev.TargetID != p.ID || ev.TargetKind != models.KindUser || ev.TargetName != "Amara Okafor" {
			t.Errorf("event is about %s %d %q, want user %d", ev.TargetKind, ev.TargetID, ev.TargetName, p.ID)
		}
		again, err := e.Get(t.Context(), db.Tenant, p.PublicID)
		if err != nil || diff(p.Email, again.Email) != "" || again.Manager.Name != "Goran Novak" {
			t.Errorf("Get = %+v, %v", again, err)
		}
		if boss, err = e.GetByID(t.Context(), db.Tenant, boss.ID); err != nil || boss.Reports != 1 {
			t.Errorf("reports of the manager = %d, %v", boss.Reports, err)
		}
	})
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		gone := create(t, db, e, directory.NewPerson{DisplayName: "Gone", Email: "taken@northwind.example", Username: "Taken"})
		setStatus(t, db, e, gone.ID, directory.StatusChange{To: models.Deactivated})
		load(t, db, e, directory.NewRecord{DisplayName: "Old Kim", Username: "kim", Status: models.Deactivated}, directory.NewRecord{DisplayName: "Kim Lee", Username: "Kim"})
		before := countEvents(t, db)
		for name, c := range map[string]struct {
			in    directory.NewPerson
			field string
			says  string
		}{
			"no name":             {directory.NewPerson{}, "display_name", "Enter a name"},
			"invisible name":      {directory.NewPerson{DisplayName: "\u202E\u200B "}, "display_name", "Enter a name"},
			"NUL in the name":     {directory.NewPerson{DisplayName: "A\x00"}, "display_name", "NUL"},
			"control character":   {directory.NewPerson{DisplayName: "A", Title: "x\x1b[2J"}, "title", "control"},
			"name too long":       {directory.NewPerson{DisplayName: strings.Repeat("ä", 256)}, "display_name", "256 characters"},
			"no address":          {directory.NewPerson{DisplayName: "A", Email: "amara"}, "email", "not an e-mail"},
			"address of somebody": {directory.NewPerson{DisplayName: "A", Email: "TAKEN@Northwind.example "}, "email", "Gone, who is deactivated, has this one. It stays with that record"},
			"username taken":      {directory.NewPerson{DisplayName: "A", Username: "tAKEN"}, "username", "Gone, who is deactivated, has this one."},
			"username of both":    {directory.NewPerson{DisplayName: "A", Username: "kim"}, "username", "Kim Lee already has this one."},
			"unknown manager":     {directory.NewPerson{DisplayName: "A", Manager: "nobody"}, "manager", "Nobody"},
			"manager is gone":     {directory.NewPerson{DisplayName: "A", Manager: gone.PublicID}, "manager", "deactivated"},
			"unknown attribute":   {directory.NewPerson{DisplayName: "A", Attributes: map[string]string{"x": "1"}}, "attribute.x", "no attribute"},
			"reason too long":     {directory.NewPerson{DisplayName: "A", Reason: strings.Repeat("x", 1001)}, "reason", "1001 characters"},
		} {
			_, err := e.Create(t.Context(), db.Actor(), c.in)
			if got := fieldError(err, c.field); !strings.Contains(got, c.says) || got == "" {
				t.Errorf("%s: error %v, want %q at %s", name, err, c.says, c.field)
			}
		}
		if _, err := e.Invite(t.Context(), db.Actor(), directory.NewPerson{DisplayName: "A"}); fieldError(err, "email") == "" {
			t.Errorf("invited without an address: %v", err)
		}
		if _, err := e.Create(t.Context(), actor(db.Tenant, 1, models.UsersEdit), directory.NewPerson{DisplayName: "A"}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("created without the permission: %v", err)
		}
		if n := countEvents(t, db); n != before {
			t.Errorf("%d events for refused acts", n-before)
		}
	})
}

func TestEdit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara Okafor", Email: "amara@northwind.example", Department: "Finance", Phone: "123456"})
		goran := actor(db.Tenant, 99, models.UsersEdit)
		got, err := e.Edit(t.Context(), goran, p.PublicID, p.Version, directory.EditInput{
			DisplayName: ptr("Amara Nwosu"), Title: ptr("Controller"), Department: ptr(""), Phone: ptr("123457"), Email: ptr("amara@northwind.example"),
			Reason: "married",
		})
		if err != nil {
			t.Fatal(err)
		}
		if got.DisplayName != "Amara Nwosu" || got.Version != 2 || got.Department != "" || got.UpdatedBy != "User 99" {
			t.Errorf("edited %+v", got)
		}
		ev := lastEvent(t, db, models.UserEdit)
		before := map[string]any{"display_name": "Amara Okafor", "title": "", "department": "Finance", "phone": "123456"}
		after := map[string]any{"display_name": "Amara Nwosu", "title": "Controller", "department": "", "phone": "123457"}
		if d := diff(before, object(t, ev.Before)) + diff(after, object(t, ev.After)); d != "" {
			t.Errorf("event (-want +got):\n%s", d)
		}
		if ev.TargetID != p.ID || ev.Reason != "married" || ev.ActorID != 99 {
			t.Errorf("event %+v", ev)
		}
		for text, want := range map[string]int{"nwosu": 1, "okafor": 0, "amara": 1} {
			page, err := e.List(t.Context(), db.Tenant, directory.Query{Text: text})
			if err != nil || len(page.Rows) != want {
				t.Errorf("search %s = %d rows, %v; want %d", text, len(page.Rows), err, want)
			}
		}
	})
}

// A form that changes nothing writes nothing, not even an event.
func TestEditUnchanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara Okafor", Department: "Finance"})
		before := countEvents(t, db)
		got, err := e.Edit(t.Context(), db.Actor(), p.PublicID, 1, directory.EditInput{
			DisplayName: ptr(" Amara Okafor"), Email: ptr(""), Department: ptr("FINANCE"), External: ptr(false), Manager: ptr(""),
		})
		if err != nil || got.Version != 1 || countEvents(t, db) != before {
			t.Errorf("Edit = version %d, %v, %d events more", got.Version, err, countEvents(t, db)-before)
		}
	})
}

// A stale form is refused with what is there now, and loses nothing (WEB-16).
func TestEditStale(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		p := create(t, db, e, directory.NewPerson{DisplayName: "Amara Okafor"})
		var wg sync.WaitGroup
		errors2 := make([]error, 4)
		for i := range errors2 {
			wg.Go(func() {
				_, errors2[i] = e.Edit(t.Context(), actor(db.Tenant, int64(i+1), models.UsersEdit), p.PublicID, 1, directory.EditInput{Title: ptr("Title " + string(rune('A'+i)))})
			})
		}
		wg.Wait()
		now, err := e.Get(t.Context(), db.Tenant, p.PublicID)
		if err != nil || now.Version != 2 {
			t.Fatalf("version %d, %v; want exactly one edit", now.Version, err)
		}
		won := 0
		for _, err := range errors2 {
			if err == nil {
				won++
				continue
			}
			var stale *directory.Stale
			if !errs.Is(err, errs.Conflict) || !errors.As(err, &stale) {
				t.Fatalf("error %v, want a conflict with a Stale", err)
			}
			if stale.Theirs.Title != now.Title || stale.By != now.UpdatedBy || stale.At != now.UpdatedAt || stale.By == "" {
				t.Errorf("stale %+v by %q; now %+v", stale.Theirs, stale.By, now)
			}
		}
		if won != 1 {
			t.Errorf("%d edits of one version were saved", won)
		}
	})
}

func TestEditManager(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		a := create(t, db, e, directory.NewPerson{DisplayName: "A"})
		b := create(t, db, e, directory.NewPerson{DisplayName: "B", Manager: a.PublicID})
		c := create(t, db, e, directory.NewPerson{DisplayName: "C", Manager: b.PublicID})
		edit := func(p directory.Person, manager string) error {
			now, err := e.GetByID(t.Context(), db.Tenant, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			_, err = e.Edit(t.Context(), db.Actor(), p.PublicID, now.Version, directory.EditInput{Manager: &manager})
			return err
		}
		if got := fieldError(edit(a, a.PublicID), "manager"); !strings.Contains(got, "own manager") {
			t.Errorf("own manager: %q", got)
		}
		if got := fieldError(edit(a, c.PublicID), "manager"); !strings.Contains(got, "C reports to A") {
			t.Errorf("a circle of three: %q", got)
		}
		if err := edit(c, a.PublicID); err != nil {
			t.Errorf("moved up: %v", err)
		}
		ev := lastEvent(t, db, models.UserEdit)
		if d := diff(map[string]any{"manager": "B"}, object(t, ev.Before)) + diff(map[string]any{"manager": "A"}, object(t, ev.After)); d != "" || ev.TargetID != c.ID {
			t.Errorf("event about %d:\n%s", ev.TargetID, d)
		}
		if err := edit(b, ""); err != nil {
			t.Errorf("taken away: %v", err)
		}
		page, err := e.Reports(t.Context(), db.Tenant, a.ID, directory.Query{})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != c.ID {
			t.Errorf("reports of A = %+v, %v", page.Rows, err)
		}
	})
}

// Two changes at once cannot close a circle.
func TestEditManagerAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		a := create(t, db, e, directory.NewPerson{DisplayName: "A"})
		b := create(t, db, e, directory.NewPerson{DisplayName: "B"})
		var wg sync.WaitGroup
		for _, pair := range [][2]directory.Person{{a, b}, {b, a}} {
			wg.Go(func() {
				_, err := e.Edit(t.Context(), db.Actor(), pair[0].PublicID, 1, directory.EditInput{Manager: ptr(pair[1].PublicID)})
				if err != nil && fieldError(err, "manager") == "" && !errs.Is(err, errs.Conflict) {
					t.Errorf("Edit: %v", err)
				}
			})
		}
		wg.Wait()
		a, _ = e.GetByID(t.Context(), db.Tenant, a.ID)
		b, _ = e.GetByID(t.Context(), db.Tenant, b.ID)
		if a.Manager.ID == b.ID && b.Manager.ID == a.ID {
			t.Error("A and B manage each other")
		}
	})
}

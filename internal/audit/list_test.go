package audit_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// house is a tenant with two people, one role and what they did.
type house struct {
	*dbtest.DB
	log         *audit.Log
	goran, elif models.User
	approver    models.Role
}

func build(t *testing.T, db *dbtest.DB) *house {
	t.Helper()
	h := &house{DB: db, log: audit.New(db.Store)}
	now := models.At(dbtest.Start)
	h.goran = models.User{PublicID: "0197-goran", DisplayName: "Goran Novak", Status: models.Active, FieldSources: "{}", CreatedAt: now, UpdatedAt: now}
	h.elif = models.User{PublicID: "0197-elif", DisplayName: "Elif Kaya", Status: models.Active, FieldSources: "{}", CreatedAt: now, UpdatedAt: now}
	app := models.Application{Key: "erp", Name: "ERP"}
	h.do(t, db.Actor(), func(ctx context.Context, tx *store.Tx) error {
		for _, row := range []any{&h.goran, &h.elif, &app} {
			if _, err := tx.Insert(row).Exec(ctx); err != nil {
				return err
			}
		}
		h.approver = models.Role{ApplicationID: app.ID, Key: "erp.approver", Name: "Payment approver", CreatedAt: now, UpdatedAt: now}
		if _, err := tx.Insert(&h.approver).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: db.Tenant, Name: "Northwind Group"}})
	})
	return h
}

func (h *house) do(t *testing.T, actor models.Actor, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := h.Store.Change(t.Context(), actor, fn); err != nil {
		t.Fatal(err)
	}
}

// record writes events in one transaction, one second after the ones before.
func (h *house) record(t *testing.T, actor models.Actor, events ...store.Event) {
	t.Helper()
	h.Clock.Advance(time.Second)
	h.do(t, actor, func(ctx context.Context, tx *store.Tx) error {
		for _, e := range events {
			if err := tx.Record(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *house) as(u models.User, can models.Permission) models.Actor {
	return models.Actor{Tenant: h.Tenant, Kind: models.ActorUser, UserID: u.ID, Name: u.DisplayName, Can: can, Via: models.ViaWeb,
		IP: "192.0.2.7", RequestID: "req-" + u.PublicID, SessionKey: "session-" + u.PublicID}
}

func person(u models.User) store.Ref {
	return store.Ref{Kind: models.KindUser, ID: u.ID, Name: u.DisplayName}
}

func (h *house) role() store.Ref {
	return store.Ref{Kind: models.KindRole, ID: h.approver.ID, Name: h.approver.Name}
}

// auditor reads without being recorded, so that tests see only what they wrote.
func (h *house) auditor() models.Actor { return h.Actor() }

func (h *house) list(t *testing.T, q audit.Query) audit.Page {
	t.Helper()
	page, err := h.log.List(t.Context(), h.auditor(), q)
	if err != nil {
		t.Fatalf("List(%+v) = %v", q, err)
	}
	return page
}

func texts(lines []audit.Line) []string {
	all := make([]string, len(lines))
	for i := range lines {
		all[i] = lines[i].Text()
	}
	return all
}

func TestFilters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.RoleAssign, Target: person(h.elif), Object: h.role(), Reason: "Approves invoices in Zürich"})
		h.record(t, h.as(h.elif, 0), store.Event{Action: models.UserEdit, Target: person(h.goran), Before: map[string]any{"title": "Clerk"}, After: map[string]any{"title": "Lead"}})
		h.record(t, h.as(h.elif, 0), store.Event{Action: models.AccessRefused, Result: models.ResultRefused, Detail: "roles.assign"})
		operator := models.Actor{Tenant: db.Tenant, Kind: models.ActorOperator, Name: "root", Via: models.ViaCLI}
		h.record(t, operator, store.Event{Action: models.RoleUnassign, Target: person(h.elif), Object: h.role(), Reason: "100% wrong_role"})

		assign := "Goran Novak gave role Payment approver to Elif Kaya"
		edit := "Elif Kaya edited Goran Novak"
		refused := "Elif Kaya was refused access to a page"
		unassign := "root removed role Payment approver from Elif Kaya"
		day := models.At(dbtest.Start.Add(-time.Hour))
		second := newestAt(t, h, 2)
		for name, c := range map[string]struct {
			q    audit.Query
			want []string
		}{
			"everything newest first": {audit.Query{Group: ""}, []string{unassign, refused, edit, assign,
				"Test filled Northwind Group with sample data", "Rollcall created the organisation Northwind Group"}},
			"who":                       {audit.Query{Actor: h.elif.ID}, []string{refused, edit}},
			"kind of actor":             {audit.Query{ActorKind: models.ActorOperator}, []string{unassign}},
			"whom":                      {audit.Query{Target: audit.Ref{Kind: models.KindUser, ID: h.elif.ID}}, []string{unassign, assign}},
			"object":                    {audit.Query{Object: audit.Ref{Kind: models.KindRole, ID: h.approver.ID}}, []string{unassign, assign}},
			"one action":                {audit.Query{Actions: []models.Action{models.RoleAssign}}, []string{assign}},
			"two actions":               {audit.Query{Actions: []models.Action{models.RoleAssign, models.UserEdit}}, []string{edit, assign}},
			"group":                     {audit.Query{Group: audit.GroupRoles}, []string{unassign, assign}},
			"group and its action":      {audit.Query{Group: audit.GroupRoles, Actions: []models.Action{models.RoleAssign}}, []string{assign}},
			"group and another's":       {audit.Query{Group: audit.GroupRoles, Actions: []models.Action{models.UserEdit}}, nil},
			"who and group":             {audit.Query{Actor: h.goran.ID, Group: audit.GroupRoles}, []string{assign}},
			"result":                    {audit.Query{Result: models.ResultRefused}, []string{refused}},
			"via":                       {audit.Query{Via: models.ViaCLI}, []string{unassign}},
			"request":                   {audit.Query{RequestID: "req-0197-goran"}, []string{assign}},
			"from":                      {audit.Query{From: second}, []string{unassign, refused}},
			"to is not included":        {audit.Query{From: day, To: second, Actor: h.elif.ID}, []string{edit}},
			"text in a reason":          {audit.Query{From: day, Text: "INVOICES"}, []string{assign}},
			"text in another case":      {audit.Query{From: day, Text: "zürich"}, []string{assign}},
			"text in a name":            {audit.Query{From: day, Text: "goran nov"}, []string{edit, assign}},
			"wildcards are letters":     {audit.Query{From: day, Text: "100%"}, []string{unassign}},
			"underscore is a letter":    {audit.Query{From: day, Text: "g_role"}, []string{unassign}},
			"percent alone":             {audit.Query{From: day, Text: "%g"}, nil},
			"text with a quote":         {audit.Query{From: day, Text: "O'Brien"}, nil},
			"text and group":            {audit.Query{From: day, Text: "kaya", Group: audit.GroupRoles}, []string{unassign, assign}},
			"another result of an user": {audit.Query{Actor: h.goran.ID, Result: models.ResultFailed}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				page := h.list(t, c.q)
				if got := texts(page.Lines); !slices.Equal(got, c.want) {
					t.Errorf("lines = %q, want %q", got, c.want)
				}
				n, err := h.log.Count(t.Context(), h.auditor(), c.q)
				if err != nil || n.N != len(c.want) || n.Capped || n.Unknown {
					t.Errorf("Count = %+v, %v; want %d", n, err, len(c.want))
				}
				if len(page.Lines) > 0 && (page.Older != "" || page.Newer != "") {
					t.Errorf("a whole answer has neighbours: older %q, newer %q", page.Older, page.Newer)
				}
			})
		}
	})
}

// newestAt gives the time of the n-th newest event.
func newestAt(t *testing.T, h *house, n int) models.Instant {
	t.Helper()
	return h.list(t, audit.Query{}).Lines[n-1].At
}

func TestRefusedQueries(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	log := audit.New(db.Store)
	now := models.At(dbtest.Start)
	ninety := now.Add(-audit.TextRange)
	for name, c := range map[string]struct {
		q     audit.Query
		field string
	}{
		"text without a range":    {audit.Query{Text: "x"}, "q"},
		"text in a long range":    {audit.Query{Text: "x", From: ninety - 1}, "q"},
		"text in a long absolute": {audit.Query{Text: "x", From: 1, To: 1 + models.Instant(audit.TextRange.Microseconds()) + 1}, "q"},
		"text with NUL":           {audit.Query{Text: "x\x00y", From: ninety}, "q"},
		"text too long":           {audit.Query{Text: fmt.Sprintf("%0300d", 1), From: ninety}, "q"},
		"range back to front":     {audit.Query{From: 10, To: 10}, "to"},
		"unknown group":           {audit.Query{Group: "moon"}, "group"},
		"cursor of nothing":       {audit.Query{Cursor: "!!"}, ""},
		"cursor of garbage":       {audit.Query{Cursor: "bzEu"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := log.List(t.Context(), db.Actor(), c.q)
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("List = %v, want a refusal", err)
			}
			e, _ := errs.As(err)
			if c.field != "" && (len(e.Fields) != 1 || e.Fields[0].Name != c.field) {
				t.Errorf("fields = %+v, want %q", e.Fields, c.field)
			}
		})
	}
	if _, err := log.List(t.Context(), db.Actor(), audit.Query{Text: "x", From: ninety}); err != nil {
		t.Errorf("text in exactly 90 days = %v, want it searched", err)
	}
}

// Paging to the end and back shows every event once, also where many events
// carry the same time, and for queries that need one walk, several, or three.
func TestPaging(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		for i := range 12 {
			events := make([]store.Event, 1+i%4)
			for j := range events {
				events[j] = store.Event{Action: models.RoleAssign, Target: person(h.elif), Object: h.role(), Reason: fmt.Sprint(i, "/", j)}
				if j%2 == 1 {
					events[j] = store.Event{Action: models.RoleUnassign, Target: person(h.goran), Object: person(h.elif), Reason: fmt.Sprint(i, "/", j)}
				}
			}
			h.record(t, h.as(h.elif, 0), events...)
		}
		for name, read := range map[string]func(cursor string, limit int) (audit.Page, error){
			"by time": func(c string, n int) (audit.Page, error) {
				return h.log.List(t.Context(), h.auditor(), audit.Query{Cursor: c, Limit: n})
			},
			"by group": func(c string, n int) (audit.Page, error) {
				return h.log.List(t.Context(), h.auditor(), audit.Query{Cursor: c, Limit: n, Group: audit.GroupRoles})
			},
			"of a person": func(c string, n int) (audit.Page, error) {
				return h.log.ForUser(t.Context(), h.auditor(), h.elif.ID, audit.Window{Cursor: c, Limit: n})
			},
		} {
			t.Run(name, func(t *testing.T) {
				whole, err := read("", 100)
				if err != nil {
					t.Fatal(err)
				}
				if len(whole.Lines) < 30 || !slices.IsSortedFunc(whole.Lines, newestFirst) {
					t.Fatalf("%d events, want at least 30, newest first", len(whole.Lines))
				}
				forth, last := follow(t, read, "", func(p audit.Page) string { return p.Older })
				if !slices.Equal(forth, ids(whole.Lines)) {
					t.Errorf("paging forth = %v, want %v", forth, ids(whole.Lines))
				}
				back, first := follow(t, read, last.Newer, func(p audit.Page) string { return p.Newer })
				if want := len(whole.Lines) - len(last.Lines); len(back) != want || first.Newer != "" || first.Older == "" {
					t.Errorf("paging back gave %d events, want %d; first page has newer %q", len(back), want, first.Newer)
				}
			})
		}
	})
}

func newestFirst(a, b audit.Line) int {
	if a.At != b.At {
		return int(b.At - a.At)
	}
	return int(b.ID - a.ID)
}

func follow(t *testing.T, read func(string, int) (audit.Page, error), cursor string, next func(audit.Page) string) ([]int64, audit.Page) {
	t.Helper()
	var all []int64
	for range 50 {
		page, err := read(cursor, 4)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ids(page.Lines)...)
		if next(page) == "" {
			return all, page
		}
		cursor = next(page)
	}
	t.Fatal("paging does not end")
	return nil, audit.Page{}
}

func ids(lines []audit.Line) []int64 {
	all := make([]int64, len(lines))
	for i := range lines {
		all[i] = lines[i].ID
	}
	return all
}

func TestNewestOutsideTheRange(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserSuspend, Target: person(h.elif)})
		at := h.Store.Now()
		h.Clock.Advance(72 * time.Hour)
		day := h.Store.Now().Add(-24 * time.Hour)
		page := h.list(t, audit.Query{Actor: h.goran.ID, From: day})
		if len(page.Lines) != 0 || page.Newest != at {
			t.Errorf("page = %+v, want none and the newest of %d", page, at)
		}
		if page := h.list(t, audit.Query{Actor: h.elif.ID, From: day}); page.Newest != 0 {
			t.Errorf("newest of a person without events = %d, want 0", page.Newest)
		}
	})
}

func TestForUser(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserEdit, Target: person(h.elif)})
		h.record(t, h.as(h.elif, 0), store.Event{Action: models.UserEdit, Target: person(h.elif)}) // actor and target: once
		h.record(t, h.as(h.elif, 0), store.Event{Action: models.UserExport})
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.AuditSearch, Target: store.Ref{Kind: models.KindAudit}, Object: person(h.elif)})
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserExport})
		page, err := h.log.ForUser(t.Context(), h.as(h.goran, models.UsersRead), h.elif.ID, audit.Window{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"Goran Novak searched the audit log for Elif Kaya", "Elif Kaya exported people", "Elif Kaya edited their own record", "Goran Novak edited Elif Kaya"}
		if got := texts(page.Lines); !slices.Equal(got, want) {
			t.Errorf("timeline = %q, want %q", got, want)
		}
		page, err = h.log.ForUser(t.Context(), h.as(h.elif, 0), h.elif.ID, audit.Window{Group: audit.GroupLifecycle})
		if err != nil || len(page.Lines) != 2 {
			t.Errorf("own lifecycle = %q, %v; want 2", texts(page.Lines), err)
		}
		if _, err := h.log.ForUser(t.Context(), h.as(h.goran, models.AuditReadOwn), h.elif.ID, audit.Window{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another's timeline without a permission = %v, want a refusal", err)
		}
	})
}

func TestForRole(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.RoleEdit, Target: h.role()})
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.RoleAssign, Target: person(h.elif), Object: h.role()})
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserEdit, Target: store.Ref{Kind: models.KindUser, ID: h.approver.ID, Name: "Same number"}})
		page, err := h.log.ForRole(t.Context(), h.as(h.elif, models.RolesRead), h.approver.ID, audit.Window{Limit: 10})
		want := []string{"Goran Novak gave role Payment approver to Elif Kaya", "Goran Novak changed the role Payment approver"}
		if got := texts(page.Lines); err != nil || !slices.Equal(got, want) {
			t.Errorf("history = %q, %v; want %q", got, err, want)
		}
		if n := len(h.looks(t)); n != 0 {
			t.Errorf("%d looks recorded for a glance, want none", n)
		}
		if _, err := h.log.ForRole(t.Context(), h.as(h.elif, models.UsersRead), h.approver.ID, audit.Window{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("history without a permission = %v, want a refusal", err)
		}
	})
}

func TestGet(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		goran := h.as(h.goran, models.AuditRead)
		h.record(t, goran, store.Event{Action: models.UserDeactivate, Target: person(h.elif), Before: map[string]any{"status": "active", "phone": "1"}, After: map[string]any{"status": "deactivated", "phone": "2"}},
			store.Event{Action: models.SessionEndAll, Target: person(h.elif)})
		newest := h.list(t, audit.Query{}).Lines
		d, err := h.log.Get(t.Context(), goran, newest[1].ID)
		if err != nil {
			t.Fatal(err)
		}
		if d.Text() != "Goran Novak deactivated Elif Kaya" || d.Target.Ref != "0197-elif" || d.Actor.Ref != "0197-goran" {
			t.Errorf("event = %+v", d.Line)
		}
		if got := texts(d.Related); !slices.Equal(got, []string{"Goran Novak ended all sessions of Elif Kaya"}) {
			t.Errorf("related = %q", got)
		}
		if len(d.Changes) != 2 || !d.Changes[0].Hidden || d.Changes[1].After != "Deactivated" {
			t.Errorf("changes = %+v, want the phone hidden", d.Changes)
		}
		if d, err = h.log.Get(t.Context(), h.as(h.goran, models.AuditRead|models.UsersUnmask), newest[1].ID); err != nil || d.Changes[0].After != "2" {
			t.Errorf("with users.unmask: %+v, %v", d.Changes, err)
		}
		if _, err := h.log.Get(t.Context(), goran, 1<<40); !errs.Is(err, errs.NotFound) {
			t.Errorf("unknown event = %v, want not found", err)
		}
		stranger := goran
		stranger.Tenant++
		if _, err := h.log.Get(t.Context(), stranger, newest[1].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("another tenant's event = %v, want not found", err)
		}
	})
}

func TestScope(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserEdit, Target: person(h.elif)})
		h.record(t, h.as(h.elif, 0), store.Event{Action: models.UserEdit, Target: person(h.goran)})
		elifs := h.list(t, audit.Query{}).Lines[0].ID
		manager := h.as(h.goran, models.AuditReadOwn)
		page, err := h.log.List(t.Context(), manager, audit.Query{})
		if err != nil || !slices.Equal(texts(page.Lines), []string{"Goran Novak edited Elif Kaya"}) {
			t.Errorf("own acts = %q, %v", texts(page.Lines), err)
		}
		if page, err = h.log.List(t.Context(), manager, audit.Query{Actor: h.elif.ID}); err != nil || len(page.Lines) != 0 {
			t.Errorf("another's acts = %q, %v; want none", texts(page.Lines), err)
		}
		if _, err := h.log.Get(t.Context(), manager, elifs); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's event = %v, want not found", err)
		}
		if _, err := h.log.Count(t.Context(), h.as(h.goran, models.UsersRead), audit.Query{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("count without a permission = %v, want a refusal", err)
		}
		if _, err := h.log.List(t.Context(), h.as(h.goran, models.UsersRead), audit.Query{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("list without a permission = %v, want a refusal", err)
		}
	})
}

// A connector's history is about that one, and not about who changed it.
func TestForConnector(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		for id, name := range []string{"Keycloak", "Okta"} {
			h.record(t, h.as(h.goran, 0), store.Event{Action: models.ConnectorCreate, Target: store.Ref{Kind: models.KindConnector, ID: int64(id + 1), Name: name}})
		}
		page, err := h.log.ForConnector(t.Context(), h.as(h.elif, models.ConnectorsRead), 1, audit.Window{Limit: 10})
		if err != nil || len(page.Lines) != 1 || page.Lines[0].Target.Name != "Keycloak" {
			t.Errorf("history = %+v, %v; want the one event of Keycloak", page.Lines, err)
		}
		if _, err := h.log.ForConnector(t.Context(), h.as(h.elif, models.UsersRead), 1, audit.Window{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("without connectors.read: %v", err)
		}
	})
}

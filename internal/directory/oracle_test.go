package directory_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// world is a directory in the database and the same one in memory.
type world struct {
	db     *dbtest.DB
	engine *directory.Engine
	people []member
	roles  []int64
	depts  []int64
}

type member struct {
	directory.NewRecord
	id, dept, manager int64
	sort              string
	held              map[int64]bool // roles held now
}

var (
	givens    = []string{"Anna", "Anne", "Ann", "Björn", "Zoë", "Søren", "Jean-Luc", "O'Neil"}
	families  = []string{"Smith", "Smith", "Smithson", "Åström", "Ångström", "de la Cruz", "李", "Kaya"}
	providerK = []string{"", "keycloak", "entra"}
)

// build fills a database with people full of ties: few names, few moments.
func build(t *testing.T, db *dbtest.DB, n int) *world {
	t.Helper()
	w := &world{db: db, engine: directory.New(db.Store)}
	records := make([]directory.NewRecord, n)
	for i := range records {
		records[i] = invent(i)
	}
	loaded := load(t, db, w.engine, records...)
	departments, err := w.engine.Departments(t.Context(), db.Tenant, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]int64{"": 0}
	for _, d := range departments {
		byName[d.Name] = d.ID
		w.depts = append(w.depts, d.ID)
	}
	for i, r := range records {
		m := member{NewRecord: r, id: loaded[i].ID, dept: byName[r.Department], held: map[int64]bool{}}
		m.PublicID = loaded[i].PublicID
		w.people = append(w.people, m)
	}
	w.assign(t)
	w.manage(t)
	rows, err := w.all(t.Context(), directory.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		i := slices.IndexFunc(w.people, func(m member) bool { return m.id == row.ID })
		w.people[i].sort = row.SortName
	}
	return w
}

func invent(i int) directory.NewRecord {
	r := directory.NewRecord{
		DisplayName: givens[i%len(givens)] + " " + families[(i/3)%len(families)],
		Username:    "user" + strconv.Itoa(i%40), Email: fmt.Sprintf("person.%d@northwind.example", i),
		Department: []string{"", "Finance", "Legal", "Sales EMEA"}[i%4], External: i%7 == 0,
		Status:       models.Statuses[(i/2)%len(models.Statuses)],
		LastSignInAt: []models.Instant{0, start.Add(-day), start.Add(-100 * day), start.Add(-90 * day)}[(i/5)%4],
		CreatedAt:    []models.Instant{start.Add(-10 * day), start.Add(-200 * day)}[(i/7)%2] + models.Instant(i%3),
		LeavingAt:    []models.Instant{0, 0, start.Add(2 * day), start.Add(-day), start.Add(30 * day), start}[(i/2)%6],
	}
	if i%11 == 0 {
		r.PendingSince = start.Add(-day)
	}
	if p := providerK[i%3]; p != "" {
		r.Identities = []directory.NewIdentity{{Provider: p, Issuer: "https://" + p, Subject: "sub-" + strconv.Itoa(i), How: "test"}}
	}
	if i%5 == 0 {
		r.Attributes = map[string]string{"site": []string{"Oslo", "Porto"}[(i/5)%2]}
	}
	return r
}

// assign gives two roles: one to many, one to few, some not yet or no longer.
func (w *world) assign(t *testing.T) {
	t.Helper()
	err := change(t, w.db, func(ctx context.Context, tx *store.Tx) error {
		app := models.Application{Key: "ledger", Name: "Ledger"}
		if _, err := tx.Insert(&app).Exec(ctx); err != nil {
			return err
		}
		for i := range 2 {
			role := models.Role{ApplicationID: app.ID, Key: "role" + strconv.Itoa(i), Name: "Role", Sentence: "Does something"}
			if _, err := tx.Insert(&role).Exec(ctx); err != nil {
				return err
			}
			w.roles = append(w.roles, role.ID)
		}
		var rows []models.Assignment
		for i := range w.people {
			m := &w.people[i]
			role := w.roles[min(i%9, 1)]
			a := models.Assignment{UserID: m.id, RoleID: role, Source: models.SourceDirect, FromAt: start.Add(-day), UntilAt: models.Forever}
			switch i % 4 {
			case 1:
				a.FromAt = start.Add(day) // not yet
			case 2:
				a.UntilAt = start // over at this very moment
			default:
				m.held[role] = true
			}
			rows = append(rows, a)
		}
		_, err := tx.Insert(&rows).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// manage puts half of the people under one of the first four.
func (w *world) manage(t *testing.T) {
	t.Helper()
	err := change(t, w.db, func(ctx context.Context, tx *store.Tx) error {
		for i := range w.people {
			if m := &w.people[i]; i > 4 && i%2 == 0 {
				m.manager = w.people[i%8/2].id
				if _, err := tx.Update((*models.User)(nil)).Set("manager_id = ?", m.manager).Where("id = ?", m.id).Exec(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) all(ctx context.Context, q directory.Query) ([]directory.Row, error) {
	var rows []directory.Row
	err := w.engine.Each(ctx, w.db.Tenant, q, func(r directory.Row) error {
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// draw makes a query out of everything a query may hold.
func (w *world) draw(t *rapid.T) directory.Query {
	maybe := func(label string) bool { return rapid.IntRange(0, 4).Draw(t, label) == 0 }
	q := directory.Query{
		Sort: rapid.SampledFrom([]directory.Sort{"", directory.SortName, directory.SortSignIn, directory.SortCreated}).Draw(t, "sort"),
		Desc: rapid.Bool().Draw(t, "desc"), Limit: rapid.SampledFrom([]int{1, 3, 7, 25, 100}).Draw(t, "limit"),
		PrivilegedRoleIDs: w.roles[:1],
	}
	if maybe("view") {
		q.View = directory.Views[rapid.IntRange(0, len(directory.Views)-1).Draw(t, "which")].View
	}
	if maybe("text") {
		q.Text = rapid.SampledFrom([]string{"a", "ann", "smith", "ann smith", "SMI ann", "bjorn", "Björn Å", "jeanl", "o'ne", "李",
			"user1", "nobody", "de cruz", "person.1", "person.12@north", "x@", "12"}).Draw(t, "words")
	}
	if maybe("status") {
		q.Statuses = rapid.SliceOfN(rapid.SampledFrom(models.Statuses), 1, 3).Draw(t, "statuses")
	}
	if maybe("department") {
		q.DepartmentIDs = rapid.SliceOfN(rapid.SampledFrom(append([]int64{0}, w.depts...)), 1, 3).Draw(t, "departments")
	}
	if maybe("provider") {
		q.Providers = rapid.SliceOfN(rapid.SampledFrom(providerK), 1, 2).Draw(t, "providers")
	}
	if maybe("role") {
		q.RoleIDs = rapid.SliceOfN(rapid.SampledFrom(w.roles), 1, 2).Draw(t, "roles")
	}
	if maybe("manager") {
		q.ManagerID = w.people[rapid.IntRange(0, 4).Draw(t, "manager of")].id
	}
	if maybe("attribute") {
		q.Attributes = []directory.AttributeFilter{{Key: "site", Value: rapid.SampledFrom([]string{"Oslo", "Porto", "oslo"}).Draw(t, "site")}}
	}
	if maybe("external") {
		q.External = ptr(rapid.Bool().Draw(t, "is external"))
	}
	w.drawTimes(t, &q, maybe)
	return q
}

func (w *world) drawTimes(t *rapid.T, q *directory.Query, maybe func(string) bool) {
	at := func(label string) models.Instant {
		return rapid.SampledFrom([]models.Instant{start, start.Add(-day), start.Add(-90 * day), start.Add(-95 * day), start.Add(40 * day)}).Draw(t, label)
	}
	q.NoManager, q.Pending, q.NeverSignedIn = maybe("no manager"), maybe("pending"), maybe("never")
	if maybe("signed in after") {
		q.SignedInAfter = at("after")
	}
	if maybe("signed in before") {
		q.SignedInBefore = at("before")
	}
	if maybe("created after") {
		q.CreatedAfter = at("made after")
	}
	if maybe("created before") {
		q.CreatedBefore = at("made before")
	}
	if maybe("leaving before") {
		q.LeavingBefore = at("leaves before")
	}
}

func ids(rows []directory.Row) []int64 {
	all := []int64{}
	for _, r := range rows {
		all = append(all, r.ID)
	}
	return all
}

// Every random query gives exactly the people it should, in its order: as one
// stream, page by page forward and back, and as a number.
func TestListEqualsOracle(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := build(t, db, 180)
		engines := []*directory.Engine{w.engine,
			directory.New(db.Store, directory.WithBounds(-1, -1, 10)), directory.New(db.Store, directory.WithBounds(-1, -1, 1000)),
			directory.New(db.Store, directory.WithBounds(5, 40, 12)), directory.New(db.Store, directory.WithBounds(-1, 1000, 20))}
		rapid.Check(t, func(rt *rapid.T) {
			w.engine = rapid.SampledFrom(engines).Draw(rt, "bounds")
			q := w.draw(rt)
			want := w.want(q)
			rows, err := w.all(t.Context(), q)
			if err != nil {
				rt.Fatalf("Each: %v", err)
			}
			if diff := diff(want, ids(rows)); diff != "" {
				rt.Fatalf("Each (-want +got):\n%s", diff)
			}
			n, capped, err := w.engine.Count(t.Context(), db.Tenant, q)
			if err != nil || n != len(want) || capped {
				rt.Fatalf("Count = %d, %v, %v; want %d", n, capped, err, len(want))
			}
			if len(want)/q.Limit < 12 { // enough pages
				w.walkPages(t, rt, q, want)
			}
		})
	})
}

func (w *world) walkPages(t *testing.T, rt *rapid.T, q directory.Query, want []int64) {
	var forward, back []int64
	var last directory.Page
	for cursor := ""; ; {
		q.Cursor = cursor
		page, err := w.engine.List(t.Context(), w.db.Tenant, q)
		if err != nil {
			rt.Fatalf("List: %v", err)
		}
		if len(page.Rows) > q.Limit || len(page.Rows) == 0 && cursor != "" {
			rt.Fatalf("page with %d rows, limit %d", len(page.Rows), q.Limit)
		}
		forward, last = append(forward, ids(page.Rows)...), page
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if d := diff(want, append([]int64{}, forward...)); d != "" {
		rt.Fatalf("pages forward (-want +got):\n%s", d)
	}
	back = ids(last.Rows)
	for q.Backward = true; last.Prev != ""; {
		q.Cursor = last.Prev
		var err error
		if last, err = w.engine.List(t.Context(), w.db.Tenant, q); err != nil {
			rt.Fatalf("List back: %v", err)
		}
		back = append(ids(last.Rows), back...)
	}
	if d := diff(want, back); d != "" {
		rt.Fatalf("pages back (-want +got):\n%s", d)
	}
}

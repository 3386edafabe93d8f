package access_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const why = "Needed for the quarter's close"

// world is a tenant with the built-in roles.
type world struct {
	*dbtest.DB

	e    *access.Engine
	n    int
	many map[int]int64
}

func newWorld(t *testing.T, db *dbtest.DB) *world {
	t.Helper()
	w := &world{DB: db, e: access.New(db.Store)}
	if err := w.e.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatalf("EnsureBuiltIns: %v", err)
	}
	return w
}

// each runs fn in a fresh world per database.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) { fn(t, newWorld(t, db)) })
}

// user adds somebody who can sign in.
func (w *world) user(t *testing.T, name string) int64 { return w.userOf(t, name, models.Active) }

func (w *world) userOf(t *testing.T, name string, status models.Status) int64 {
	t.Helper()
	w.n++
	row := &models.User{
		PublicID: fmt.Sprintf("00000000-0000-7000-8000-%012d", w.n), DisplayName: name, SortName: strings.ToLower(name),
		Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@northwind.example", Status: status, Version: 1,
	}
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Insert(row).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.Insert(&models.Identity{UserID: row.ID, Provider: "keycloak", Issuer: "https://id.example", Subject: row.PublicID}).Exec(ctx)
		return err
	})
	return row.ID
}

// write changes rows past the engine.
func (w *world) write(t *testing.T, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	err := w.Store.Change(t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.UserEdit, Target: store.Ref{Kind: models.KindUser, ID: 1}})
	})
	if err != nil {
		t.Fatalf("prepare: %v", err)
	}
}

func (w *world) sql(t *testing.T, query string, args ...any) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Raw(query, args...).Exec(ctx)
		return err
	})
}

// as gives a signed-in person as actor, who may do what their roles say.
func (w *world) as(t *testing.T, user int64, name string) models.Actor {
	t.Helper()
	return models.Actor{
		Tenant: w.Tenant, Kind: models.ActorUser, UserID: user, Name: name, Via: models.ViaWeb,
		Can: w.grant(t, w.e, user).Mask, RequestID: "7F3K-2Q", IP: "203.0.113.9",
	}
}

// grant asks as a request does: with what the session lookup read.
func (w *world) grant(t *testing.T, e *access.Engine, user int64) access.Grant {
	t.Helper()
	ask := w.ask(t, w.Store, user)
	g, err := e.Can(t.Context(), ask)
	if err != nil {
		t.Fatalf("Can: %v", err)
	}
	return g
}

func (w *world) ask(t *testing.T, s *store.Store, user int64) access.Ask {
	t.Helper()
	var row struct{ Epoch, Version int64 }
	err := s.Read(w.Tenant).Raw(`SELECT u.access_epoch AS epoch, tn.access_version AS version FROM users u
		JOIN tenants tn ON tn.id = u.tenant_id WHERE u.tenant_id = ?tenant AND u.id = ?`, user).Scan(t.Context(), &row)
	if err != nil {
		t.Fatalf("read epoch: %v", err)
	}
	return access.Ask{Tenant: w.Tenant, UserID: user, Epoch: row.Epoch, Version: row.Version, Now: s.Now()}
}

// give assigns a role, as the system would.
func (w *world) give(t *testing.T, user int64, role string) access.AssignmentView {
	t.Helper()
	return w.giveUntil(t, user, role, 0, 0)
}

func (w *world) giveUntil(t *testing.T, user int64, role string, from, until models.Instant) access.AssignmentView {
	t.Helper()
	v, err := w.e.Assign(t.Context(), w.Actor(), access.AssignInput{UserID: user, RoleKey: role, Reason: why, From: from, Until: until})
	if err != nil {
		t.Fatalf("Assign %s: %v", role, err)
	}
	return v
}

// role creates a role of the ledger that holds permissions ("app/key") and children (keys).
func (w *world) role(t *testing.T, name string, permissions, children []string) access.RoleDetail {
	t.Helper()
	return w.roleOf(t, access.RoleInput{Name: name, Permissions: permissions, Children: children})
}

func (w *world) roleOf(t *testing.T, in access.RoleInput) access.RoleDetail {
	t.Helper()
	if in.Application == "" {
		in.Application = "ledger"
	}
	if in.Sentence == "" {
		in.Sentence = "Do what " + in.Name + " does"
	}
	d, err := w.e.CreateRole(t.Context(), w.Actor(), in)
	if err != nil {
		t.Fatalf("CreateRole %s: %v", in.Name, err)
	}
	return d
}

// ledger adds an application with permissions.
func (w *world) ledger(t *testing.T, permissions ...string) {
	t.Helper()
	if _, err := w.e.CreateApplication(t.Context(), w.Actor(), access.ApplicationInput{Key: "ledger", Name: "Ledger"}); err != nil {
		t.Fatalf("CreateApplication: %v", err)
	}
	for _, p := range permissions {
		_, err := w.e.AddPermission(t.Context(), w.Actor(), access.PermissionInput{Application: "ledger", Key: p, Sentence: "May " + p})
		if err != nil {
			t.Fatalf("AddPermission %s: %v", p, err)
		}
	}
}

// event is what a test looks at of a log line.
type event struct {
	Action         models.Action
	Result         models.Result
	Actor          string
	Target, Object string
	Reason         string
	Before, After  map[string]any
}

// log gives the events of some actions, oldest first.
func (w *world) log(t *testing.T, actions ...models.Action) []event {
	t.Helper()
	var rows []models.AuditEvent
	err := w.Store.Read(w.Tenant).Select(&rows).Order("id").Limit(10_000).Scan(t.Context())
	if err != nil {
		t.Fatalf("read the log: %v", err)
	}
	var out []event
	for _, r := range rows {
		for _, a := range actions {
			if r.Action == a {
				out = append(out, event{
					Action: r.Action, Result: r.Result, Actor: r.ActorName, Reason: r.Reason,
					Target: thing(r.TargetKind, r.TargetName, r.TargetID), Object: thing(r.ObjectKind, r.ObjectName, r.ObjectID),
					Before: decode(t, r.Before), After: decode(t, r.After),
				})
			}
		}
	}
	return out
}

// last gives the newest event of an action.
func (w *world) last(t *testing.T, action models.Action) event {
	t.Helper()
	all := w.log(t, action)
	if len(all) == 0 {
		t.Fatalf("no %s in the log", action)
	}
	return all[len(all)-1]
}

func thing(kind models.Kind, name string, id int64) string {
	if kind == "" {
		return ""
	}
	if id == 0 {
		return string(kind) + " " + name + " without id"
	}
	return string(kind) + " " + name
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	if text == "" {
		return nil
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("values of an event: %v", err)
	}
	return m
}

// refused checks kind and words of an error.
func refused(t *testing.T, err error, kind errs.Kind, words ...string) {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Kind != kind {
		t.Fatalf("error = %v, want one of kind %v", err, kind)
	}
	text := e.Safe
	for _, f := range e.Fields {
		text += " " + f.Name + ": " + f.Message
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Fatalf("the refusal says %q, and not %q", text, word)
		}
	}
}

func (w *world) in(d time.Duration) models.Instant { return models.At(w.Clock.Now().Add(d)) }

func names(roles []access.RoleRef) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = r.Name
	}
	return strings.Join(out, ", ")
}

const day = 24 * time.Hour

// bare adds the i-th of many users, a thousand at a time.
func (w *world) bare(t *testing.T, i int) int64 {
	t.Helper()
	if i%1000 == 0 {
		rows := make([]models.User, 1000)
		for j := range rows {
			name := fmt.Sprintf("p%05d", i+j)
			rows[j] = models.User{PublicID: name, DisplayName: name, SortName: name, Status: models.Active, Version: 1}
		}
		w.write(t, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Insert(&rows).Exec(ctx)
			return err
		})
		if w.many == nil {
			w.many = make(map[int]int64)
		}
		var stored []models.User
		err := w.Store.Read(w.Tenant).Select(&stored).Column("id", "sort_name").
			Where("sort_name >= ? AND sort_name <= ?", rows[0].SortName, rows[999].SortName).Order("sort_name").Limit(1000).Scan(t.Context())
		if err != nil || len(stored) != 1000 {
			t.Fatalf("prepare people: %d, %v", len(stored), err)
		}
		for j, u := range stored {
			w.many[i+j] = u.ID
		}
	}
	return w.many[i]
}

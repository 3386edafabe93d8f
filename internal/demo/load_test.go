package demo

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// moment is when the tests look at the demo: a Wednesday.
var moment = time.Date(2026, time.November, 25, 10, 42, 0, 0, time.UTC)

// house is a loaded demo with its engines.
type house struct {
	dir    string
	site   *Site // whose listener is closed again
	issuer string
	tenant int64
	store  *store.Store
	people *directory.Engine
	access *access.Engine
	log    *audit.Log
}

var loaded = sync.OnceValues(func() (*house, error) {
	dir, err := os.MkdirTemp("", "rollcall-demo-test-")
	if err != nil {
		return nil, err
	}
	tidy = func() error { return os.RemoveAll(dir) }
	ctx := context.Background() // the house outlives the first test that asks for it
	h := &house{dir: dir}
	if h.site, err = Bind(ctx, "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if err := h.site.Listener.Close(); err != nil {
		return nil, err
	}
	h.issuer = h.site.URL + ProviderPath
	data := &place{dir: dir}
	if err := data.fill(ctx, h.site, io.Discard, moment); err != nil {
		return nil, err
	}
	if h.store, err = store.Open(ctx, store.Options{URL: data.url(), Clock: func() time.Time { return moment }}); err != nil {
		return nil, err
	}
	tenant, err := h.store.TenantBySlug(ctx, Tenant.Slug)
	h.tenant, h.people, h.access, h.log = tenant.ID, directory.New(h.store), access.New(h.store), audit.New(h.store)
	return h, err
})

var tidy = func() error { return nil }

func TestMain(m *testing.M) {
	code := m.Run()
	if err := tidy(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func openHouse(t *testing.T) *house {
	t.Helper()
	h, err := loaded()
	if err != nil {
		t.Fatalf("load the demo: %v", err)
	}
	return h
}

// number runs a query that gives one number.
func (h *house) number(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if err := h.store.Read(h.tenant).Raw(query, args...).Scan(t.Context(), &n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestEveryViewHasItsPeople(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	c := compose(moment)
	c.parts[partLetIn].status = models.Active // the engines let this person in
	privileged, err := h.access.PrivilegedRoleIDs(t.Context(), h.tenant)
	if err != nil {
		t.Fatal(err)
	}
	gone := map[*person]bool{}
	for _, p := range c.people {
		gone[p] = p.status == models.Deactivated
	}
	long := moment.Add(-90 * 24 * time.Hour)
	want := map[directory.View]func(*person) bool{
		directory.ViewAll: func(*person) bool { return true },
		directory.ViewLeaving: func(p *person) bool {
			return !p.leaving.Before(moment) && p.leaving.Before(moment.AddDate(0, 0, 7)) && (p.in() || p.status == models.Suspended)
		},
		directory.ViewDormant: func(p *person) bool {
			return p.status == models.Active && p.last.Before(long) && (!p.last.IsZero() || p.created.Before(long))
		},
		directory.ViewNoManager: func(p *person) bool {
			return p.status == models.Active && p.internal() && (p.boss == nil || gone[p.boss])
		},
		directory.ViewOverdue: func(p *person) bool { return p.in() && !p.leaving.IsZero() && !p.leaving.After(moment) },
	}
	for _, view := range directory.Views {
		t.Run(string(view.View), func(t *testing.T) {
			t.Parallel()
			n, err := h.people.CountExactly(t.Context(), h.tenant, directory.Query{View: view.View, PrivilegedRoleIDs: privileged})
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				t.Fatal("nobody: the page would not show its point")
			}
			match, told := want[view.View]
			if !told {
				return
			}
			expected := 0
			for _, p := range c.people {
				if match(p) {
					expected++
				}
			}
			if view.View == directory.ViewAll {
				expected += secondRecords
			}
			if n != expected {
				t.Errorf("%d people, want %d", n, expected)
			}
		})
	}
}

// The stories of linked records: one open with evidence on both sides, one
// rejected, one merged and still to be taken apart.
func TestLinkedRecordsAreTold(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	for state, want := range map[string]int{"suggested": 1, "rejected": 1, "linked": 1} {
		if n := h.number(t, `SELECT count(*) FROM links WHERE tenant_id = ?tenant AND state = ?`, state); n < want {
			t.Errorf("%d cases are %s, want %d or more", n, state, want)
		}
	}
	if n := h.number(t, `SELECT count(*) FROM links WHERE tenant_id = ?tenant AND strength = 'strong' AND evidence LIKE '%Different departments%' AND state = 'suggested'`); n != 1 {
		t.Errorf("%d strong suggestions with evidence against, want 1", n)
	}
	if n := h.number(t, `SELECT count(*) FROM link_snapshots WHERE tenant_id = ?tenant AND expires_at > ?`, models.At(moment)); n != 1 {
		t.Errorf("%d merges can be taken apart, want 1", n)
	}
}

func TestSumsAgree(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	for name, check := range map[string]struct {
		got, want int
	}{
		"everybody is there":          {h.number(t, `SELECT count(*) FROM users WHERE tenant_id = ?tenant`), Size + secondRecords},
		"addresses are one person's":  {h.number(t, `SELECT count(DISTINCT email_norm) FROM users WHERE tenant_id = ?tenant`), Size + secondRecords},
		"deactivated":                 {h.number(t, `SELECT count(*) FROM users WHERE tenant_id = ?tenant AND status = 'deactivated'`), deactivatedPeople + cutOffPeople},
		"suspended":                   {h.number(t, `SELECT count(*) FROM users WHERE tenant_id = ?tenant AND status = 'suspended'`), suspendedPeople},
		"waiting":                     {h.number(t, `SELECT count(*) FROM users WHERE tenant_id = ?tenant AND pending_since > 0`), pendingPeople},
		"invited":                     {h.number(t, `SELECT count(*) FROM users WHERE tenant_id = ?tenant AND status = 'invited' AND pending_since = 0`), invitedPeople},
		"overdue":                     {h.number(t, `SELECT count(*) FROM users WHERE tenant_id = ?tenant AND status = 'leaving' AND leaving_at <= ?`, models.At(moment)), overdueLeavers},
		"sessions":                    {h.number(t, `SELECT count(*) FROM sessions WHERE tenant_id = ?tenant AND idle_until > ?`, models.At(moment)), liveSessions},
		"events of the people loaded": {h.number(t, `SELECT count(*) FROM audit_events WHERE tenant_id = ?tenant AND at > ?`, models.At(moment)), 0},
		"a last sign-in is in the log": {
			h.number(t, `SELECT count(*) FROM users u WHERE u.tenant_id = ?tenant AND u.last_sign_in_at > 0 AND NOT EXISTS (
				SELECT 1 FROM audit_events e WHERE e.tenant_id = ?tenant AND e.action = 'signin.done' AND e.target_kind = 'user' AND e.target_id = u.id AND e.at = u.last_sign_in_at)
				AND u.last_sign_in_at > ?`, models.At(compose(moment).opened)), 0},
		"a role given by somebody since the beginning is in the log": {
			h.number(t, `SELECT count(*) FROM assignments a WHERE a.tenant_id = ?tenant AND a.source = 'direct' AND a.granted_by_id > 0 AND NOT EXISTS (
				SELECT 1 FROM audit_events e WHERE e.tenant_id = ?tenant AND e.action = 'role.assign' AND e.target_id = a.user_id AND e.object_id = a.role_id)`), 0},
		"a person who is kept out is in the log": {
			h.number(t, `SELECT count(*) FROM users u WHERE u.tenant_id = ?tenant AND u.status IN ('suspended', 'deactivated') AND NOT EXISTS (
				SELECT 1 FROM audit_events e WHERE e.tenant_id = ?tenant AND e.action IN ('user.suspend', 'user.deactivate') AND e.target_id = u.id AND e.at = u.status_since)`), 0},
		"numbers of the log rise with time": {
			h.number(t, `SELECT count(*) FROM audit_events a JOIN audit_events b ON b.tenant_id = a.tenant_id AND b.id = a.id + 1 WHERE a.tenant_id = ?tenant AND b.at < a.at`), 0},
	} {
		if check.got != check.want {
			t.Errorf("%s: %d, want %d", name, check.got, check.want)
		}
	}
}

func TestEveryRoleIsHeld(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	page, err := h.access.ListRoles(t.Context(), h.tenant, access.RoleFilter{Limit: access.MaxPageSize})
	if err != nil {
		t.Fatal(err)
	}
	own := 0
	for _, role := range page.Rows {
		if role.Holders == 0 {
			t.Errorf("nobody holds %s", role.Key)
		}
		if role.Sentence == "" {
			t.Errorf("%s has no sentence", role.Key)
		}
		if !role.BuiltIn {
			own++
		}
	}
	if own != 26 {
		t.Errorf("%d roles of the company, want 26", own)
	}
	ending, err := h.access.EndingSoon(t.Context(), h.tenant, 5*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if len(ending.Rows) != endingInFiveDays {
		t.Errorf("%d roles end within five days, want %d", len(ending.Rows), endingInFiveDays)
	}
	twice := h.number(t, `SELECT count(*) FROM (SELECT user_id, role_id FROM assignments WHERE tenant_id = ?tenant GROUP BY user_id, role_id HAVING count(*) > 1) x`)
	if want := twoPaths + gatewaysTwice; twice != want {
		t.Errorf("%d people have a role by two paths, want %d", twice, want)
	}
}

func TestPersonasMayDoTheirWork(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	want := map[string]models.Permission{
		PersonaAdmin: models.AllPermissions, PersonaHelpdesk: helpdeskMay, PersonaAuditor: auditorMay,
		PersonaManager: models.TeamRead | models.AuditReadOwn, PersonaEmployee: 0,
	}
	for _, persona := range Personas() {
		user, _, err := h.people.FindIdentity(t.Context(), h.tenant, h.issuer, persona.Subject)
		if err != nil {
			t.Fatalf("%s: %v", persona.Key, err)
		}
		if user.DisplayName != persona.Name || user.Status != models.Active {
			t.Errorf("%s is %s, %s", persona.Key, user.DisplayName, user.Status)
		}
		grant, err := h.access.Can(t.Context(), access.Ask{Tenant: h.tenant, UserID: user.ID, Epoch: user.AccessEpoch, Now: models.At(moment)})
		if err != nil {
			t.Fatal(err)
		}
		if grant.Mask != want[persona.Key] {
			t.Errorf("%s may %b, want %b", persona.Key, grant.Mask, want[persona.Key])
		}
		if len(grant.Roles) == 0 {
			t.Errorf("%s has no role", persona.Key)
		}
	}
}

func TestManagerHasTheTeamThatIsPromised(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	elif, _, err := h.people.FindIdentity(t.Context(), h.tenant, h.issuer, Personas()[2].Subject)
	if err != nil {
		t.Fatal(err)
	}
	team, err := h.people.Reports(t.Context(), h.tenant, elif.ID, directory.Query{})
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, row := range team.Rows {
		if row.Status == models.Leaving && row.LeavingAt < models.At(moment) {
			left++
		}
	}
	if len(team.Rows) != teamOfManager || left != 1 {
		t.Errorf("%d people and %d of them left, want %d and 1", len(team.Rows), left, teamOfManager)
	}
}

func TestLogTellsInWordsAndOfEveryGroup(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	auditor := models.SystemActor(h.tenant, "Test")
	auditor.Kind, auditor.UserID = models.ActorUser, 1
	for _, group := range audit.Groups {
		page, err := h.log.List(t.Context(), auditor, audit.Query{Group: group.Group})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Lines) == 0 {
			t.Errorf("no event of %s", group.Label)
		}
	}
	for _, action := range []models.Action{
		models.SignInRefused, models.RoleAssignDenied, models.RoleUntil, models.RoleUnassign, models.RoleExpire, models.RoleEdit, models.RoleCreate,
		models.UserReveal, models.UserExport, models.AuditExported, models.AuditSearch, models.UserEdit, models.UserApprove, models.UserSuspend,
		models.UserResume, models.UserDeactivate, models.UserLeaving, models.UserInvite, models.UserCreateJIT, models.SignOutDone,
	} {
		if h.number(t, `SELECT count(*) FROM audit_events WHERE tenant_id = ?tenant AND action = ?`, action) == 0 {
			t.Errorf("the log has no %s", action)
		}
	}
}

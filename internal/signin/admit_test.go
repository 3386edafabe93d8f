package signin_test

import (
	"errors"
	"maps"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// OIDC-39: a perfect ID token does not help whoever may not come in.
func TestStandingIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		since := models.At(time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC))
		for _, c := range []struct {
			status models.Status
			want   string
			cause  string
		}{
			{models.Deactivated, "deactivated", "Your account is deactivated since 12 Nov 2026."},
			{models.Suspended, "suspended", "Your account is suspended since 12 Nov 2026."},
			{models.Removed, "removed", "Your account was removed on 12 Nov 2026."},
			{models.Leaving, "left", "Your access ended on 12 Nov 2026."},
		} {
			sub := "sub-" + c.want
			own := map[string]any{"sub": sub, "email": sub + "@northwind.example", "preferred_username": sub}
			first := h.mustSignIn(t, amara(own))
			h.set(t, first.UserID, "status", c.status)
			h.set(t, first.UserID, "status_since", since)
			h.set(t, first.UserID, "leaving_at", since)
			own["name"] = "Changed Meanwhile"
			_, err := h.signIn(t, amara(own))
			r := refused(t, err, c.want)
			if r.Cause != c.cause || !r.Since.Equal(since.Time()) || r.Status() != 403 || !strings.Contains(r.Next, "Ask the service desk") {
				t.Errorf("refusal = %+v", r)
			}
			if _, err := h.sessions.Find(t.Context(), first.Token); err == nil {
				t.Errorf("%s: the session from before lives on", c.status)
			}
			if u := h.user(t, first.UserID); u.DisplayName != "Amara Okafor" {
				t.Errorf("%s: claims of a refused sign-in were written", c.status)
			}
			e := h.events(t, models.SignInRefused)
			if last := e[len(e)-1]; last.TargetID != first.UserID || last.Detail != c.want+" at keycloak" || last.ActorKind != models.ActorAnonymous {
				t.Errorf("log = %+v", last)
			}
		}
	})
}

func TestCreateRules(t *testing.T) {
	t.Parallel()
	domains := config.Create{Rule: config.CreateDomains, Domains: []string{"northwind.example"}}
	groups := config.Create{Rule: config.CreateGroups, Groups: []string{"staff", "it"}}
	overage := map[string]any{
		"_claim_names":   map[string]any{"groups": "src1"},
		"_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/memberOf"}},
	}
	for _, c := range []struct {
		name   string
		create config.Create
		claims map[string]any
		want   string // "" lets in
	}{
		{"off", config.Create{Rule: config.CreateOff}, nil, "no_record"},
		{"unset is off", config.Create{}, nil, "no_record"},
		{"domain", domains, nil, ""},
		{"domain in capitals", domains, map[string]any{"email": "a@NORTHWIND.example"}, ""},
		{"another domain", domains, map[string]any{"email": "a@northwind.example.evil.example"}, "domain_refused"},
		{"a domain inside", domains, map[string]any{"email": "a@sub.northwind.example"}, "domain_refused"},
		{"unverified", domains, map[string]any{"email_verified": false}, "email_unverified"},
		{"verified as text", domains, map[string]any{"email_verified": "true"}, "email_unverified"},
		{"verified unsaid", domains, map[string]any{"email_verified": nil}, "email_unverified"},
		{"no address", domains, map[string]any{"email": nil}, "email_missing"},
		{"two addresses in one", domains, map[string]any{"email": "a@evil.example@northwind.example"}, "email_missing"},
		{"group", groups, map[string]any{"groups": []string{"all", "it"}}, ""},
		{"no such group", groups, map[string]any{"groups": []string{"STAFF", "staffing"}}, "group_missing"},
		{"no groups", groups, nil, "group_missing"},
		{"groups held back", groups, overage, "groups_unknown"},
		{"waiting", config.Create{Rule: config.CreatePending}, nil, "waiting"},
		{"waiting, of a domain", config.Create{Rule: config.CreatePending, Domains: []string{"contoso.example"}}, nil, "domain_refused"},
		{"waiting, of a group", config.Create{Rule: config.CreatePending, Groups: []string{"staff"}}, nil, "group_missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) { p.Create = c.create })
			_, err := h.signIn(t, amara(c.claims))
			people := len(h.users(t))
			if c.want == "" {
				if err != nil || people != 1 {
					t.Fatalf("%v, %d people; want to be let in", err, people)
				}
				return
			}
			refused(t, err, c.want)
			if want := map[bool]int{true: 1, false: 0}[c.want == "waiting"]; people != want {
				t.Fatalf("%d people, want %d", people, want)
			}
		})
	}
}

func TestWaitingUntilLetIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) { p.Create = config.Create{Rule: config.CreatePending} })
		_, err := h.signIn(t, amara(nil))
		r := refused(t, err, "waiting")
		u := h.users(t)[0]
		if u.Status != models.Invited || u.PendingSince != models.At(db.Clock.Now()) || !r.Since.Equal(db.Clock.Now()) {
			t.Fatalf("user = %+v, refusal = %+v", u, r)
		}
		db.Clock.Advance(time.Hour)
		_, err = h.signIn(t, amara(nil))
		refused(t, err, "waiting")
		if n := len(h.users(t)); n != 1 {
			t.Fatalf("%d people after two attempts", n)
		}
		h.set(t, u.ID, "status", models.Active)
		h.set(t, u.ID, "pending_since", 0)
		if out := h.mustSignIn(t, amara(nil)); out.UserID != u.ID {
			t.Fatalf("outcome = %+v", out)
		}
	})
}

// OIDC-36: an invitation is accepted by a verified address of a domain the
// provider is authoritative for, and only where nobody was linked before.
func TestInvitation(t *testing.T) {
	t.Parallel()
	trusting := func(p *config.Provider) {
		p.EmailDomains, p.Create = []string{"northwind.example"}, config.Create{Rule: config.CreateOff}
	}
	for _, c := range []struct {
		name     string
		settings func(*config.Provider)
		claims   map[string]any
		accepted bool
	}{
		{"verified, authoritative", trusting, nil, true},
		{"verified, by the create rule's domain", func(p *config.Provider) { p.EmailDomains = nil }, nil, true},
		{"unverified, authoritative", trusting, map[string]any{"email_verified": false}, false},
		{"verified as text, authoritative", trusting, map[string]any{"email_verified": "true"}, false},
		{"verified, not authoritative", func(p *config.Provider) { p.Create = config.Create{Rule: config.CreateOff} }, nil, false},
		{"unverified, not authoritative", func(p *config.Provider) { p.Create = config.Create{Rule: config.CreateOff} }, map[string]any{"email_verified": nil}, false},
		{"another address", trusting, map[string]any{"email": "amara.o@northwind.example"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := build(t, dbtest.One(t, store.SQLite), c.settings)
			invited := h.invite(t)
			out, err := h.signIn(t, amara(c.claims))
			if !c.accepted {
				refused(t, err, "no_record")
				if n := len(h.identities(t)); n != 0 {
					t.Fatalf("%d identities", n)
				}
				return
			}
			if err != nil || out.UserID != invited.ID || out.Created {
				t.Fatalf("outcome = %+v, %v", out, err)
			}
		})
	}
}

func (h *house) invite(t *testing.T) directory.Person {
	t.Helper()
	p, err := h.people.Invite(t.Context(), h.Actor(), directory.NewPerson{DisplayName: "A. Okafor", Email: "amara@northwind.example"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestInvitationIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) {
			p.EmailDomains, p.Create = []string{"northwind.example"}, config.Create{Rule: config.CreateOff}
		})
		invited := h.invite(t)
		out := h.mustSignIn(t, amara(nil))
		u := h.user(t, invited.ID)
		if out.UserID != u.ID || u.Status != models.Active || u.Provider != "keycloak" {
			t.Fatalf("user = %+v", u)
		}
		link, active := h.events(t, models.IdentityLink), h.events(t, models.UserActivate)
		if len(link) != 1 || link[0].TargetID != u.ID || link[0].ActorID != u.ID || len(active) != 1 || active[0].ActorID != u.ID {
			t.Fatalf("link = %+v, activate = %+v", link, active)
		}
		// The same address again, as somebody else: the invitation is used up.
		_, err := h.signIn(t, amara(map[string]any{"sub": "impostor"}))
		refused(t, err, "no_record")
	})
}

// A record in use is never linked by its e-mail address, whatever its status.
func TestRecordInUseIsNotTakenOver(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) {
		p.EmailDomains, p.Create = []string{"northwind.example"}, config.Create{Rule: config.CreateOff}
	})
	p, err := h.people.Create(t.Context(), h.Actor(), directory.NewPerson{DisplayName: "A. Okafor", Email: "amara@northwind.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []models.Status{models.Active, models.Suspended, models.Leaving, models.Deactivated, models.Removed} {
		h.set(t, p.ID, "status", status)
		_, err := h.signIn(t, amara(nil))
		refused(t, err, "no_record")
	}
	if n := len(h.identities(t)); n != 0 {
		t.Fatalf("%d identities", n)
	}
}

func TestNobodyWithoutARole(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) { p.Roles = nil })
		_, err := h.signIn(t, amara(nil))
		r := refused(t, err, "no_role")
		if r.Cause != "You signed in at Keycloak, but have no role in Rollcall." || r.Next != "Ask the service desk for a role." {
			t.Fatalf("refusal = %+v", r)
		}
		u := h.users(t)
		if len(u) != 1 || u[0].Status != models.Active || u[0].LastSignInAt != 0 {
			t.Fatalf("users = %+v; the person is there to be given a role", u)
		}
	})
}

// OIDC-37: roles follow the claim, and stay while the provider holds it back.
func TestRolesFollowClaims(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) {
			p.Roles = []config.RoleMapping{
				everybody,
				{Claim: "groups", Value: "helpers", Role: models.RoleHelpdesk},
				{Claim: "realm.office", Value: "3", Role: models.RoleAuditor},
				{Claim: "groups", Value: "helpers", Role: "rollcall.unheard-of"},
			}
		})
		overage := map[string]any{
			"_claim_names":   map[string]any{"groups": "src1"},
			"_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/memberOf"}},
			"realm":          map[string]any{"office": 3},
		}
		const employee, helpdesk, auditor = models.RoleEmployee, models.RoleHelpdesk, models.RoleAuditor
		for _, c := range []struct {
			name   string
			claims map[string]any
			want   []string
		}{
			{"none", nil, []string{employee}},
			{"both", map[string]any{"groups": []string{"x", "helpers"}, "realm": map[string]any{"office": 3}}, []string{auditor, employee, helpdesk}},
			{"held back", overage, []string{auditor, employee, helpdesk}},
			{"one gone", map[string]any{"groups": "helpers", "realm": map[string]any{"office": 4}}, []string{employee, helpdesk}},
			{"unreadable", map[string]any{"groups": map[string]any{"a": 1}}, []string{employee, helpdesk}},
			{"all gone", map[string]any{"groups": []string{}}, []string{employee}},
		} {
			out := h.mustSignIn(t, amara(c.claims))
			if d := cmp.Diff(c.want, h.roles(t, out.UserID)); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
	})
}

func TestFieldsFromClaims(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) {
			p.Claims.Department, p.Claims.Title, p.Claims.Phone, p.Claims.ExternalID = "org.unit", "job", "phone_number", "employee_no"
		})
		out := h.mustSignIn(t, amara(map[string]any{
			"org": map[string]any{"unit": "Finance"}, "job": []string{"Lead", "Buyer"}, "phone_number": "+49 30 1", "employee_no": 4711,
		}))
		p, err := h.people.GetByID(t.Context(), h.Tenant, out.UserID)
		if err != nil {
			t.Fatal(err)
		}
		phone, _ := p.Phone.For(models.AllPermissions)
		number, _ := p.ExternalID.For(models.AllPermissions)
		if p.Department != "Finance" || p.Title != "Lead, Buyer" || phone != "+49 30 1" || number != "4711" || p.Sources.Owner(directory.FieldTitle) != "keycloak" {
			t.Fatalf("person = %+v, %q, %q", p, phone, number)
		}
		h.mustSignIn(t, amara(nil)) // silence empties nothing
		if p, err = h.people.GetByID(t.Context(), h.Tenant, out.UserID); err != nil || p.Department != "Finance" || p.Title != "Lead, Buyer" {
			t.Fatalf("person = %+v, %v", p, err)
		}
	})
}

func first(f config.FirstAdmin) func(*signin.Deps) {
	return func(d *signin.Deps) { d.FirstAdmin = f }
}

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	byEmail := config.FirstAdmin{Provider: "keycloak", Email: "amara@northwind.example"}
	bySubject := config.FirstAdmin{Provider: "keycloak", Subject: "amara-1"}
	for _, c := range []struct {
		name   string
		named  config.FirstAdmin
		claims map[string]any
		admin  bool
	}{
		{"by address", byEmail, nil, true},
		{"by subject", bySubject, map[string]any{"email": nil}, true},
		{"by an unverified address", byEmail, map[string]any{"email_verified": false}, false},
		{"by another address", byEmail, map[string]any{"email": "mallory@northwind.example"}, false},
		{"by another subject", bySubject, map[string]any{"sub": "Amara-1"}, false},
		{"at another provider", config.FirstAdmin{Provider: "entra", Email: "amara@northwind.example"}, nil, false},
		{"nobody is named", config.FirstAdmin{}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) { p.Create, p.Roles = config.Create{}, nil })
			h.rebuild(t, first(c.named))
			out, err := h.signIn(t, amara(c.claims))
			if !c.admin {
				refused(t, err, "no_record")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{models.RoleAdmin}, h.roles(t, out.UserID)); d != "" {
				t.Fatal(d)
			}
		})
	}
}

// The door that opens an empty installation does not open a living one.
func TestFirstAdminWorksOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		named := first(config.FirstAdmin{Provider: "keycloak", Email: "amara@northwind.example"})
		h.rebuild(t, named)
		h.mustSignIn(t, amara(nil))
		h.mustSignIn(t, amara(nil)) // the same person again
		later := h.mustSignIn(t, amara(map[string]any{"sub": "amara-2"}))
		if d := cmp.Diff([]string{models.RoleEmployee}, h.roles(t, later.UserID)); d != "" {
			t.Fatal(d)
		}
		if n := len(h.events(t, models.FirstAdminClaim)); n != 1 {
			t.Fatalf("%d first admins", n)
		}
	})
}

func TestTwoFirstAdminsAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.rebuild(t, first(config.FirstAdmin{Provider: "keycloak", Email: "amara@northwind.example"}))
		outcomes := h.together(t, 4, func(i int) map[string]any { return amara(map[string]any{"sub": string(rune('a' + i))}) })
		admins := 0
		for _, out := range outcomes {
			for _, r := range h.roles(t, out.UserID) {
				if r == models.RoleAdmin {
					admins++
				}
			}
		}
		if admins != 1 || len(h.events(t, models.FirstAdminClaim)) != 1 {
			t.Fatalf("%d first admins, want 1", admins)
		}
	})
}

// Two tabs of one new person make one record.
func TestSamePersonArrivesTwiceAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		outcomes := h.together(t, 4, func(int) map[string]any { return amara(nil) })
		for _, out := range outcomes {
			if out.UserID != outcomes[0].UserID {
				t.Fatal("one identity, two people")
			}
			if _, err := h.sessions.Find(t.Context(), out.Token); err != nil {
				t.Fatal(err)
			}
		}
		if len(h.users(t)) != 1 || len(h.identities(t)) != 1 || len(h.events(t, models.UserCreateJIT)) != 1 {
			t.Fatalf("%d people, %d identities", len(h.users(t)), len(h.identities(t)))
		}
	})
}

// together finishes n sign-ins at the same moment. The provider knows by the
// nonce whose token it issues.
func (h *house) together(t *testing.T, n int, who func(int) map[string]any) []signin.Outcome {
	t.Helper()
	callbacks := make([]signin.Callback, n)
	people := map[any]map[string]any{}
	h.op.SignIn(amara(nil))
	for i := range n {
		started := h.start(t, signin.Begin{})
		address, err := url.Parse(started.Address)
		if err != nil {
			t.Fatal(err)
		}
		people[address.Query().Get("nonce")] = who(i)
		callbacks[i] = signin.Callback{Provider: "keycloak", Values: h.op.Authorize(t, started.Address), Binding: started.Binding, Facts: desk}
	}
	h.op.Mutate(func(f *optest.Faults) {
		f.Claims = func(c map[string]any) { maps.Copy(c, people[c["nonce"]]) }
	})
	outcomes, failures := make([]signin.Outcome, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { outcomes[i], failures[i] = h.flow.Finish(t.Context(), callbacks[i]) })
	}
	all.Wait()
	for _, err := range failures {
		if err != nil {
			t.Fatal(err)
		}
	}
	return outcomes
}

// WEB-04: deactivated while signed in, the next request is refused, also elsewhere.
func TestDeactivatedIsOutOnEveryReplica(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		out := h.mustSignIn(t, amara(nil))
		_, elsewhere, flow := h.replica(t, db.Replica(t))
		if _, err := elsewhere.Find(t.Context(), out.Token); err != nil {
			t.Fatal(err)
		}
		h.set(t, out.UserID, "status", models.Deactivated)
		if _, err := elsewhere.Find(t.Context(), out.Token); !errors.Is(err, session.ErrBlocked) {
			t.Fatalf("Find = %v, want ErrBlocked", err)
		}
		h.flow = flow
		_, err := h.signIn(t, amara(nil))
		refused(t, err, "deactivated")
	})
}

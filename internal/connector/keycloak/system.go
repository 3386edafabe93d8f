package keycloak

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// perSecond is how often a Keycloak is asked when the settings do not say: a
// third of what a small one answers, so that people still sign in beside us.
const perSecond = 100

// system is one realm.
type system struct {
	name   string // for people
	base   string // of the server, without a slash at its end
	realm  string
	issuer string
	client string // id of the service account's client
	secret string
	now    func() time.Time
	guard  *guard.Client
	own    signIn // nil: nobody signs in with it
	tokens tokens
	most   int // events that one reading gives
}

// New gives the adapter to one realm of a Keycloak. It sends nothing yet; what
// cannot work with these settings is refused now.
func New(settings connector.Settings, secrets connector.Secrets, name string, now func() time.Time) (connector.System, error) {
	if now == nil {
		now = time.Now
	}
	client, err := guard.New(guard.Options{System: name, Settings: settings, Rate: perSecond, Now: now})
	if err != nil {
		return nil, err
	}
	s := &system{
		name: name, base: strings.TrimRight(settings.BaseURL, "/"), realm: settings.Realm, issuer: settings.EffectiveIssuer(),
		client: settings.ClientID, secret: secrets.Client, now: now, guard: client, tokens: newTokens(), most: mostEvents,
	}
	if err := s.complete(); err != nil {
		return nil, err
	}
	if s.own, err = newSignIn(settings, secrets, name, now); err != nil {
		return nil, err
	}
	return s, nil
}

// complete refuses settings without what every request needs.
func (s *system) complete() error {
	for _, x := range []struct{ name, text string }{{"realm", s.realm}, {"client id", s.client}, {"client secret", s.secret}} {
		if strings.TrimSpace(x.text) == "" {
			return s.guard.Fail(connector.FailSettings, "read the settings", "The "+x.name+" of "+s.name+" is missing.", "Enter it in the settings of this connector.")
		}
	}
	return nil
}

// Close drops connections.
func (s *system) Close() {
	s.guard.Close()
	if s.own != nil {
		s.own.Close()
	}
}

// needs says which roles of the service account a capability takes.
var needs = map[connector.Capability][]string{
	connector.CanListPeople: {roleView}, connector.CanReadPerson: {roleView}, connector.CanFindPerson: {roleView},
	connector.CanReadLock: {roleView}, connector.CanReadFactors: {roleView},
	connector.CanReadRoles:    {roleView, roleClients}, // without the second, roles of clients are left out
	connector.CanListSessions: {roleView},
	connector.CanListChanges:  {roleEvents}, connector.CanListEvents: {roleEvents}, connector.CanReadHistory: {roleEvents},
	connector.CanSetEnabled: {roleManage}, connector.CanEndSessions: {roleManage}, connector.CanRevokeGrants: {roleManage},
	connector.CanWriteField: {roleManage}, connector.CanUnlock: {roleManage},
	connector.CanListApps:    {roleClients},
	connector.CanRevokeToken: nil, connector.CanIntrospectToken: nil, // a matter of the client people sign in with
}

// Describe says what the service account can do: Keycloak can do everything, for
// those who hold the roles.
func (s *system) Describe(ctx context.Context) (connector.Description, error) {
	d := connector.Description{Product: "Keycloak", Lacks: make(map[connector.Capability]string)}
	t, err := s.token(ctx)
	if err != nil {
		return d, err
	}
	held, said := t.roles(s.management())
	for _, c := range connector.Capabilities {
		roles, known := needs[c]
		missing := slices.IndexFunc(roles, func(role string) bool { return said && !holds(held, role) })
		switch {
		case !known:
			d.Lacks[c] = "The adapter to Keycloak cannot do this."
		case len(roles) == 0 && s.own == nil:
			d.Lacks[c] = s.noSignIn()
		case missing >= 0:
			d.Lacks[c] = "The service account " + s.client + " has no role " + roles[missing] + "."
		default:
			d.Has = append(d.Has, c)
		}
	}
	if d.Can(connector.CanWriteField) {
		p, err := s.profile(ctx)
		if err != nil {
			return d, err
		}
		d.Writes = p.writable()
	}
	return d, nil
}

// management is the client whose roles open the admin API of the realm.
func (s *system) management() string {
	if s.realm == "master" {
		return "master-realm"
	}
	return "realm-management"
}

// The roles of the service account.
const (
	roleView    = "view-users"
	roleQuery   = "query-users"
	roleManage  = "manage-users"
	roleEvents  = "view-events"
	roleClients = "view-clients"
)

// implied lists what a role is worth, or part of.
var implied = map[string][]string{
	roleView:    {roleManage, "realm-admin"},
	roleQuery:   {roleView, roleManage, "realm-admin"},
	roleManage:  {"realm-admin"},
	roleEvents:  {"manage-events", "realm-admin"},
	roleClients: {"manage-clients", "realm-admin"},
}

// holds reports whether a role is held, or one that is worth more.
func holds(held []string, role string) bool {
	return slices.Contains(held, role) || slices.ContainsFunc(implied[role], func(more string) bool { return slices.Contains(held, more) })
}

// account gives the path of one account. What cannot be an id is known to be
// unknown: an empty one would name everybody.
func (s *system) account(id, step string) (string, error) {
	if id == "" || id == "." || id == ".." || len(id) > longID {
		f := s.guard.Fail(connector.FailNotFound, step, s.name+" knows no account with this id.", "Read the people of "+s.name+" again.")
		f.Status = http.StatusNotFound
		return "", f
	}
	return "/users/" + url.PathEscape(id), nil
}

// longID bounds every id that is taken or given.
const longID = 255

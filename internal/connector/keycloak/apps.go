package keycloak

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// inner are Keycloak's own clients.
var inner = map[string]bool{
	"account": true, "account-console": true, "admin-cli": true, "broker": true, "realm-management": true, "security-admin-console": true,
}

// ListApps lists the clients that people can sign in to. Access tokens of
// Keycloak are signed, so that an application may accept them without asking; the
// lifetime is the client's own, or that of the realm, which the service account
// cannot read and which its own token shows. Of tokens by the implicit flow it is
// a third one, which nothing shows.
func (s *system) ListApps(ctx context.Context) ([]connector.App, error) {
	clients, err := every[client](ctx, s, request{path: "/clients", step: stepApps, role: roleClients})
	if err != nil {
		return nil, err
	}
	t, err := s.token(ctx)
	if err != nil {
		return nil, err
	}
	usual := t.life
	for _, c := range clients {
		if c.ClientID == s.client && seconds(c.Attributes["access.token.lifespan"]) > 0 {
			usual = 0 // our own token shows our own lifetime, not the realm's
		}
	}
	apps := []connector.App{}
	for _, c := range clients {
		if c.Enabled && !c.BearerOnly && !inner[c.ClientID] && (c.Standard || c.Implicit || c.Direct || c.Protocol == "saml") {
			apps = append(apps, c.app(usual))
		}
	}
	return apps, nil
}

func (c client) app(usual time.Duration) connector.App {
	a := connector.App{ClientID: c.ClientID, Name: c.Name}
	if a.Name == "" || strings.HasPrefix(a.Name, "${") { // a word of the console's own translations
		a.Name = c.ClientID
	}
	if c.Protocol == "saml" { // it has assertions, which are used once
		a.SignOutURL = c.Attributes["saml_single_logout_service_url_soap"]
		return a
	}
	a.SignOutURL = c.Attributes["backchannel.logout.url"]
	a.SelfContained = true
	own := seconds(c.Attributes["access.token.lifespan"])
	switch {
	case c.Implicit:
	case own > 0:
		a.TokenLifetime = own
	default:
		a.TokenLifetime = usual
	}
	return a
}

// seconds reads a setting of seconds; what is none counts as not set.
func seconds(text string) time.Duration {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(n) * time.Second
}

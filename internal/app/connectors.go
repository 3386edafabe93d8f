package app

import (
	"context"
	"log/slog"
	"maps"

	"github.com/rollcall/rollcall/handlers/connectors"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/keycloak"
	"github.com/rollcall/rollcall/internal/connector/oidc"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// connectors builds the engine of connected systems.
func (a *App) connectors(ring *secret.Keyring) *connector.Engine {
	return connector.New(a.Store, ring, connector.Options{
		Kinds: a.kinds(), Reserved: a.reserved(), Loopback: a.loopback(),
		SignIn: a.Providers.Try,
		Keep: func(ctx context.Context, tx *store.Tx, change func() error) error {
			return a.Access.GuardWayIn(ctx, tx, change)
		},
		Log: a.options.Log, Now: a.options.Clock,
	})
}

// Connectors gives the engine of connected systems alone, without the rest of the
// product: for the command line.
func Connectors(st *store.Store, ring *secret.Keyring, cfg *config.Config, log *slog.Logger) *connector.Engine {
	a := &App{config: cfg, options: Options{Log: log}}
	return connector.New(st, ring, connector.Options{Kinds: a.kinds(), Reserved: a.reserved(), Loopback: a.loopback(), Log: log})
}

// loopback reports whether this installation runs for its own machine only: then
// systems on it may be asked by plain http.
func (a *App) loopback() bool { return outbound.Loopback(a.config.PublicURL.Hostname()) }

// kinds are the sorts of systems that can be connected.
func (a *App) kinds() map[models.ConnectorKind]connector.Kind {
	kinds := map[models.ConnectorKind]connector.Kind{
		models.ConnectorKeycloak: {
			Name:     "Keycloak",
			Describe: "Reads people and follows changes, disables accounts, ends sessions, takes back tokens and writes fields, through a service account. People can sign in with it as well.",
			Needs:    []string{"base_url", "realm", "client_id", connector.SecretClient}, New: keycloak.New,
		},
		models.ConnectorOIDC: {
			Name:     "OpenID provider",
			Describe: "Lets people sign in with any OpenID provider, tests the connection, and takes back the tokens that Rollcall holds. It cannot read or change people there.",
			Needs:    []string{"base_url"}, New: oidc.New,
		},
	}
	maps.Copy(kinds, a.options.Kinds)
	return kinds
}

// reserved are the providers of the configuration.
func (a *App) reserved() []connector.Reserved {
	var out []connector.Reserved
	for _, p := range a.config.Providers {
		from := "providers in the configuration file"
		if p.Key == a.config.EnvProvider {
			from = "ROLLCALL_OIDC_ISSUER"
		}
		out = append(out, connector.Reserved{Key: p.Key, Issuer: p.Issuer, From: from})
	}
	return out
}

// configured are the providers of the configuration with their health.
func (a *App) configured() []connectors.Configured {
	health := map[string]signin.Choice{}
	for _, c := range a.SignIn.Choices() {
		health[c.Key] = c
	}
	var out []connectors.Configured
	for i, r := range a.reserved() {
		h := health[r.Key]
		out = append(out, connectors.Configured{
			Key: r.Key, Name: a.config.Providers[i].Name, Issuer: r.Issuer, From: r.From, OK: h.OK, Since: h.Since, Sentence: h.Sentence,
		})
	}
	return out
}

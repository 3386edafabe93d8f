package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Config are the settings of an installation, checked.
type Config struct {
	DatabaseURL    Secret // may hold a password
	Listen         string
	PublicURL      *url.URL // scheme and host only
	TrustedProxies []netip.Prefix
	SecretKey      Secret // see package secret
	SecretKeyFile  string
	Contact        string // who runs this, for the sign-in page
	LogLevel       slog.Level
	Tenant         Tenant
	Session        Session
	RiskWithin     time.Duration // in which everybody has to be out once a risk is known
	FirstAdmin     FirstAdmin
	Providers      []Provider
	EnvProvider    string // key of the provider that the environment sets; "" when none
}

// Tenant is the organisation of an installation.
type Tenant struct{ Name, Slug, Environment string }

// Session says how long people stay signed in.
type Session struct {
	Idle         time.Duration
	Absolute     time.Duration
	MaxPerPerson int
	Elevation    time.Duration // how long a fresh sign-in opens sensitive acts
	SkipStepUp   bool          // sensitive acts need no fresh sign-in
}

// FirstAdmin names who becomes admin at the first sign-in, while nobody is. The
// zero value names nobody.
type FirstAdmin struct{ Provider, Email, Subject string }

// Set reports whether somebody is named.
func (f FirstAdmin) Set() bool { return f.Email != "" || f.Subject != "" }

// Secure reports whether people reach the console by https.
func (c *Config) Secure() bool { return c.PublicURL.Scheme == "https" }

// SQLiteFile gives the path of the SQLite database, or "" for another database.
func (c *Config) SQLiteFile() string {
	path, ok := strings.CutPrefix(string(c.DatabaseURL), "sqlite:")
	if !ok {
		return ""
	}
	return strings.TrimPrefix(path, "//")
}

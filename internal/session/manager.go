package session

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
)

// Defaults: what NIST SP 800-63B recommends for its second level, rounded to
// the stricter side.
const (
	DefaultIdle       = time.Hour
	DefaultAbsolute   = 12 * time.Hour
	DefaultMaxPerUser = 10
	DefaultElevation  = 15 * time.Minute
)

// The cookie's name. The prefix makes browsers insist on Secure, on the path /
// and on no Domain, so that no neighbour can set it.
const (
	secureCookie = "__Host-rollcall"
	plainCookie  = "rollcall-session" // plain http on this machine only
)

// Options say how sessions behave. Store and Keyring are required.
type Options struct {
	Store   *store.Store
	Keyring *secret.Keyring

	Secure     bool          // the console is reached by https; false only on loopback
	Idle       time.Duration // 0: DefaultIdle
	Absolute   time.Duration // 0: DefaultAbsolute
	MaxPerUser int           // 0: DefaultMaxPerUser
	Elevation  time.Duration // how long a fresh sign-in opens sensitive acts; 0: DefaultElevation

	Log *slog.Logger // nil: slog.Default
}

// Manager opens, finds and ends sessions. It is safe for use by many goroutines.
type Manager struct {
	store     *store.Store
	keyring   *secret.Keyring
	scs       *scs.SessionManager
	idle      time.Duration
	absolute  time.Duration
	elevation time.Duration
	max       int
	log       *slog.Logger
}

// New makes a manager.
func New(o Options) (*Manager, error) {
	if o.Store == nil || o.Keyring == nil {
		return nil, errors.New("session: store and keyring are required")
	}
	m := &Manager{
		store: o.Store, keyring: o.Keyring, scs: scs.New(),
		idle: o.Idle, absolute: o.Absolute, elevation: o.Elevation, max: o.MaxPerUser, log: o.Log,
	}
	if m.idle <= 0 {
		m.idle = DefaultIdle
	}
	if m.absolute <= 0 {
		m.absolute = DefaultAbsolute
	}
	if m.elevation <= 0 {
		m.elevation = DefaultElevation
	}
	if m.max <= 0 {
		m.max = DefaultMaxPerUser
	}
	if m.log == nil {
		m.log = slog.Default()
	}
	m.scs.Store = &rows{store: o.Store}
	m.scs.Codec = codec{}
	m.scs.HashTokenInStore = true
	m.scs.Lifetime = m.absolute
	m.scs.IdleTimeout = 0 // ours is counted by the store's clock, and not written at each request
	m.scs.Cookie = scs.SessionCookie{
		Name: plainCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: o.Secure,
		Persist: false, // the row knows when it ends; the browser forgets when it closes
	}
	if o.Secure {
		m.scs.Cookie.Name = secureCookie
	}
	return m, nil
}

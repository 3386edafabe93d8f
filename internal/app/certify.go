package app

import (
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
)

// Certificates builds the engine that issues certificates, for serve and for the
// command line. Keys carry the host of the public address as their name, because
// that is where they are published.
func Certificates(s *store.Store, ring *secret.Keyring, cfg *config.Config, version string) *certify.Engine {
	return certify.New(certify.Deps{Store: s, Keyring: ring, Version: version, Signer: cfg.PublicURL.Host})
}

package keycloak

import "github.com/rollcall/rollcall/internal/connector"

// SetMostEvents makes one reading give fewer events than it would.
func SetMostEvents(s connector.System, n int) { s.(*system).most = n }

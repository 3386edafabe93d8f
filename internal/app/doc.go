// Package app puts the product together: one readable list of construction from
// a configuration to an http.Handler, and the background work that goes with it.
//
// It holds no rule and draws no page. Everything may be imported here; only cmd,
// the demo and tests import it.
package app

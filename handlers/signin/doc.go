// Package signin answers the way in and the way out: choosing a provider, the
// return from it, and signing out here and there.
//
// Rules and protocol are in internal/signin; this package sets cookies, draws
// pages and follows no address that came from outside.
package signin

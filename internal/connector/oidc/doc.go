// Package oidc is the adapter to any OpenID provider without an admin API that
// Rollcall knows: it tests the connection, takes back tokens of its own client
// (RFC 7009) and looks at them (RFC 7662).
//
// OpenID Connect has no words for people, accounts or other applications'
// sessions: what the adapter lacks is said with a sentence each. People sign in
// with such a provider through package signin; this package verifies no token,
// keeps none, and knows nobody.
package oidc

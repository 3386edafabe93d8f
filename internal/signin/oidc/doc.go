// Package oidc is the protocol half of sign-in: an OpenID Connect relying
// party that speaks to one configured provider and returns a checked identity
// or a refusal with one cause and one next step.
//
// coreos/go-oidc verifies signatures' envelopes and the claims it knows; on
// top lies a strict layer for what that library lets through: a decoder that
// refuses duplicate and look-alike claim names, rules for every protocol claim
// (OIDC-25 to OIDC-33), and a key set that cannot be made to fetch at an
// attacker's pace (OIDC-05 to OIDC-10).
//
// It is not the sign-in flow: it stores nothing, knows no database, no
// session, no cookie and no person of the directory. Who may come in, and that
// a transaction is used once and by the browser that began it, is decided by
// its callers. Each kind of token has a verifier of its own: what is an ID token
// is refused as a logout token, and the other way round. Security events are
// verified elsewhere and never accepted here.
package oidc

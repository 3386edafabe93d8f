// Package secret seals what must lie in the database or in a file and yet must
// not be readable there: tokens, client secrets, PKCE verifiers.
//
// A Keyring seals with AES-256-GCM. The text it gives names the key that made
// it, so that keys can be changed, and is bound to its Place: copied into
// another row, column or tenant it no longer opens (OIDC-40, WEB-27).
//
// Load finds the key of an installation: in a setting, in a file, or for SQLite
// in a file beside the database that is made on the first start.
//
// It is not a password hash, not a signature, and no protection against someone
// who holds both the database and the key.
package secret

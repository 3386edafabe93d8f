// Package keeper holds every token that people were given at a Keycloak, and says
// which of them still lives.
//
// It judges what the product did, so that it shares nothing with it: it speaks to
// Keycloak with net/http alone and imports nothing but the standard library, which
// a test holds. It trusts only what a token can still do: a refresh token is used,
// an access token is shown to the userinfo endpoint and to introspection, by a
// client that could see it alive before.
//
// It does not know what the product claims; package prove compares the two.
package keeper

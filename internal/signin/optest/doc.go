// Package optest is a small OpenID provider that lives inside a test and can
// be told to misbehave: every claim, header, key, metadata field and answer
// may be changed before it is sent, endpoints may be replaced, and requests
// are counted.
//
// Left alone it is a correct provider: code flow, PKCE S256, RFC 9207, signed
// ID tokens with at_hash, UserInfo, key rotation, refresh tokens that rotate and
// notice reuse, revocation, introspection, logout tokens. It keeps everything in
// memory, signs in whoever it was told to, and must not be imported by
// anything but tests.
package optest

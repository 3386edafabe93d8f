// Package oauth spells what a client and an authorization server say to each
// other about tokens that exist: how a client proves itself (RFC 6749 section
// 2.3), revocation (RFC 7009), introspection (RFC 7662) and the words of errors.
//
// It sends nothing, knows no provider and no person, and never sees whether a
// token is genuine: that is told by whoever verifies it.
package oauth

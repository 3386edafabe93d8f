// Package demo is a whole installation for looking at: an OpenID provider
// without passwords, a directory of about 12,000 invented people with the
// stories that a real one has, and the address both are served at.
//
// The provider is a real one, made with go-oidc, and the console signs people
// in through it with the very code it uses for every other provider. What
// protects the demo is that it can only be opened from the machine it runs on
// (WEB-30): Bind refuses every other address, and Guard every other name.
//
// Nothing but cmd imports this package, and `rollcall serve` cannot reach it.
package demo

// Package signin lets people in: from the button on the sign-in page to the
// session, and out again.
//
// Start writes down a sign-in and sends the browser to the provider. Finish
// takes what the browser brings back, has it judged by package oidc, and then
// decides in one transaction: who this is, whether they may come in, what the
// provider says about them, which roles that gives, and the session. The log
// records that transaction, or the one cause for which it was refused.
//
// A person is found by (issuer, subject) and by nothing else (OIDC-35). There
// are three ways for an identity nobody knows to get in:
//
//   - an invitation: the person was invited at an e-mail address, the provider
//     says that it verified this very address, the address lies in a domain for
//     which the settings call the provider authoritative, and the record has no
//     identity yet. It is linked once, and the log says so (OIDC-36);
//   - the provider's create rule: off, by domain of a verified address, by
//     group, or waiting to be let in (OIDC-39);
//   - the first admin, named in the settings, while the installation has none.
//
// Never is an identity linked to a record that is in use because an e-mail
// address is the same. Who comes with the verified address of a known person and
// would be turned away is told so, and the two are suggested to the admins.
//
// After that nobody is in front of a browser: Backchannel takes a provider's word
// that sessions have ended there, KeepUp asks providers with the refresh tokens
// they gave whether they still vouch for whoever is signed in, and takes those
// tokens back when they are of no use any more. A refresh token is used by one
// replica at a time, kept before anything is concluded from what came with it,
// and never the reason for a sign-out that the provider did not cause.
//
// The package is not the protocol (see oidc), keeps no session (see session)
// and draws no page.
package signin

// Package session knows who is signed in to the console, and ends it.
//
// A session is a row: who, through which identity, from where, until when. The
// browser holds a random token of 256 bits in a cookie and nothing else; the
// row holds its SHA-256 (WEB-01). scs makes, hashes and renews tokens and writes
// the cookie; the rows are ours, because a person's sessions must be found,
// listed and ended, in the same transaction as the change that ends them.
//
// Current answers one request with one query over session, person and tenant,
// on every replica alike: a person whose status no longer lets them in is
// refused from the commit on (WEB-04). A visitor who is not signed in leaves no
// row.
//
// Lifetimes: a session ends after Options.Idle without a request and after
// Options.Absolute in any case, both counted by the store's clock. One person
// holds at most Options.MaxPerUser sessions; the one that began first makes room.
//
// The package is not sign-in (see signin), decides no permission (see access),
// and is no place to keep values between pages.
package session

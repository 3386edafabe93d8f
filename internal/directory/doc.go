// Package directory is the people: their records, identities, departments,
// local attributes and the words they are found by.
//
// It lists and searches with keyset pages at a million people, reads one
// person, and makes every change to them: create, invite, edit, status, claims
// and identities of a provider. Verbs that span more than the directory
// (sign-in, deactivation) call its Tx functions inside their own store.Change.
//
// It does not decide who may do what beyond the permission its own acts name,
// gives no role (package access does; its assignments are only read here, as a
// filter) and ends no session. Bun stays in the rows files.
package directory

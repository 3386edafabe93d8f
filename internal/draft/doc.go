// Package draft keeps what somebody typed into a form while they prove themselves
// at their provider, or sign in again after their session ran out.
//
// A draft is sealed, belongs to one person, and lives for an hour. It brings a
// form back filled in; it never carries the act out. What a form calls a secret
// is not for drafts: whoever keeps one leaves it out.
//
// The package is no store of unfinished work (nobody lists drafts), knows no
// form, and decides nothing about permissions.
package draft

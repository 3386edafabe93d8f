package oidc

import (
	"slices"
	"time"
)

// Identity is what a provider said about a person, every check passed. The
// key of an account is (tenant, Issuer, Subject); nothing else in here
// identifies anybody (OIDC-35).
type Identity struct {
	Issuer  string
	Subject string

	Email string
	// EmailVerified is true only when the provider sent the boolean true:
	// the text "true" is not a statement a person may be linked by.
	EmailVerified bool

	Name, GivenName, FamilyName, Username string

	Groups, Roles List

	AuthTime time.Time // zero when the provider did not say
	IssuedAt time.Time
	ACR      string
	AMR      []string
	SID      string // the provider's session, for its sign-out messages
	Tenant   string // of a multi-tenant issuer

	// Raw holds the claims of Config.KeepClaims that were present.
	Raw map[string]any
	// Unknown names, sorted, the claims whose values the provider holds back
	// (distributed claims, group overage): not absent, not empty (OIDC-37).
	Unknown []string
}

// Knows reports whether the provider's silence about a claim means anything.
func (i *Identity) Knows(claim string) bool {
	_, held := slices.BinarySearch(i.Unknown, claim)
	return !held
}

// State says how much a provider said about a list.
type State uint8

// The states of a List. Unknown must never be read as "none": whoever maps
// roles from claims keeps what was there and warns (OIDC-37).
const (
	Absent  State = iota // no such claim
	Given                // the whole list, possibly empty
	Unknown              // held back, or not readable as a list of names
)

// String gives the state's word for logs.
func (s State) String() string {
	switch s {
	case Given:
		return "given"
	case Unknown:
		return "unknown"
	case Absent:
		return "absent"
	}
	return "absent"
}

// List is a claim that names several things.
type List struct {
	State  State
	Values []string
}

// Tokens are what the provider handed out with the identity. None of them
// shows itself in a log.
type Tokens struct {
	ID      Secret // hint for signing out
	Access  Secret
	Refresh Secret // only with Config.Refresh
	Expires time.Time
	Scope   string
}

// Grant is a completed sign-in.
type Grant struct {
	Identity Identity
	Tokens   Tokens
	Original Original // only with Config.Refresh
}

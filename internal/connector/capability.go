package connector

import "slices"

// Capability is one thing a system can do for us.
type Capability string

// The capabilities, each with the interface that a System then implements.
const (
	CanListPeople   Capability = "list-people"   // PeopleLister
	CanListChanges  Capability = "list-changes"  // ChangeLister
	CanReadPerson   Capability = "read-person"   // PersonReader
	CanFindPerson   Capability = "find-person"   // PersonFinder
	CanSetEnabled   Capability = "set-enabled"   // Switcher
	CanListSessions Capability = "list-sessions" // SessionLister
	CanEndSessions  Capability = "end-sessions"  // SessionEnder
	CanRevokeGrants Capability = "revoke-grants" // GrantRevoker
	CanWriteField   Capability = "write-field"   // FieldWriter
	CanReadRoles    Capability = "read-roles"    // AccessReader
	CanListEvents   Capability = "list-events"   // EventLister
	CanListApps     Capability = "list-apps"     // AppLister
	CanReadLock     Capability = "read-lock"     // LockReader
	CanUnlock       Capability = "unlock"        // Unlocker
	CanReadFactors  Capability = "read-factors"  // FactorReader
	CanReadHistory  Capability = "read-history"  // HistoryReader

	CanRevokeToken     Capability = "revoke-token"     // TokenRevoker
	CanIntrospectToken Capability = "introspect-token" // TokenIntrospector
)

// Capabilities lists all of them in the order pages show them.
var Capabilities = []Capability{
	CanListPeople, CanListChanges, CanReadPerson, CanFindPerson, CanReadRoles, CanListEvents,
	CanSetEnabled, CanListSessions, CanEndSessions, CanRevokeGrants, CanWriteField, CanListApps,
	CanReadLock, CanUnlock, CanReadFactors, CanReadHistory, CanRevokeToken, CanIntrospectToken,
}

// AnyAttribute among Writes says that every attribute can be written, known or not.
const AnyAttribute = "*"

// Description says what a system is and can do.
type Description struct {
	Product string                // "Keycloak"
	Version string                // "" when it does not say
	Has     []Capability          // in the order of Capabilities
	Lacks   map[Capability]string // a sentence for each one missing
	Writes  []string              // fields (see Said) that WriteField can write; AnyAttribute: further attributes as well
}

// Can reports whether a capability is there.
func (d Description) Can(c Capability) bool {
	for _, has := range d.Has {
		if has == c {
			return true
		}
	}
	return false
}

// Writable reports whether WriteFields can write a field.
func (d Description) Writable(field string) bool {
	return slices.Contains(d.Writes, field) || slices.Contains(d.Writes, AnyAttribute) && field != "display_name"
}

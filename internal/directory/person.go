package directory

import (
	"github.com/rollcall/rollcall/models"
)

// Masked is a value that is hidden until it is asked for. It prints as dots.
type Masked struct{ value string }

// Hide wraps a value.
func Hide(value string) Masked { return Masked{value} }

// Set reports whether there is a value at all.
func (m Masked) Set() bool { return m.value != "" }

// For gives the value to a reader who may see masked fields unasked.
func (m Masked) For(can models.Permission) (value string, visible bool) {
	if can.Has(models.UsersUnmask) {
		return m.value, true
	}
	return "", false
}

// Own gives the value; only for the person's own page.
func (m Masked) Own() string { return m.value }

// String hides the value from logs and accidental printing.
func (m Masked) String() string {
	if m.value == "" {
		return ""
	}
	return "•••"
}

// GoString hides it from %#v too.
func (m Masked) GoString() string { return m.String() }

// PersonRef names a person with a link.
type PersonRef struct {
	ID       int64
	PublicID string
	Name     string
	Status   models.Status
}

// IsZero reports whether nobody is named.
func (p PersonRef) IsZero() bool { return p.ID == 0 }

// AttributeValue is a local attribute of a person; Value is empty when unset.
type AttributeValue struct {
	Definition Definition
	Value      Masked // see Text for one that is not masked
	Source     string // provider key, "" for local
	UpdatedAt  models.Instant
}

// Text gives the value when the definition does not mask it or the reader may see it.
func (a AttributeValue) Text(can models.Permission) (value string, visible bool) {
	if !a.Definition.Masked {
		return a.Value.value, true
	}
	return a.Value.For(can)
}

// Person is everything the directory knows about one person.
type Person struct {
	ID           int64
	PublicID     string
	Username     string
	DisplayName  string
	GivenName    string
	FamilyName   string
	Email        string
	Phone        Masked
	ExternalID   Masked
	Title        string
	DepartmentID int64
	Department   string
	Manager      PersonRef
	External     bool
	Provider     string
	Status       models.Status
	StatusReason string
	StatusBy     string
	StatusSince  models.Instant
	LeavingAt    models.Instant
	PendingSince models.Instant
	LastSignInAt models.Instant
	AccessEpoch  int64
	Version      int64
	CreatedAt    models.Instant
	UpdatedAt    models.Instant
	UpdatedBy    string

	Sources       Sources // which provider owns which field
	Identities    []models.Identity
	Attributes    []AttributeValue // in the order of the definitions, also those without a value
	Reports       int              // people who have this person as manager, not counting removed ones
	ReportsCapped bool
}

// Ref names the person for the audit log.
func (p Person) Ref() PersonRef {
	return PersonRef{ID: p.ID, PublicID: p.PublicID, Name: p.DisplayName, Status: p.Status}
}

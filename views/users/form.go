package users

import "github.com/rollcall/rollcall/views/ui"

// Form creates, invites or edits a person.
type Form struct {
	Action      string
	Cancel      string
	Submit      string
	Version     string // of the row that is edited, "" when it is new
	Title       string // of the error summary
	Problems    []ui.Problem
	Start       *ui.Field // how a new person starts
	Fields      []FormField
	Attributes  []FormField
	Departments []string // offered while a department is typed
	Reason      ui.Field
}

// How a control is drawn.
const (
	KindInput      = "input"
	KindSelect     = "select"
	KindCheckbox   = "checkbox"
	KindDepartment = "department" // an input with the departments on offer
)

// FormField is one control, or a value that is kept elsewhere and only shown.
type FormField struct {
	Field  ui.Field
	Kind   string
	Owner  string // "Managed in Keycloak": read-only
	Masked bool   // set, and hidden from this reader: left as it is
	Was    string // what it began with; sent along, so that a late edit knows what was touched
}

// WasName is the name under which a form sends what a control began with.
func WasName(field string) string { return "was." + field }

// shown is the value of a field that is only shown.
func (f FormField) shown() string {
	if f.Masked {
		return "Masked"
	}

	if f.Kind == KindCheckbox {
		if f.Field.Checked {
			return "Yes"
		}

		return "No"
	}

	for _, o := range f.Field.Options {
		if o.Value == f.Field.Value && o.Value != "" {
			return o.Label
		}
	}

	return f.Field.Value
}

// why says why a field is only shown.
func (f FormField) why() string {
	if f.Owner != "" {
		return f.Owner
	}

	return "Stays as it is: you cannot see it"
}

// Conflict is the page for an edit that came too late: both versions.
type Conflict struct {
	Text        string // who changed it and when
	Differences []Difference
	Form        Form
}

// Difference is one field in which the two versions differ.
type Difference struct {
	Label string
	Saved string // as it stands now
	Typed string
	Kept  string // which of them the form below holds
}

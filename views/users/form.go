package users

import "github.com/rollcall/rollcall/views/ui"

// Form creates, invites or edits a person.
type Form struct {
	Action     string
	Cancel     string
	Intro      string
	Submit     string
	Version    string // of the row that is edited, "" when it is new
	Title      string // of the error summary
	Problems   []ui.Problem
	Invite     []ui.Option // how to create, only on the new form
	Fields     []FormField
	Attributes []FormField
	Reason     ui.Field
}

// FormField is one control, or a value that is kept elsewhere and only shown.
type FormField struct {
	Field  ui.Field
	Kind   string // input, select, checkbox, textarea
	Owner  string // "Managed in Keycloak": read-only
	Masked bool   // set, and hidden from this reader: left as it is
}

// Conflict is the page for an edit that came too late: both versions.
type Conflict struct {
	Text    string // who changed it and when
	Changes []ui.Change
	Form    Form
}

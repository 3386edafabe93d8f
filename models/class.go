package models

// Class says how much care a column needs; it stands in the `class` tag of each field.
//
//	public     may be shown to everybody who may open the page, and logged in the audit log
//	personal   about a person: shown by permission, in the audit log, never in the process log
//	masked     personal, and hidden until asked for unless the reader holds users.unmask
//	secret     never shown, never logged, never exported
type Class string

// The classes.
const (
	Public   Class = "public"
	Personal Class = "personal"
	Masked   Class = "masked"
	Secret   Class = "secret"
)

package users

import "github.com/rollcall/rollcall/views/ui"

// Act is a page that changes one person, with its effects above the button.
type Act struct {
	Action   string
	Cancel   string
	Effects  []string
	Blocked  string // why it cannot be done; the form is left out
	Date     *ui.Field
	Choices  *ui.Field
	Reason   ui.Field
	Fields   []ui.Field // after the reason
	Once     string     // names the form: sent twice it is one act
	Submit   string
	Kind     ui.Kind
	Title    string // of the error summary
	Problems []ui.Problem
}

// Revealed are masked fields, shown once.
type Revealed struct {
	Back   string
	Fields []Field
}

// Attributes is the page of the definitions of local attributes.
type Attributes struct {
	Rows    []Attribute
	CanEdit bool
}

// Attribute is one definition.
type Attribute struct {
	Key        string
	Label      string
	Kind       string
	Choices    string
	Masked     bool
	EditHref   string
	RemoveHref string
}

// AttributeForm defines an attribute.
type AttributeForm struct {
	Action   string
	New      bool
	Title    string
	Problems []ui.Problem
	Key      ui.Field
	Label    ui.Field
	Kind     ui.Field
	Choices  ui.Field
	Masked   ui.Field
	Position ui.Field
}

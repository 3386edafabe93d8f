package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Field is the model of every form control.
type Field struct {
	Name  string
	Label string
	Hint  string // under the label
	Error string // under the control; also list it in ErrorSummary
	Value string

	ID           string // default FieldID(Name)
	Type         string // Input only: text (default), email, search, date, number, url, tel
	Required     bool
	Checked      bool // Checkbox only
	ReadOnly     bool
	Mono         bool // identifiers
	Wide         bool // up to the width of the form instead of 360 px
	Autocomplete string
	Placeholder  string // an example, never the label
	MaxLength    int
	Rows         int      // Textarea only, default 3
	Options      []Option // Select, Radios, Checks
	Attrs        templ.Attributes
	Request      Request
}

// Option is one choice of a Select, of Radios or of Checks.
type Option struct {
	Value    string
	Label    string
	Hint     string // Radios and Checks only
	Selected bool
	Disabled bool
}

// Problem is one line of the ErrorSummary: which field, and what is wrong with it.
type Problem struct {
	Name string // name of the field; "" when the problem is the form's
	Text string
}

// FieldID returns the id of the control called name.
func FieldID(name string) string {
	return "f-" + strings.ReplaceAll(strings.ReplaceAll(name, "[", "-"), "]", "")
}

// ReasonField returns the field of a mandatory reason; readers says who will read it: "The auditor and Elif".
func ReasonField(value, problem, readers string) Field {
	hint := "At least 10 characters."
	if readers != "" {
		hint += " " + readers + " can read this."
	}

	return Field{
		Name: "reason", Label: "Reason", Hint: hint, Error: problem, Value: value,
		Required: true, MaxLength: 1000, Wide: true,
	}
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}

	return FieldID(f.Name)
}

func (f Field) optionID(i int) string {
	if i == 0 {
		return f.id()
	}

	return f.id() + "-" + Count(i)
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}

	return f.Type
}

// checkValue is what a ticked Checkbox sends.
func (f Field) checkValue() string {
	if f.Value == "" {
		return "on"
	}

	return f.Value
}

func (f Field) rows() int {
	if f.Rows == 0 {
		return 3
	}

	return f.Rows
}

func (f Field) class(base string) string {
	if f.Mono {
		base += " mono"
	}

	if f.Wide {
		base += " wide"
	}

	return base
}

// described holds what every control needs: its error and hint are spoken with it.
func (f Field) described() templ.Attributes {
	attrs := templ.Attributes{}

	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}

	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
		attrs["aria-invalid"] = "true"
	}

	if len(ids) > 0 {
		attrs["aria-describedby"] = strings.Join(ids, " ")
	}

	return attrs
}

// attributes holds the optional attributes that inputs, areas and selects share.
func (f Field) attributes() templ.Attributes {
	attrs := f.described()
	if f.Autocomplete != "" {
		attrs["autocomplete"] = f.Autocomplete
	}

	if f.Placeholder != "" {
		attrs["placeholder"] = f.Placeholder
	}

	if f.MaxLength > 0 {
		attrs["maxlength"] = plainNumber(f.MaxLength)
	}

	for name, value := range f.Attrs {
		attrs[name] = value
	}

	return attrs
}

package users

import (
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// personForm is what both forms of a person send beside their controls.
type personForm struct {
	How     string `form:"how" label:"How this person starts" validate:"omitempty,oneof=active invite"`
	Version string `form:"version" label:"Version" validate:"max=18"`
	Reason  string `form:"reason" label:"Reason" validate:"max=1000"`
}

// filled is a form with what was typed into it. cause is why it was refused, or nil.
type filled struct {
	personForm
	controls []control
	values   map[string]string // typed, by the names of the controls
	cause    error
}

// formModel draws the controls with what was typed over them.
func (p *Pages) formModel(c *web.Call, f filled) (users.Form, error) {
	m := users.Form{Cancel: "/users", Version: f.Version}
	messages := map[string]string{}
	if f.cause != nil {
		messages, m.Problems = refusal(f.cause)
	}
	o, err := p.options(c.Ctx(), c.Tenant(), c.Now())
	if err != nil {
		return m, err
	}
	for _, d := range o.departments {
		m.Departments = append(m.Departments, d.Name)
	}
	for _, o := range f.controls {
		field := users.FormField{Owner: o.owner, Masked: o.masked, Kind: o.kind, Was: o.value()}
		if was := users.WasName(o.field.Name); c.Request.PostForm.Has(was) {
			field.Was = legible(c.Request.PostForm.Get(was))
		}
		if value, sent := f.values[o.field.Name]; sent {
			o.set(value)
		}
		field.Field = o.field
		field.Field.Error = messages[o.field.Name]
		if o.attribute != "" {
			m.Attributes = append(m.Attributes, field)
		} else {
			m.Fields = append(m.Fields, field)
		}
	}
	m.Reason = ui.Field{
		Name: directory.FieldReason, Label: "Reason", Hint: "Optional. Everybody who may read the audit log can read it.",
		Value: f.Reason, Error: messages[directory.FieldReason], MaxLength: 1000, Wide: true, Rows: 2,
	}
	return m, nil
}

// refusal gives the sentences of an error that is shown in the form it came from.
func refusal(cause error) (fields map[string]string, problems []ui.Problem) {
	fields, problems, ok := web.Refused(cause)
	if ok {
		return fields, problems
	}
	if e, known := errs.As(cause); known {
		problems = []ui.Problem{{Text: e.Safe}}
	}
	return map[string]string{}, problems
}

// inPlace gives the status of an error that the form itself shows: refused input
// and what stands in the way. Everything else is a page of its own.
func inPlace(cause error) (code int, ok bool) {
	switch errs.KindOf(cause) {
	case errs.Invalid:
		return http.StatusUnprocessableEntity, true
	case errs.Conflict:
		return http.StatusConflict, true
	default:
		return 0, false
	}
}

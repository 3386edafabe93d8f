package users

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// control is one field of the form of a person, with its value as it stands. One
// that a provider owns, or that is hidden from this reader, is shown and not sent.
type control struct {
	field     ui.Field
	kind      string // how it is drawn: users.KindInput ...
	owner     string // "Managed in Keycloak"
	masked    bool
	attribute string // key of the local attribute it is
}

// open reports whether the reader may change it.
func (o control) open() bool { return o.owner == "" && !o.masked }

// external is what the box of external people sends.
const external = "yes"

// controls gives the fields of a form in their order; the zero Person is a new one.
func (p *Pages) controls(c *web.Call, person directory.Person) ([]control, error) {
	manager, err := p.managerText(c, person.Manager)
	if err != nil {
		return nil, err
	}
	all := ownControls(person, manager, c.Caller.Actor.Can)
	for i := range all {
		if owner := person.Sources.Owner(all[i].field.Name); owner != "" {
			all[i].owner = "Managed in " + p.providerName(owner)
		}
	}
	local, err := p.attributeControls(c, person)
	return append(all, local...), err
}

// ownControls gives the fields everybody has.
func ownControls(person directory.Person, manager string, can models.Permission) []control {
	hint := "E-mail address, username or ID."
	if !person.Manager.IsZero() {
		hint = "E-mail address, username or ID. Now " + person.Manager.Name + "; empty for none."
	}
	plain := func(name, label, hint, value string) control {
		return control{kind: users.KindInput, field: ui.Field{Name: name, Label: label, Hint: hint, Value: value, Autocomplete: "off"}}
	}
	name := plain(directory.FieldDisplayName, "Name", "As lists and the audit log show it.", person.DisplayName)
	name.field.Required = true
	email := plain(directory.FieldEmail, "Email", "", person.Email)
	email.field.Type = "email"
	phone := plain(directory.FieldPhone, "Phone", "", "")
	phone.field.Type = "tel"
	phone.hide(person.Phone, can)
	externalID := plain(directory.FieldExternalID, "External ID", "Such as the number in the personnel system.", "")
	externalID.hide(person.ExternalID, can)
	department := plain(directory.FieldDepartment, "Department", "A name that is not there yet makes a new department.", person.Department)
	department.kind = users.KindDepartment
	outside := control{kind: users.KindCheckbox, field: ui.Field{
		Name: directory.FieldExternal, Label: "External", Hint: "Does not work for this organisation, such as a contractor.", Value: external, Checked: person.External,
	}}
	return []control{
		name,
		plain(directory.FieldGivenName, "Given name", "", person.GivenName),
		plain(directory.FieldFamilyName, "Family name", "", person.FamilyName),
		plain(directory.FieldUsername, "Username", "", person.Username),
		email, phone,
		plain(directory.FieldTitle, "Title", "What they do: Payments lead.", person.Title),
		department,
		plain(directory.FieldManager, "Manager", hint, manager),
		externalID, outside,
	}
}

// hide fills in a value that not every reader may see.
func (o *control) hide(value directory.Masked, can models.Permission) {
	text, visible := value.For(can)
	o.field.Value, o.masked = text, value.Set() && !visible
}

// attributeControls gives the local attributes by their kind.
func (p *Pages) attributeControls(c *web.Call, person directory.Person) ([]control, error) {
	values := person.Attributes
	if person.ID == 0 {
		definitions, err := p.People.Definitions(c.Ctx(), c.Tenant())
		if err != nil {
			return nil, err
		}
		for _, d := range definitions {
			values = append(values, directory.AttributeValue{Definition: d})
		}
	}
	var all []control
	for _, v := range values {
		o := attributeControl(v.Definition)
		text, visible := v.Text(c.Caller.Actor.Can)
		o.field.Value, o.masked = text, v.Value.Set() && !visible
		if v.Source != "" && v.Value.Set() {
			o.owner = "Managed in " + p.providerName(v.Source)
		}
		all = append(all, o)
	}
	return all, nil
}

func attributeControl(d directory.Definition) control {
	o := control{kind: users.KindInput, attribute: d.Key, field: ui.Field{Name: directory.FieldAttribute(d.Key), Label: d.Label, Autocomplete: "off"}}
	switch d.Kind {
	case models.AttributeNumber:
		o.field.Hint = "A number, such as 42 or -0.5."
	case models.AttributeDate:
		o.field.Type = "date"
	case models.AttributeBool:
		o.kind, o.field.Options = users.KindSelect, []ui.Option{{Label: "Not set"}, {Value: "true", Label: "Yes"}, {Value: "false", Label: "No"}}
	case models.AttributeChoice:
		o.kind, o.field.Options = users.KindSelect, []ui.Option{{Label: "Not set"}}
		for _, choice := range d.Choices {
			o.field.Options = append(o.field.Options, ui.Option{Value: choice, Label: choice})
		}
	case models.AttributeText:
	}
	return o
}

// value is what the control stands for in words and on the wire: for a box,
// whether it is ticked.
func (o control) value() string {
	if o.kind == users.KindCheckbox && !o.field.Checked {
		return ""
	}
	return o.field.Value
}

// set puts what was typed in the place of what stands in the record.
func (o *control) set(value string) {
	if o.kind == users.KindCheckbox {
		o.field.Checked = value != ""
		return
	}
	o.field.Value = legible(value)
}

// typed is what a form sent, by the names of the controls that are open.
func typed(sent url.Values, controls []control) map[string]string {
	values := map[string]string{}
	for _, o := range controls {
		name := o.field.Name
		if o.open() && wasIn(sent, name) {
			values[name] = strings.TrimSpace(sent.Get(name))
		}
	}
	return values
}

// wasIn reports whether a form had a control. A box that is not ticked sends
// nothing of its own; the value it began with tells that it was there.
func wasIn(sent url.Values, name string) bool { return sent.Has(name) || sent.Has(users.WasName(name)) }

// legible is text that can be shown in a field again: what no text may hold is
// taken out. The engine still judges what was sent.
func legible(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
}

// edit gives the typed values as the engine takes them: a field that was not
// sent stays as it is.
func edit(values map[string]string, controls []control) directory.EditInput {
	in := directory.EditInput{Attributes: map[string]string{}}
	into := map[string]**string{
		directory.FieldDisplayName: &in.DisplayName, directory.FieldGivenName: &in.GivenName, directory.FieldFamilyName: &in.FamilyName,
		directory.FieldUsername: &in.Username, directory.FieldEmail: &in.Email, directory.FieldPhone: &in.Phone,
		directory.FieldExternalID: &in.ExternalID, directory.FieldTitle: &in.Title, directory.FieldDepartment: &in.Department,
		directory.FieldManager: &in.Manager,
	}
	for _, o := range controls {
		value, sent := values[o.field.Name]
		switch {
		case !sent:
		case o.attribute != "":
			in.Attributes[o.attribute] = value
		case o.field.Name == directory.FieldExternal:
			outside := value != ""
			in.External = &outside
		default:
			*into[o.field.Name] = &value
		}
	}
	return in
}

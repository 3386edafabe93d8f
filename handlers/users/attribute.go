package users

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// attributeForm is what the form of an attribute sends. The engine judges key,
// label, kind and choices.
type attributeForm struct {
	Key      string `form:"key" label:"Key"`
	Label    string `form:"label" label:"Label"`
	Kind     string `form:"kind" label:"Kind"`
	Choices  string `form:"choices" label:"Choices"`
	Masked   string `form:"masked" label:"Masked" validate:"omitempty,oneof=yes"`
	Position string `form:"position" label:"Position" validate:"omitempty,number,max=6"`
}

func (f attributeForm) definition() directory.Definition {
	position, _ := strconv.ParseInt(f.Position, 10, 64) // checked by its tag; empty is 0
	return directory.Definition{
		Key: f.Key, Label: f.Label, Kind: models.AttributeKind(f.Kind), Choices: strings.Split(f.Choices, "\n"), Masked: f.Masked != "", Position: position,
	}
}

// AttributeNew answers GET /attributes/new.
func (p *Pages) AttributeNew(c *web.Call) error {
	definitions, err := p.People.Definitions(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	last := int64(0)
	for _, d := range definitions {
		last = max(last, d.Position)
	}
	return p.attributePage(c, attributeForm{Kind: string(models.AttributeText), Position: strconv.FormatInt(last+1, 10)}, nil, nil)
}

// AttributeCreate answers POST /attributes/new.
func (p *Pages) AttributeCreate(c *web.Call) error {
	var f attributeForm
	if err := c.Bind(&f); err != nil {
		return p.attributePage(c, f, nil, err)
	}
	_, err := p.definition(c, f.Key)
	if err == nil { // the engine would change the other one
		err = errs.Input(errs.Field{Name: "key", Message: "There is an attribute with this key already."})
		return p.attributePage(c, f, nil, err)
	}
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	if err := p.People.DefineAttribute(c.Ctx(), c.Actor(), f.definition()); err != nil {
		return p.attributePage(c, f, nil, err)
	}
	return c.Redirect(attributesPath + "?ok=defined")
}

// AttributeEdit answers GET /attributes/:key/edit.
func (p *Pages) AttributeEdit(c *web.Call) error {
	d, err := p.definition(c, c.Param("key"))
	if err != nil {
		return err
	}
	f := attributeForm{
		Key: d.Key, Label: d.Label, Kind: string(d.Kind), Choices: strings.Join(d.Choices, "\n"), Position: strconv.FormatInt(d.Position, 10),
	}
	if d.Masked {
		f.Masked = "yes"
	}
	return p.attributePage(c, f, &d, nil)
}

// AttributeSave answers POST /attributes/:key/edit. The key of the address counts.
func (p *Pages) AttributeSave(c *web.Call) error {
	d, err := p.definition(c, c.Param("key"))
	if err != nil {
		return err
	}
	var f attributeForm
	err = c.Bind(&f)
	f.Key = d.Key
	if err == nil {
		err = p.People.DefineAttribute(c.Ctx(), c.Actor(), f.definition())
	}
	if err != nil {
		return p.attributePage(c, f, &d, err)
	}
	return c.Redirect(attributesPath + "?ok=saved")
}

// attributePage draws the form; d is the attribute that is changed, nil for a
// new one.
func (p *Pages) attributePage(c *web.Call, f attributeForm, d *directory.Definition, cause error) error {
	page := web.Page{Title: "Define attribute"}
	m := users.AttributeForm{Action: attributesPath + "/new", New: d == nil, Title: "The attribute was not saved"}
	if d != nil {
		page.Title, m.Action = "Edit "+d.Label, attributesPath+"/"+d.Key+"/edit"
	}
	page.Crumbs = attributeCrumbs(page.Title)
	messages := map[string]string{}
	if cause != nil {
		code, ok := inPlace(cause)
		if !ok {
			return cause
		}
		page.Code = code
		messages, m.Problems = refusal(cause)
	}
	f.fields(&m)
	for _, field := range []*ui.Field{&m.Key, &m.Label, &m.Kind, &m.Choices, &m.Masked, &m.Position} {
		field.Error = messages[field.Name]
	}
	return c.Render(page, users.AttributeFormPage(m))
}

// fields fills the controls with what was typed.
func (f attributeForm) fields(m *users.AttributeForm) {
	m.Key = ui.Field{Name: "key", Label: "Key", Value: f.Key, Required: true, Mono: true, Autocomplete: "off",
		Hint: "Stands in addresses and mappings and cannot be changed later: a to z, 0 to 9, - and _, beginning with a letter."}
	m.Label = ui.Field{Name: "label", Label: "Label", Value: f.Label, Required: true, Hint: "What people see: Cost centre."}
	m.Kind = ui.Field{Name: "kind", Label: "Kind", Required: true, Hint: "Stays as it is once somebody has a value."}
	for _, k := range kinds {
		m.Kind.Options = append(m.Kind.Options, ui.Option{Value: string(k.kind), Label: k.word, Selected: f.Kind == string(k.kind)})
	}
	if !slices.ContainsFunc(m.Kind.Options, func(o ui.Option) bool { return o.Selected }) {
		m.Kind.Options = append([]ui.Option{{Label: "Choose a kind", Selected: true}}, m.Kind.Options...)
	}
	m.Choices = ui.Field{Name: "choices", Label: "Choices", Value: f.Choices, Rows: 4, Hint: "Only for the kind Choice: one in each line."}
	m.Masked = ui.Field{Name: "masked", Label: "Masked", Value: "yes", Checked: f.Masked != "",
		Hint: "Hidden until somebody asks for it with a reason; the audit log keeps who looked."}
	m.Position = ui.Field{Name: "position", Label: "Position", Value: f.Position, Type: "number", Hint: "Attributes stand in this order."}
}

package users

import (
	"slices"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

const attributesPath = "/attributes"

// kinds are the kinds of attribute in the words of the pages.
var kinds = []struct {
	kind models.AttributeKind
	word string
}{
	{models.AttributeText, "Text"}, {models.AttributeNumber, "Number"}, {models.AttributeDate, "Date"},
	{models.AttributeBool, "Yes or no"}, {models.AttributeChoice, "Choice"},
}

// saidOfAttributes are the sentences a redirect may ask this page to show.
var saidOfAttributes = map[string]string{"defined": "The attribute was defined.", "saved": "Saved.", "removed": "The attribute and its values were removed."}

// Attributes answers GET /attributes.
func (p *Pages) Attributes(c *web.Call) error {
	definitions, err := p.People.Definitions(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	m := users.Attributes{CanEdit: c.Can(models.AttributesEdit)}
	for _, d := range definitions {
		path := attributesPath + "/" + d.Key
		m.Rows = append(m.Rows, users.Attribute{
			Key: d.Key, Label: d.Label, Kind: kindWord(d.Kind), Choices: strings.Join(d.Choices, ", "), Masked: d.Masked,
			EditHref: path + "/edit", RemoveHref: path + "/remove",
		})
	}
	page := web.Page{Title: "Attributes"}
	if m.CanEdit {
		page.Actions = users.Buttons([]ui.Action{{Label: "Define attribute", Href: attributesPath + "/new"}})
	}
	if sentence := saidOfAttributes[c.Query("ok")]; sentence != "" {
		page.Status = sentence
		page.Banners = []ui.Notice{{Tone: ui.OK, Text: sentence}}
	}
	return c.Render(page, users.AttributesPage(m))
}

func kindWord(kind models.AttributeKind) string {
	for _, k := range kinds {
		if k.kind == kind {
			return k.word
		}
	}
	return string(kind)
}

// definition finds the attribute of an address.
func (p *Pages) definition(c *web.Call, key string) (directory.Definition, error) {
	definitions, err := p.People.Definitions(c.Ctx(), c.Tenant())
	if err != nil {
		return directory.Definition{}, err
	}
	at := slices.IndexFunc(definitions, func(d directory.Definition) bool { return d.Key == key })
	if at < 0 {
		return directory.Definition{}, errs.New(errs.NotFound, "There is no attribute with this key.")
	}
	return definitions[at], nil
}

// AttributeRemoveForm answers GET /attributes/:key/remove.
func (p *Pages) AttributeRemoveForm(c *web.Call) error {
	d, err := p.definition(c, c.Param("key"))
	if err != nil {
		return err
	}
	title := "Remove " + d.Label
	m := users.Act{
		Action: attributesPath + "/" + d.Key + "/remove", Cancel: attributesPath, Submit: "Remove attribute", Kind: ui.Danger,
		Effects: []string{
			d.Label + " disappears from everybody's page and from filters, together with every value people have.",
			"This cannot be undone. The audit log keeps how many values there were, not the values.",
		},
	}
	return c.Render(web.Page{Title: title, FocusHeading: true, Crumbs: attributeCrumbs(title)}, users.ActPage(m))
}

// AttributeRemove answers POST /attributes/:key/remove.
func (p *Pages) AttributeRemove(c *web.Call) error {
	if err := p.People.RemoveAttribute(c.Ctx(), c.Actor(), c.Param("key")); err != nil {
		return err
	}
	return c.Redirect(attributesPath + "?ok=removed")
}

func attributeCrumbs(title string) []layout.Crumb {
	return []layout.Crumb{{Label: "Attributes", Href: attributesPath}, {Label: title}}
}

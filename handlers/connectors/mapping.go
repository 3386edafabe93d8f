package connectors

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
)

// fieldLabels are the directory's fields as pages name them.
var fieldLabels = map[string]string{
	"display_name": "Name", "given_name": "Given name", "family_name": "Family name", "username": "Username", "email": "E-mail",
	"phone": "Phone", "title": "Title", "department": "Department", "external_id": "External id",
}

// maskedFields are those nobody sees without users.unmask.
var maskedFields = map[string]bool{"phone": true, "external_id": true}

// field is one field a mapping may fill.
type field struct {
	name, label string
	masked      bool
}

// owners are the choices of who owns a field.
var owners = []ui.Option{
	{Value: string(connector.OwnedBySource), Label: "The source", Hint: "Its value is taken each time it is read, and people cannot change it here."},
	{Value: string(connector.OwnedByUs), Label: "Rollcall", Hint: "Our value stands. It is written back where write-back is on; otherwise a difference is shown."},
	{Value: string(connector.OwnedByFirst), Label: "Who filled it first", Hint: "An empty field is filled. What is there stays, and a difference is shown."},
}

// spareRules is how many empty lines there are for more rules.
const spareRules = 3

// Mapping answers GET /connectors/:connector/mapping.
func (p *Pages) Mapping(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	return p.renderMapping(c, of, mappingOf(of), problem{}, nil)
}

func (p *Pages) renderMapping(c *web.Call, of connector.Connector, f mappingForm, w problem, stale *connectors.StaleModel) error {
	fields, err := p.fields(c.Ctx(), of.Tenant)
	if err != nil {
		return err
	}
	roles, err := p.roleOptions(c, f)
	if err != nil {
		return err
	}
	m := connectors.MappingModel{
		Name: of.Name, Action: href(of, "mapping"), Cancel: href(of), Version: f.version, Owners: owners, Roles: roles, RuleText: ruleText(of),
		NeedsReason: of.State != models.ConnectorDraft, ReadOnly: !c.Can(models.ConnectorsEdit), Reason: f.reason, Errors: w.fields, Problems: w.problems, Stale: stale,
	}
	samples := p.samples(c, of, &m)
	for _, one := range fields {
		rule := f.mapping.Fields[one.name]
		if rule.Owner == "" {
			rule.Owner = connector.OwnedBySource
		}
		row := connectors.MappingRow{Field: one.name, Label: one.label, From: rule.From, Owner: string(rule.Owner), Error: w.fields[one.name]}
		for _, account := range samples.Accounts {
			row.Values = append(row.Values, sampleValue(account, rule.From, one.masked && !c.Can(models.UsersUnmask)))
		}
		m.Rows = append(m.Rows, row)
	}
	for i, rule := range append(f.mapping.Roles, make([]connector.RoleRule, spareRules)...) {
		m.Rules = append(m.Rules, connectors.RuleRow{Kind: rule.Kind, Name: rule.Name, Role: rule.Role, Error: w.fields["roles."+ui.Count(i)]})
	}
	if of.State == models.ConnectorDraft {
		m.Next = href(of, "reading")
	}
	page := p.page(c, of, "Mapping")
	page.Code = w.code
	return c.Render(page, p.framed(c, of, "mapping", connectors.Mapping(m)))
}

// fields lists what a mapping may fill, local attributes included.
func (p *Pages) fields(ctx context.Context, tenant int64) ([]field, error) {
	var out []field
	for _, name := range connector.Fields {
		out = append(out, field{name, fieldLabels[name], maskedFields[name]})
	}
	definitions, err := p.People.Definitions(ctx, tenant)
	if err != nil {
		return nil, err
	}
	for _, d := range definitions {
		out = append(out, field{"attribute:" + d.Key, d.Label, d.Masked})
	}
	return out, nil
}

// samples reads a few real people. What cannot be read is said, and the mapping
// can be edited all the same.
func (p *Pages) samples(c *web.Call, of connector.Connector, m *connectors.MappingModel) connector.Samples {
	m.Names = []string{"username", "email", "given_name", "family_name", "display_name"}
	s, err := p.Connectors.Samples(c.Ctx(), of)
	if err != nil {
		m.SampleText = "No real people are shown beside the fields: " + safe(err)
		return s
	}
	m.Names = append(m.Names, s.Names...)
	for _, account := range s.Accounts {
		m.Samples = append(m.Samples, connectors.Sample{Name: accountName(account)})
	}
	switch {
	case len(s.Accounts) == 0 && s.SignedIn:
		m.SampleText = joined(s.Lacks, "Nobody signed in through it yet, so no real people are shown beside the fields.")
	case len(s.Accounts) == 0:
		m.SampleText = "It has no people, so none are shown beside the fields."
	case s.SignedIn:
		m.SampleText = joined(s.Lacks, "Shown are people who signed in through it; of them Rollcall keeps only username and e-mail address.")
	default:
		m.SampleText = "Beside the fields: real people of " + of.Name + ", read just now, with what the saved mapping gives for them."
	}
	return s
}

// safe gives the sentence of an error that may be shown.
func safe(err error) string {
	if e, ok := errs.As(err); ok && e.Kind != errs.Internal {
		return e.Safe
	}
	return "the system could not be read."
}

func accountName(a connector.Account) string {
	for _, name := range []string{a.DisplayName, strings.TrimSpace(a.GivenName + " " + a.FamilyName), a.Username, a.Email, a.ID} {
		if name != "" {
			return name
		}
	}
	return ""
}

func sampleValue(a connector.Account, from string, masked bool) connectors.Value {
	text := strings.Join(a.Value(from), ", ")
	if masked && text != "" {
		return connectors.Value{Masked: true}
	}
	return connectors.Value{Text: text}
}

func ruleText(of connector.Connector) string {
	text := "Everybody in a group, or with a role, of " + of.Name + " gets a role here, and loses it when they leave it."
	if in := of.Settings.SignIn; in != nil && (in.GroupsClaim != "" || in.RolesClaim != "") {
		return text + " This is looked at when somebody signs in, by the claims named in the connection, and when the system is read."
	}
	return text + " This is looked at when the system is read."
}

// roleOptions offers the roles there are. One a rule names that is not among
// them stays, so that saving cannot drop it unseen.
func (p *Pages) roleOptions(c *web.Call, f mappingForm) ([]ui.Option, error) {
	page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), access.RoleFilter{Limit: 200, Uncounted: true})
	if err != nil {
		return nil, err
	}
	out := []ui.Option{{Label: "Choose a role"}}
	known := map[string]bool{"": true}
	for _, r := range page.Rows {
		known[r.Key] = true
		out = append(out, ui.Option{Value: r.Key, Label: r.Name})
	}
	for _, rule := range f.mapping.Roles {
		if !known[rule.Role] {
			known[rule.Role] = true
			out = append(out, ui.Option{Value: rule.Role, Label: rule.Role})
		}
	}
	return out, nil
}

// SaveMapping answers POST /connectors/:connector/mapping.
func (p *Pages) SaveMapping(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	fields, err := p.fields(c.Ctx(), of.Tenant)
	if err != nil {
		return err
	}
	f, err := readMapping(c, fields)
	if err == nil {
		_, err = p.Connectors.Edit(c.Ctx(), c.Actor(), of.PublicID, version(f.version), connector.Edit{Mapping: &f.mapping, Reason: f.reason})
		if err == nil && f.then == "next" {
			return c.Redirect(href(of, "reading") + "?ok=mapping")
		}
		if err == nil {
			return c.Redirect(href(of, "mapping") + "?ok=mapping")
		}
	}
	if stale, is := errors.AsType[*connector.Stale](err); is {
		f.version = versionText(stale.Theirs.Version)
		return p.renderMapping(c, stale.Theirs, f, problem{code: http.StatusConflict}, staleModel(c, stale, mappingDifferences(stale.Theirs.Mapping, f.mapping, fields)))
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.renderMapping(c, of, f, w, nil)
}

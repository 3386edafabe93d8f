package connectors

import (
	"errors"
	"net/http"
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
)

// actForm is what the page of one act sends.
type actForm struct {
	Typed   string `form:"typed" validate:"max=255"`
	Reason  string `form:"reason" validate:"max=1000"`
	Version string `form:"version" validate:"omitempty,number,max=18"`
}

// act is one thing done to a connector, as its page shows it.
type act struct {
	path, tab, crumb string
	title            string // of the summary of problems
	model            func(c *web.Call, of connector.Connector, f actForm, w problem) (connectors.ActModel, error)
	do               func(c *web.Call, of connector.Connector, f actForm) error
	after            func(of connector.Connector) string
}

// ask answers the GET of an act.
func (p *Pages) ask(c *web.Call, a act) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	return p.renderAct(c, of, a, actForm{}, problem{})
}

// perform answers the POST of an act.
func (p *Pages) perform(c *web.Call, a act) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	var f actForm
	err = c.Bind(&f)
	if err == nil {
		err = a.do(c, of, f)
	}
	if err == nil {
		return c.Redirect(a.after(of))
	}
	if stale, is := errors.AsType[*connector.Stale](err); is { // what stands on the page was another state of it
		return p.renderAct(c, stale.Theirs, a, f, problem{
			problems: []ui.Problem{{Text: staleModel(c, stale, nil).Sentence + " Nothing was done. Look at it once more."}}, code: http.StatusConflict,
		})
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.renderAct(c, of, a, f, w)
}

func (p *Pages) renderAct(c *web.Call, of connector.Connector, a act, f actForm, w problem) error {
	m, err := a.model(c, of, f, w)
	if err != nil {
		return err
	}
	m.Action, m.Cancel, m.Version = href(of, a.path), href(of), versionText(of.Version)
	m.Title, m.Reason, m.Errors, m.Problems = of.Name+" "+a.title, f.Reason, w.fields, w.problems
	crumb := a.crumb
	if a.path == "enable" && of.State == models.ConnectorPaused {
		crumb = "Resume"
	}
	page := p.page(c, of, crumb)
	page.Code = w.code
	if m.Blocked == "" {
		page.Press = web.Press{Action: m.Action, Label: m.Submit}
	}
	return c.Render(page, p.framed(c, of, a.tab, connectors.Act(m)))
}

func (p *Pages) enabling() act {
	return act{
		path: "enable", tab: "enable", crumb: "Enable", title: "was not enabled", model: p.enableModel,
		do: func(c *web.Call, of connector.Connector, f actForm) error {
			_, err := p.Connectors.Enable(c.Ctx(), c.Actor(), of.PublicID, version(f.Version), f.Reason)
			return err
		},
		after: func(of connector.Connector) string { return href(of) + "?ok=enabled" },
	}
}

// AskEnable answers GET /connectors/:connector/enable.
func (p *Pages) AskEnable(c *web.Call) error { return p.ask(c, p.enabling()) }

// Enable answers POST /connectors/:connector/enable.
func (p *Pages) Enable(c *web.Call) error { return p.perform(c, p.enabling()) }

func (p *Pages) enableModel(c *web.Call, of connector.Connector, _ actForm, _ problem) (connectors.ActModel, error) {
	m := connectors.ActModel{Submit: "Enable " + of.Name, Kind: ui.Primary, NeedsReason: of.State == models.ConnectorPaused}
	if of.State == models.ConnectorPaused {
		m.Submit = "Resume " + of.Name
	}
	if of.State == models.ConnectorEnabled {
		m.Blocked = of.Name + " is in use already."
		return m, nil
	}
	trial, tested, err := p.Connectors.LastTrial(c.Ctx(), of)
	if err != nil {
		return m, err
	}
	switch {
	case !tested:
		m.Warnings = append(m.Warnings, "The connection was not tested. What is wrong with it shows only once people depend on it.")
	case trial.Running:
		m.Warnings = append(m.Warnings, "A test is running. Wait for what it says.")
	case trial.Worst() == connector.CheckFailed:
		m.Warnings = append(m.Warnings, "The last test found something wrong: "+sentence(trial)+".")
	case trial.Version != of.Version && of.State == models.ConnectorDraft && len(trial.Checks) > 0:
		m.Warnings = append(m.Warnings, "The connector was changed after its last test.")
	}
	if noRoles(of) {
		m.Warnings = append(m.Warnings, "Who signs in through it for the first time gets a record but no role, and is turned away until somebody gives one. "+
			"To let them in at once, name the claim of groups or of roles in the connection, and give roles by it in the mapping.")
	}
	m.Effects = effects(of)
	run, err := p.lastDry(c, of)
	if err != nil {
		return m, err
	}
	if run != nil && run.State == models.RunDone {
		m.Effects = append(m.Effects, "The first sync, by the dry run "+ui.Relative(run.CreatedAt.Time(), c.Now())+": "+
			ui.Count(int(run.PeopleCreated))+" would be created, "+ui.Count(int(run.PeopleLinked))+" linked, "+ui.Count(int(run.AccountsUnclear))+" unclear.")
	}
	return m, nil
}

// noRoles reports whether a first sign-in makes a record that nothing gives a
// role, so that nobody new comes in.
func noRoles(of connector.Connector) bool {
	in := of.Settings.SignIn
	if in == nil || in.Create != "domains" && in.Create != "groups" {
		return false
	}
	return !slices.ContainsFunc(of.Mapping.Roles, func(r connector.RoleRule) bool {
		return r.Kind == "group" && in.GroupsClaim != "" || r.Kind == "role" && in.RolesClaim != ""
	})
}

// effects says what a connector does once it is in use.
func effects(of connector.Connector) []string {
	s := of.Schedule
	var out []string
	if of.Settings.SignIn != nil {
		out = append(out, "People can sign in through "+of.Name+" within a second, on every replica. "+createText(of))
	}
	if of.Kind != models.ConnectorOIDC {
		out = append(out, "Changes are read "+span(s.Every)+", everybody "+span(s.FullEvery)+".")
		if s.CreateUsers {
			out = append(out, "A person is made of every account nobody here belongs to.")
		}
		out = append(out, "A read stops and asks before it takes something away from too many people. "+guardText(s)+".")
		write := "Nothing is written to it but what cuts people off."
		if s.WriteBack {
			write = "Fields that Rollcall owns are written back to it."
		}
		out = append(out, write)
	}
	return append(out, "It can be paused at any time; what was read stays.")
}

func createText(of connector.Connector) string {
	switch of.Settings.SignIn.Create {
	case "domains":
		return "Who has a verified address of its domains gets a record."
	case "groups":
		return "Who is in one of its groups gets a record."
	case "pending":
		return "Who is new waits to be let in."
	}
	return "Nobody new gets a record by it."
}

func (p *Pages) pausing() act {
	return act{
		path: "pause", crumb: "Pause", title: "was not paused", model: pauseModel,
		do: func(c *web.Call, of connector.Connector, f actForm) error {
			_, err := p.Connectors.Pause(c.Ctx(), c.Actor(), of.PublicID, version(f.Version), f.Reason)
			return err
		},
		after: func(of connector.Connector) string { return href(of) + "?ok=paused" },
	}
}

// AskPause answers GET /connectors/:connector/pause.
func (p *Pages) AskPause(c *web.Call) error { return p.ask(c, p.pausing()) }

// Pause answers POST /connectors/:connector/pause.
func (p *Pages) Pause(c *web.Call) error { return p.perform(c, p.pausing()) }

func pauseModel(_ *web.Call, of connector.Connector, _ actForm, _ problem) (connectors.ActModel, error) {
	m := connectors.ActModel{Submit: "Pause " + of.Name, Kind: ui.Danger, NeedsReason: true}
	switch of.State {
	case models.ConnectorPaused:
		m.Blocked, m.BlockedHref, m.BlockedLink = of.Name+" is paused already.", href(of, "enable"), "Resume "+of.Name
		return m, nil
	case models.ConnectorDraft:
		m.Blocked = of.Name + " is still being set up and does nothing. There is nothing to pause."
		return m, nil
	case models.ConnectorEnabled:
	}
	m.Effects = []string{"Nothing is read from " + of.Name + " and nothing is written to it, on any replica, within a second. Nobody is cut off there meanwhile."}
	if of.Settings.SignIn != nil {
		m.Effects = append(m.Effects, "Nobody can sign in through it. Who is signed in stays signed in until the session ends.")
	}
	m.Effects = append(m.Effects, "People, accounts and roles stay as they are. Work that waits for it goes on when it is resumed.")
	return m, nil
}

func (p *Pages) deleting() act {
	return act{
		path: "delete", crumb: "Delete", title: "was not deleted", model: p.deleteModel,
		do: func(c *web.Call, of connector.Connector, f actForm) error {
			return p.Connectors.Delete(c.Ctx(), c.Actor(), of.PublicID, version(f.Version), connector.Deletion{Typed: f.Typed, Reason: f.Reason})
		},
		after: func(connector.Connector) string { return "/connectors?ok=deleted" },
	}
}

// AskDelete answers GET /connectors/:connector/delete.
func (p *Pages) AskDelete(c *web.Call) error { return p.ask(c, p.deleting()) }

// Delete answers POST /connectors/:connector/delete.
func (p *Pages) Delete(c *web.Call) error { return p.perform(c, p.deleting()) }

func (p *Pages) deleteModel(c *web.Call, of connector.Connector, f actForm, w problem) (connectors.ActModel, error) {
	m := connectors.ActModel{Submit: "Delete " + of.Name, Kind: ui.Danger, NeedsReason: true}
	found, err := p.Connectors.Dependents(c.Ctx(), of)
	if err != nil {
		return m, err
	}
	if len(found) > 0 {
		m.Blocked = of.Name + " cannot be deleted: " + connector.Depend(found) + ", and would lose their source."
		if of.State == models.ConnectorEnabled {
			m.Blocked += " Pause it instead: then it does nothing."
			m.BlockedHref, m.BlockedLink = href(of, "pause"), "Pause "+of.Name
		}
		return m, nil
	}
	m.Effects = []string{
		"Its settings and secrets are removed for good. The audit log keeps the settings, never the secrets.",
		"Nothing changes at " + of.Name + " itself: remove the client of Rollcall there.",
	}
	m.Typed = &ui.Field{Name: "typed", Label: "Type " + of.Name + " to delete it", Value: f.Typed, Error: w.fields["typed"], Required: true, Autocomplete: "off"}
	return m, nil
}

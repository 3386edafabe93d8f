package connectors

import (
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
)

// Show answers GET /connectors/:connector.
func (p *Pages) Show(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	owner, err := p.owner(c.Ctx(), of)
	if err != nil {
		return err
	}
	s := of.Schedule
	m := connectors.ShowModel{
		State: string(of.State), Health: health(of), LastRead: of.LastRead.Time(), LastWrite: of.LastWrite.Time(),
		Events: onOff(s.Events), Reading: "Changes " + span(s.Every) + ", everybody " + span(s.FullEvery), WriteBack: onOff(s.WriteBack), Guard: guardText(s),
		Owner: owner, Changed: of.UpdatedBy, ChangedAt: of.UpdatedAt.Time(), Capabilities: href(of, "capabilities"), Now: c.Now(),
		Facts: p.facts(of), Secrets: secretLines(of, c.Now()), Paste: p.pasteValues(p.productOf(of), of.Key, of.Settings.SignIn != nil, &of),
	}
	if p.History != nil && c.Can(models.AuditRead) {
		if m.History, err = p.History(c, of.ID); err != nil {
			return err
		}
	}
	if p.Syncs != nil && c.Can(models.SyncRead) && of.State != models.ConnectorDraft {
		m.SyncHref = "/sync"
	}
	page := p.page(c, of, "")
	if c.Can(models.ConnectorsEdit) {
		if err := p.offerActs(c, of, &m); err != nil {
			return err
		}
		page.Actions = connectors.ShowActions(href(of, "edit"), m.EnableHref, enableLabel(of))
	}
	return c.Render(page, p.framed(c, of, "", connectors.Show(m)))
}

// offerActs fills in what somebody may do who changes connectors.
func (p *Pages) offerActs(c *web.Call, of connector.Connector, m *connectors.ShowModel) error {
	m.SecretHref, m.DeleteHref = href(of, "secrets"), href(of, "delete")
	switch of.State {
	case models.ConnectorEnabled:
		m.PauseHref = href(of, "pause")
	case models.ConnectorPaused:
		m.EnableHref = href(of, "enable")
	case models.ConnectorDraft:
		m.EnableHref = href(of, "enable")
		setup, err := p.setup(c, of)
		m.Setup = setup
		return err
	}
	return nil
}

func enableLabel(of connector.Connector) string {
	if of.State == models.ConnectorPaused {
		return "Resume"
	}
	return "Enable"
}

// setup says how far the setting up of a draft is.
func (p *Pages) setup(c *web.Call, of connector.Connector) (*connectors.SetupModel, error) {
	trial, tested, err := p.Connectors.LastTrial(c.Ctx(), of)
	if err != nil {
		return nil, err
	}
	test := connectors.SetupStep{Label: "Test", Href: href(of, "test"), Status: "waiting", Text: "Not tested yet"}
	if tested {
		test.Text = sentence(trial)
		if !trial.Running && trial.Worst() != connector.CheckFailed && len(trial.Checks) > 0 {
			test.Status = "done"
		}
	}
	steps := []connectors.SetupStep{
		{Label: "Connection", Href: href(of, "edit"), Status: "done", Text: "Saved"}, test,
		{Label: "Mapping", Href: href(of, "mapping"), Status: "waiting", Text: "Which attribute fills which field"},
		{Label: "Reading", Href: href(of, "reading"), Status: "waiting", Text: "When it is read, and what is too much at once"},
	}
	if p.Syncs != nil {
		run, err := p.lastDry(c, of)
		if err != nil {
			return nil, err
		}
		dry := connectors.SetupStep{Label: "Dry run", Href: href(of, "first"), Status: "waiting", Text: "What the first sync would do"}
		if run != nil {
			dry.Text = drySentence(*run)
			if run.State == models.RunDone {
				dry.Status = "done"
			}
		}
		steps = append(steps, dry)
	}
	return &connectors.SetupModel{Steps: append(steps, connectors.SetupStep{Label: "Enable", Href: href(of, "enable"), Status: "waiting", Text: "Nothing happens before that"})}, nil
}

// facts are the settings people look up.
func (p *Pages) facts(of connector.Connector) []connectors.Fact {
	s := of.Settings
	out := []connectors.Fact{{Label: "Product", Value: p.productOf(of).name}, {Label: "Key", Value: of.Key, Copy: true}}
	add := func(label, value string) {
		if value != "" {
			out = append(out, connectors.Fact{Label: label, Value: value, Copy: true})
		}
	}
	add("Address", s.BaseURL)
	add("Realm", s.Realm)
	if issuer := s.EffectiveIssuer(); issuer != s.BaseURL {
		add("Issuer", issuer)
	}
	add("Client id", s.ClientID)
	if in := s.SignIn; in != nil {
		add("Client id for signing in", in.ClientID)
		out = append(out, connectors.Fact{Label: "New people", Value: createText(of)})
	}
	return out
}

func secretLines(of connector.Connector, now time.Time) []connectors.SecretLine {
	var out []connectors.SecretLine
	for _, one := range []struct{ name, label string }{
		{connector.SecretClient, "Client secret"}, {connector.SecretSignIn, "Secret for signing in"}, {connector.SecretHook, "Webhook secret"},
	} {
		if note, there := of.Secrets[one.name]; there {
			out = append(out, connectors.SecretLine{Label: one.label, Hint: note.Hint, At: note.At.Time(), Old: note.Old(now)})
		}
	}
	return out
}

package connectors

import (
	"fmt"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
)

// Test answers GET /connectors/:connector/test with the newest run.
func (p *Pages) Test(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	trial, ok, err := p.Connectors.LastTrial(c.Ctx(), of)
	if err != nil {
		return err
	}
	if !ok {
		return p.renderTest(c, of, nil)
	}
	return p.renderTest(c, of, &trial)
}

// Run answers GET /connectors/:connector/test/:run. Its fragment is the results.
func (p *Pages) Run(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	trial, err := p.Connectors.Trial(c.Ctx(), of, c.Param("run"))
	if err != nil {
		return err
	}
	return p.renderTest(c, of, &trial)
}

// StartTest answers POST /connectors/:connector/test.
func (p *Pages) StartTest(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	var f struct {
		Only string `form:"only" validate:"max=64"`
	}
	if err := c.Bind(&f); err != nil {
		return err
	}
	trial, err := p.Connectors.Test(c.Ctx(), c.Actor(), of.PublicID, f.Only)
	if err != nil {
		return err
	}
	if !c.Htmx() {
		return c.Redirect(href(of, "test", trial.PublicID))
	}
	return p.renderTest(c, of, &trial)
}

func (p *Pages) renderTest(c *web.Call, of connector.Connector, trial *connector.Trial) error {
	m := connectors.TestModel{
		Name: of.Name, Action: href(of, "test"), MayTest: c.Can(models.ConnectorsEdit), Now: c.Now(),
		Paste: p.pasteValues(p.productOf(of), of.Key, of.Settings.SignIn != nil, &of),
	}
	if of.State == models.ConnectorDraft && c.Can(models.ConnectorsEdit) {
		m.Next = href(of, "mapping")
	}
	page := p.page(c, of, "Test")
	if trial != nil {
		run := runModel(of, *trial, m.MayTest)
		m.Run = &run
		if !trial.Running && trial.Version != of.Version {
			m.Outdate = "The connector was changed after this run. Test it again to know how it stands now."
		}
		page.Fragment, page.Status = connectors.Checks(run, m.Now), run.Sentence
		if trial.Running {
			page.Status = "" // each second would be too much to listen to
		}
	}
	return c.Render(page, p.framed(c, of, "test", connectors.Test(m)))
}

func runModel(of connector.Connector, t connector.Trial, mayTest bool) connectors.RunModel {
	m := connectors.RunModel{
		Action: href(of, "test"), Href: href(of, "test", t.PublicID), Running: t.Running, StartedBy: t.StartedBy, StartedAt: t.StartedAt.Time(), MayTest: mayTest,
		Status: string(t.Worst()), Sentence: sentence(t),
	}
	switch {
	case t.Running:
		m.Status = "running"
	case t.Stopped:
		m.Status = "stopped"
	}
	for _, check := range t.Checks {
		m.Checks = append(m.Checks, connectors.Check{
			Key: check.Key, Label: check.Label, Status: string(check.State), Sentence: check.Sentence, Fix: check.Fix, Took: took(check),
		})
	}
	m.Report = report(of, t)
	return m
}

// sentence says how a run ended, or how far it is.
func sentence(t connector.Trial) string {
	count := map[connector.CheckState]int{}
	for _, check := range t.Checks {
		count[check.State]++
	}
	done := ui.Counted(len(t.Checks), "check", "checks")
	switch {
	case t.Running:
		return "Testing: " + done + " so far"
	case t.Stopped:
		return "The test was cut off: the process that ran it ended. Test again."
	case len(t.Checks) == 0:
		return "The test ended without a result. Test again."
	}
	var parts []string
	for _, part := range []struct {
		state connector.CheckState
		word  string
	}{{connector.CheckFailed, "failed"}, {connector.CheckWarning, "with a warning"}, {connector.CheckSkipped, "skipped"}} {
		if n := count[part.state]; n > 0 {
			parts = append(parts, ui.Count(n)+" "+part.word)
		}
	}
	if len(parts) == 0 {
		return "All " + done + " passed"
	}
	return done + ": " + strings.Join(parts, ", ") + ", " + ui.Count(count[connector.CheckPassed]) + " passed"
}

func took(check connector.Check) string {
	switch {
	case check.State == connector.CheckSkipped:
		return ""
	case check.Took < time.Millisecond:
		return "under 1 ms"
	case check.Took < time.Second:
		return fmt.Sprintf("%d ms", check.Took.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", check.Took.Seconds())
}

// report is the run as text for a ticket. Secrets were taken out where it was stored.
func report(of connector.Connector, t connector.Trial) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Connection test of %s (%s)\n%s\nStarted %s by %s. %s.\n", of.Name, of.Key, of.Settings.BaseURL,
		t.StartedAt.Time().Format(time.RFC3339), t.StartedBy, strings.TrimSuffix(sentence(t), "."))
	for i, check := range t.Checks {
		fmt.Fprintf(&b, "\n%2d. %s: %s", i+1, check.Label, check.State)
		if text := took(check); text != "" {
			fmt.Fprintf(&b, " (%s)", text)
		}
		fmt.Fprintf(&b, "\n    %s\n", check.Sentence)
		if check.Fix != "" {
			fmt.Fprintf(&b, "    To do: %s\n", check.Fix)
		}
	}
	return b.String()
}

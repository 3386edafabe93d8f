package connectors

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
)

// runsLooked is how many of the newest runs are looked through for a dry one.
const runsLooked = 20

// lastDry gives the newest dry run of a connector; nil when there is none.
func (p *Pages) lastDry(c *web.Call, of connector.Connector) (*sync.RunView, error) {
	if p.Syncs == nil {
		return nil, nil
	}
	page, err := p.Syncs.Runs(c.Ctx(), c.Tenant(), sync.RunQuery{Connector: of.PublicID, Limit: runsLooked})
	if err != nil {
		return nil, err
	}
	for i := range page.Rows {
		if page.Rows[i].Kind == models.RunDry {
			return &page.Rows[i], nil
		}
	}
	return nil, nil
}

// First answers GET /connectors/:connector/first. Its fragment is the run.
func (p *Pages) First(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	return p.renderFirst(c, of, problem{})
}

func (p *Pages) renderFirst(c *web.Call, of connector.Connector, w problem) error {
	run, err := p.lastDry(c, of)
	if err != nil {
		return err
	}
	m := connectors.FirstModel{Name: of.Name, Action: href(of, "first"), Problems: w.problems, Now: c.Now()}
	m.MayRun = p.Syncs != nil && c.Can(models.ConnectorsEdit|models.SyncRun)
	if what, err := p.Connectors.Describe(c.Ctx(), of); err == nil && !what.Can(connector.CanListPeople) {
		m.MayRun = false
		m.Why = joined(what.Lacks[connector.CanListPeople], "There is nothing to run: people arrive when they sign in.")
	}
	if of.State == models.ConnectorDraft && c.Can(models.ConnectorsEdit) {
		m.Next = href(of, "enable")
	}
	page := p.page(c, of, "Dry run")
	page.Code = w.code
	if run != nil {
		dry := dryModel(of, *run)
		m.Run = &dry
		page.Fragment, page.Status = connectors.Dry(dry, m.Now), dry.Sentence
	}
	return c.Render(page, p.framed(c, of, "first", connectors.First(m)))
}

// StartDryRun answers POST /connectors/:connector/first.
func (p *Pages) StartDryRun(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	if p.Syncs == nil {
		return errs.New(errs.NotFound, "There are no dry runs in this installation.")
	}
	var nothing struct{}
	if err := c.Bind(&nothing); err != nil {
		return err
	}
	_, err = p.Syncs.Start(c.Ctx(), c.Actor(), of.PublicID, models.RunDry)
	if err == nil {
		return c.Redirect(href(of, "first"))
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.renderFirst(c, of, w)
}

func dryModel(of connector.Connector, run sync.RunView) connectors.DryRun {
	m := connectors.DryRun{
		Href: href(of, "first"), Running: run.State == models.RunWaiting || run.State == models.RunRunning, Status: string(run.State),
		Sentence: drySentence(run), StartedBy: run.StartedBy, StartedAt: run.CreatedAt.Time(),
	}
	if m.StartedBy == "" {
		m.StartedBy = "the schedule"
	}
	if run.State != models.RunDone {
		return m
	}
	add := func(n int64, label, means string) {
		m.Counts = append(m.Counts, connectors.CountLine{Figure: ui.Count(int(n)), Label: label, Means: means})
	}
	add(run.PeopleCreated, "Created", "Nobody here belongs to the account, and the rules make a person of it.")
	add(run.PeopleLinked, "Linked", "The person is here already and signed in with this account before.")
	add(run.AccountsUnclear, "Unclear", "Somebody here has the same e-mail address and another account. Nothing is linked by address alone: these are listed for a person to decide.")
	add(run.AccountsOrphaned, "Left as accounts", "Nobody here belongs to the account, and no rule makes a person of it.")
	add(run.PeopleChanged, "Changed", "Fields that the mapping gives to the source would take its values.")
	if run.ErrorCount > 0 {
		add(run.ErrorCount, "Not readable", "The source gave these, and they could not be read.")
	}
	return m
}

func drySentence(run sync.RunView) string {
	read := ui.Counted(int(run.AccountsRead), "account", "accounts")
	switch run.State {
	case models.RunWaiting:
		return "Waiting for its turn"
	case models.RunRunning:
		if run.Total > 0 {
			return "Reading: " + ui.Count(int(run.AccountsRead)) + " of " + ui.Count(int(run.Total)) + " accounts"
		}
		return "Reading: " + read + " so far"
	case models.RunDone:
		return read + " read"
	case models.RunFailed, models.RunStopped, models.RunCancelled:
		return joined(run.State.Word()+".", run.Sentence)
	}
	return run.State.Word()
}

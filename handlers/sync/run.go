package sync

import (
	"cmp"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	view "github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
)

// followEvery is how often a browser without scripts asks anew when it was told to.
const followEvery = "5"

// Start answers POST /sync/sources/:id/run.
func (p *Pages) Start(c *web.Call) error {
	run, err := p.Sync.Start(c.Ctx(), c.Actor(), c.Param("id"), models.RunFull)
	if err != nil {
		return err
	}
	return c.Redirect("/sync/runs/" + run.PublicID + "?ok=started")
}

// Run answers GET /sync/runs/:id.
func (p *Pages) Run(c *web.Call) error {
	run, err := p.Sync.RunOf(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	m := view.Run{ID: run.PublicID, Progress: progress(run), Facts: runFacts(run), Now: c.Now()}
	if m.Progress.Running && c.Query("follow") == "on" {
		m.Follow = "on"
		c.Header("Refresh", followEvery)
	}
	if run.State == models.RunStopped {
		m.Stop = stopOf(c, run)
	}
	m.Errors = p.causesOf(c, run)
	if m.Losses, err = p.losses(c, run); err != nil {
		return err
	}
	return c.Render(web.Page{
		Title: runTitle(run, m.Progress), Heading: runName(run), Crumbs: runCrumbs(run), Banners: banner(c.Query("ok")), Fragment: view.LossesPart(m.Losses),
	}, view.RunPage(m))
}

// Progress answers GET /sync/runs/:id/progress.
func (p *Pages) Progress(c *web.Call) error {
	run, err := p.Sync.RunOf(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	m := progress(run)
	page := web.Page{Title: runTitle(run, m), Heading: runName(run), Crumbs: runCrumbs(run), Fragment: view.ProgressPart(m)}
	if !m.Running && c.Htmx() { // it came to its end while somebody looked: the whole page has more to say
		return c.Redirect("/sync/runs/" + run.PublicID)
	}
	return c.Render(page, view.ProgressPart(m))
}

func runCrumbs(run sync.RunView) []layout.Crumb {
	return []layout.Crumb{{Label: "Sync and drift", Href: "/sync"}, {Label: "Runs", Href: "/sync/runs"}, {Label: runName(run)}}
}

// runName says what was read.
func runName(run sync.RunView) string {
	name := run.Connector.Name
	switch run.Kind {
	case models.RunFull:
		return "Full read of " + name
	case models.RunIncremental:
		return "Changes of " + name
	case models.RunDry:
		return "Dry run of " + name
	case models.RunEvents:
		return "Events of " + name
	}
	return string(run.Kind) + " of " + name
}

// runTitle is what the tab says, so that nobody has to open it.
func runTitle(run sync.RunView, p view.Progress) string {
	switch {
	case p.Running && p.Max > 0:
		return ui.Count(p.Done) + "/" + ui.Count(p.Max) + " " + runName(run)
	case run.State == models.RunStopped, run.State == models.RunFailed:
		return run.State.Word() + ": " + runName(run)
	}
	return runName(run)
}

func underWay(run sync.RunView) bool {
	return run.State == models.RunWaiting || run.State == models.RunRunning
}

// progress is what changes while a run is running.
func progress(run sync.RunView) view.Progress {
	m := view.Progress{
		ID: run.PublicID, State: string(run.State), StateText: run.State.Word(), Sentence: run.Sentence, Running: underWay(run),
		Bad: run.State == models.RunStopped || run.State == models.RunFailed,
	}
	if m.Running {
		m.Words = progressWords(run)
		if run.Total > 0 && (run.Phase == models.PhaseList || run.Phase == "") {
			m.Done, m.Max = int(min(run.AccountsRead, run.Total)), int(run.Total)
		}
		if m.Sentence == "" {
			m.Sentence = phaseWords(run)
		}
	}
	if m.Sentence == "" && run.State == models.RunCancelled {
		m.Sentence = "Cancelled by " + run.DecidedBy + ". Nothing was taken away."
	}
	m.Counts = []view.Figure{{Label: "Accounts read", N: int(run.AccountsRead)}}
	for _, f := range []view.Figure{
		{Label: "People created", N: int(run.PeopleCreated)}, {Label: "People linked", N: int(run.PeopleLinked)},
		{Label: "People changed", N: int(run.PeopleChanged)}, {Label: "Accounts gone", N: int(run.AccountsMissing)},
		{Label: "Without a person", N: int(run.AccountsOrphaned), Href: "/sync/orphans?source=" + run.Connector.PublicID},
		{Label: "Same e-mail as somebody", N: int(run.AccountsUnclear), Href: "/sync/orphans?source=" + run.Connector.PublicID},
		{Label: "Errors", N: int(run.ErrorCount), Href: "#errors", Bad: true},
	} {
		if f.N > 0 {
			m.Counts = append(m.Counts, f)
		}
	}
	return m
}

// progressWords says how far a run is.
func progressWords(run sync.RunView) string {
	switch {
	case run.State == models.RunWaiting && run.RetryAt != 0:
		return "Waits until " + run.RetryAt.Time().UTC().Format("15:04:05") + " UTC and tries again."
	case run.State == models.RunWaiting:
		return "Waits for its turn."
	case run.Total > 0:
		return "Read " + ui.Count(int(run.AccountsRead)) + " of " + ui.Counted(int(run.Total), "account", "accounts") + "."
	}
	return "Read " + ui.Counted(int(run.AccountsRead), "account", "accounts") + " so far."
}

// phaseWords says what a run does now.
func phaseWords(run sync.RunView) string {
	if run.State == models.RunWaiting {
		return "Nothing was changed yet by this run."
	}
	switch run.Phase {
	case models.PhaseList:
		return "Reads page after page, and compares."
	case models.PhaseCheck:
		return "Reads those one by one whom no page showed."
	case models.PhaseGuard:
		return "Counts what would be taken away."
	case models.PhaseApply:
		return "Applies what was found."
	case models.PhaseClose:
		return "Looks for people without an account."
	}
	return ""
}

// runFacts are the lines about a run that do not change.
func runFacts(run sync.RunView) []view.Fact {
	by := run.StartedBy
	if by == "" {
		by = "The schedule"
	}
	facts := []view.Fact{
		{Label: "Source", Text: run.Connector.Name}, {Label: "Kind", Text: run.Kind.Word()}, {Label: "Asked for by", Text: by},
		{Label: "Asked for", At: run.CreatedAt.Time()}, {Label: "Started", At: run.StartedAt.Time()},
	}
	if run.FinishedAt != 0 {
		facts = append(facts, view.Fact{Label: "Ended", At: run.FinishedAt.Time()}, view.Fact{Label: "Took", Text: took(run.SourceRun)})
	}
	facts = append(facts, view.Fact{Label: "Known before", Text: ui.Counted(int(run.Known), "account", "accounts")})
	if run.Allowed > 0 {
		facts = append(facts, view.Fact{Label: "Safety stop", Text: "Above " + ui.People(int(run.Allowed)) + " who lose something within its window. " + ui.People(int(run.InWindow)) + " did before this run."})
	}
	if run.DecidedBy != "" {
		facts = append(facts, view.Fact{Label: "Decided by", Text: run.DecidedBy}, view.Fact{Label: "Decided", At: run.DecidedAt.Time()}, view.Fact{Label: "Reason", Text: run.Reason})
	}
	return facts
}

func took(run models.SourceRun) string {
	if run.FinishedAt == 0 || run.StartedAt == 0 {
		return ""
	}
	d := run.FinishedAt.Time().Sub(run.StartedAt.Time())
	if d < time.Second {
		return "under 1 second"
	}
	return span(d)
}

// losses are what the run takes away, or would.
func (p *Pages) losses(c *web.Call, run sync.RunView) (view.Losses, error) {
	page, err := p.Sync.Losses(c.Ctx(), c.Tenant(), sync.LossQuery{Run: run.PublicID, Cursor: c.Query("after"), Limit: c.Rows()})
	if err != nil {
		return view.Losses{}, err
	}
	m := view.Losses{Caption: "What this run took away", Pager: ui.Paging{Label: "Pages of losses", Request: ui.Request{Target: "#loss-list", PushURL: true}}}
	if !run.State.Over() {
		m.Caption = "What this run would take away"
	}
	base := "/sync/runs/" + run.PublicID
	if page.Next != "" {
		m.Pager.Next = base + "?after=" + page.Next
	}
	if c.Query("after") != "" {
		m.Pager.First = base
	}
	for _, l := range page.Rows {
		row := view.Loss{
			Account: cmp.Or(l.Account.Username, l.Account.Key), What: lossWords(l), Evidence: l.Sentence, State: lossMark(l.State), StateText: lossState(l.State),
		}
		if l.Person.ID != 0 {
			row.Person, row.PersonHref = l.Person.Name, "/users/"+l.Person.PublicID
		}
		m.Rows = append(m.Rows, row)
	}
	return m, nil
}

func lossWords(l sync.LossView) string {
	switch l.Kind {
	case models.LossMissing:
		return "The account is gone there"
	case models.LossDisabled:
		return "The account was switched off there"
	case models.LossRole:
		return "The role " + l.Ref + " is no longer given there"
	}
	return string(l.Kind)
}

func lossMark(s models.LossState) string {
	switch s {
	case models.LossHeld:
		return "waiting"
	case models.LossApplied:
		return "done"
	case models.LossKept, models.LossDropped:
		return "skipped"
	}
	return "unknown"
}

func lossState(s models.LossState) string {
	switch s {
	case models.LossHeld:
		return "Held back"
	case models.LossApplied:
		return "Applied"
	case models.LossKept:
		return "Kept"
	case models.LossDropped:
		return "Dropped"
	}
	return string(s)
}

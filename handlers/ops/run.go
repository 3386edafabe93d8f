package ops

import (
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// Show answers GET /ops/:id of an operation that has begun.
func (p *Runs) Show(c *web.Call, op models.Operation) error {
	live, title, err := p.live(c, op)
	if err != nil {
		return err
	}
	said, err := p.Ops.Decisions(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return err
	}
	m := view.Run{Live: live, Facts: facts(op), Said: saidOf(said), Now: c.Now()}
	if live.Running && c.Query("follow") == "on" {
		m.Once = true
		c.Header("Refresh", followEvery)
	}
	return c.Render(web.Page{
		Title: title, Heading: op.Code() + " " + name(op), Crumbs: crumbs(op), Banners: banner(c.Query("ok")), Fragment: view.LivePart(live), Retitle: true,
	}, view.RunPage(m))
}

// Progress answers GET /ops/:id/progress.
func (p *Runs) Progress(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	if op.StartedAt == 0 {
		return c.Redirect(href(op))
	}
	m, title, err := p.live(c, op)
	if err != nil {
		return err
	}
	page := web.Page{Title: title, Heading: op.Code() + " " + name(op), Crumbs: crumbs(op), Fragment: view.LivePart(m), Retitle: true}
	if !m.Running {
		page.Status = m.StateText + ". " + m.Sentence
	}
	return c.Render(page, view.LivePart(m))
}

// goesOn reports whether something changes without anybody acting.
func goesOn(op models.Operation) bool {
	switch op.State {
	case models.OperationRunning, models.OperationUndoing:
		return true
	case models.OperationPaused:
		return op.PausedFor != 0
	}
	return op.Phase == models.PhaseRemove
}

// live is what changes while an operation goes on.
func (p *Runs) live(c *web.Call, op models.Operation) (view.Live, string, error) {
	run, err := p.Ops.RunOf(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return view.Live{}, "", err
	}
	f := figuresOf(op, run)
	m := view.Live{
		ID: op.PublicID, Refresh: href(op) + "/progress", Running: goesOn(op), State: f.mark(), StateText: op.State.Word(),
		Sentence: f.sentence(models.At(c.Now())), Now: c.Now(),
		Meta: meta(op), Undo: undoNotice(op, c), Notices: f.notices(models.At(c.Now())), Acts: f.acts(c, len(run.Failures)), Links: p.links(op),
	}
	if query := c.Request.URL.Query(); query.Has("came") || query.Has("after") || query.Has("before") {
		query.Del("ok")
		query.Del("follow")
		m.Refresh += "?" + query.Encode()
	}
	if op.State == models.OperationRunning || op.State == models.OperationPaused || op.State == models.OperationUndoing {
		m.Done, m.Of, m.Words = int(f.done()), int(f.total), ui.Count(int(f.done()))+" of "+ui.Count(int(f.total))+" done"
	}
	if m.Causes, err = p.causes(c, op, run); err != nil {
		return m, "", err
	}
	if m.People, err = p.came(c, op, f); err != nil {
		return m, "", err
	}
	err = p.applications(c, op, f, &m)
	return m, f.title(), err
}

// meta says who asked for it, who approved it, and which list it is.
func meta(op models.Operation) []view.Part {
	out := []view.Part{{Text: "Asked for by " + op.RequestedBy}}
	if op.ApprovedBy != "" {
		out = append(out, view.Part{Text: "Approved by " + op.ApprovedBy})
	}
	return append(out, view.Part{Text: "list " + models.ShortHash(op.ListHash), Strong: true})
}

// undoNotice says until when it can be undone.
func undoNotice(op models.Operation, c *web.Call) *ui.Notice {
	now := models.At(c.Now())
	if op.Phase != models.PhaseWindow || op.UndoUntil <= now {
		return nil
	}
	link := "See what an undo brings back"
	if c.Can(models.UsersDeactivate) {
		link = "Undo all or some"
		if op.Included == 1 {
			link = "Undo"
		}
	}
	return &ui.Notice{Tone: ui.Info, Text: "Undo possible until " + utc(op.UndoUntil) + ".", Href: href(op) + "/undo", Link: link}
}

// links lead to what there is about an operation beside its run.
func (p *Runs) links(op models.Operation) []ui.Action {
	out := []ui.Action{{Label: "Receipts", Href: href(op) + "/receipts"}}
	switch op.State {
	case models.OperationDone, models.OperationFailures, models.OperationUndone:
		if p.Certificates {
			out = append(out, ui.Action{Label: "Certificates", Href: href(op) + "/certificates"})
		}
	}
	return out
}

// acts are the words that can be said to it now, for who may.
func (f figures) acts(c *web.Call, causes int) []view.Steer {
	if !c.Can(models.UsersDeactivate) {
		return nil
	}
	var out []view.Steer
	op := &f.op
	if operation.MayPause(op) == "" {
		out = append(out, view.Steer{Action: href(f.op) + "/pause", Button: ui.Action{Label: "Pause", ID: "act-pause", Key: "p"}})
	}
	if operation.MayResume(op) == "" {
		out = append(out, view.Steer{Action: href(f.op) + "/resume", Button: ui.Action{Label: "Resume", ID: "act-resume", Kind: ui.Primary}})
	}
	if operation.MayStop(op) == "" {
		label := "Stop remaining steps..."
		if n := f.waiting(); n > 0 {
			label = "Stop remaining " + ui.Count(int(n)) + "..."
		}
		out = append(out, view.Steer{Button: ui.Action{Label: label, ID: "act-stop", Kind: ui.DangerOutline, Href: href(f.op) + "/stop"}})
	}
	if f.failed > 0 && (causes > 1 || undone(f.op)) && operation.MayRetry(op) == "" {
		out = append(out, view.Steer{Action: href(f.op) + "/retry", Button: ui.Action{Label: "Retry " + ui.Counted(int(f.failed), "failed step", "failed steps"), ID: "act-retry"}})
	}
	return out
}

// undone reports whether what can be tried again are the steps of an undo, which
// stand in no table of causes.
func undone(op models.Operation) bool {
	return op.State == models.OperationUndoing || op.State == models.OperationUndone
}

// causes are why steps failed, each with the way to try again and the connector.
func (p *Runs) causes(c *web.Call, op models.Operation, run operation.Run) ([]view.Cause, error) {
	if len(run.Failures) == 0 {
		return nil, nil
	}
	systems, err := p.Systems.List(c.Ctx(), c.Tenant())
	if err != nil {
		return nil, err
	}
	names, at := map[int64]string{0: "Rollcall"}, map[int64]string{}
	for i := range systems {
		names[systems[i].ID], at[systems[i].ID] = systems[i].Name, systems[i].PublicID
	}
	all, of := make([]view.Cause, len(run.Failures)), map[int64]int{}
	for _, f := range run.Failures {
		of[f.ConnectorID] += f.N
	}
	retry := c.Can(models.UsersDeactivate) && operation.MayRetry(&op) == ""
	for i, f := range run.Failures {
		all[i] = view.Cause{System: names[f.ConnectorID], What: stepWords[f.Kind], Sentence: f.Sentence, N: f.N}
		if id := at[f.ConnectorID]; id != "" && c.Can(models.ConnectorsRead) {
			all[i].Href = "/connectors/" + id
		}
		if n := of[f.ConnectorID]; retry && n > 0 && !undone(op) {
			of[f.ConnectorID] = 0 // one button for all of a system
			all[i].Retry = &view.Steer{
				Action: href(op) + "/retry", Button: ui.Action{Label: "Retry " + ui.Count(n), Hidden: "at " + all[i].System, ID: "retry-" + strconv.Itoa(i), Small: true},
			}
			if at[f.ConnectorID] != "" {
				all[i].Retry.Hidden = []view.Hidden{{Name: "at", Value: at[f.ConnectorID]}}
			}
		}
	}
	return all, nil
}

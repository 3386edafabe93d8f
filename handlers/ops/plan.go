package ops

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// plan is everything an operation does, as far as a page shows it. Where moves is
// set its list can still be changed.
func (p *Pages) plan(c *web.Call, op models.Operation, moves bool) (view.Plan, error) {
	effects, err := operation.EffectsOf(op)
	if err != nil {
		return view.Plan{}, err
	}
	m := view.Plan{
		ID: op.PublicID, Hash: models.ShortHash(op.ListHash), AsOf: op.PlannedAt.Time(), At: c.Now(), One: op.People == 1,
		Lead: lead(c, op, effects), Now: now(op, effects), Later: later(effects), LaterHead: laterHead(op), LaterNote: laterNote(op),
		Systems: systems(c, op, effects),
	}
	m.Breaks = breaks(c, op, effects, moves)
	m.People, err = p.people(c, op, effects, moves)
	return m, err
}

// lead is the sentence on top of everything.
func lead(c *web.Call, op models.Operation, e operation.Effects) []view.Part {
	if op.People == 1 {
		if op.Included == 1 {
			return []view.Part{{Text: op.Title, Strong: true}, {Text: "loses sign-in now."}}
		}
		return []view.Part{{Text: "Nobody", Strong: true}, {Text: "loses sign-in: " + leftOut(e, planner(c, op))}}
	}
	verb := "lose sign-in now."
	who := ui.People(int(op.Included))
	switch op.Included {
	case 0:
		who, verb = "Nobody", "loses sign-in."
	case 1:
		verb = "loses sign-in now."
	}
	return []view.Part{{Text: who, Strong: true}, {Text: verb}, {Text: leftOut(e, planner(c, op))}}
}

// now is what happens at once.
func now(op models.Operation, e operation.Effects) []view.Effect {
	out := []view.Effect{
		{Text: "Block sign-in", N: int(op.Included)},
		{Text: "End sessions in Rollcall", N: int(e.Sessions)},
	}
	if e.Held > 0 {
		out = append(out, view.Effect{Text: "Revoke refresh tokens Rollcall holds", N: int(e.Held)})
	}
	for _, way := range []struct {
		text string
		can  func(operation.SystemEffect) bool
	}{
		{"Disable accounts", func(s operation.SystemEffect) bool { return s.CanDisable }},
		{"End the sessions of accounts", func(s operation.SystemEffect) bool { return s.CanEnd }},
		{"Revoke the tokens of accounts", func(s operation.SystemEffect) bool { return s.CanRevoke }},
	} {
		if n, where := accountsOf(e, way.can); n > 0 {
			out = append(out, view.Effect{Text: way.text, N: n, Note: where})
		}
	}
	if e.Reports > 0 {
		out = append(out, view.Effect{Text: "Give people another manager", N: int(e.Reports)})
	}
	return out
}

// accountsOf counts the accounts at systems of a sort, and says where they are.
func accountsOf(e operation.Effects, of func(operation.SystemEffect) bool) (n int, where string) {
	systems := 0
	for _, s := range e.Systems {
		if of(s) {
			n, systems, where = n+int(s.Accounts), systems+1, "in "+s.Name
		}
	}
	if systems > 1 {
		where = "in " + ui.Count(systems) + " systems"
	}
	return n, where
}

// later is what happens when it can no longer be undone.
func later(e operation.Effects) []view.Effect {
	return []view.Effect{{Text: "Remove role grants", N: int(e.Assignments)}}
}

func laterHead(op models.Operation) string { return "After " + days(op.UndoDays) }

func laterNote(op models.Operation) string {
	if op.UndoUntil > 0 {
		return "It can be undone until " + utc(op.UndoUntil) + "."
	}
	return "Until then it can be undone: roles, managers and accounts come back. Ended sessions do not."
}

// systems is the table of connected systems.
func systems(c *web.Call, op models.Operation, e operation.Effects) []view.System {
	var out []view.System
	for _, s := range e.Systems {
		out = append(out, view.System{
			Name: s.Name, Product: s.Product, Accounts: int(s.Accounts), Can: can(s), Lacks: s.Lacks, Last: s.LastSuccess.Time(), Warning: s.Warning,
			Tokens: tokens(c.Now(), op, s),
		})
	}
	return out
}

// can says in words what happens at a system.
func can(s operation.SystemEffect) string {
	var acts []string
	for _, a := range []struct {
		on   bool
		text string
	}{{s.CanDisable, "disables the accounts"}, {s.CanEnd, "ends their sessions"}, {s.CanRevoke, "revokes their tokens"}} {
		if a.on {
			acts = append(acts, a.text)
		}
	}
	switch len(acts) {
	case 0:
		return ""
	case 1:
		return upper(acts[0]) + "."
	case 2:
		return upper(acts[0]) + " and " + acts[1] + "."
	}
	return upper(acts[0]) + ", " + acts[1] + " and " + acts[2] + ". The accounts can be enabled again."
}

func upper(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// breaks is what will break, or may, the gravest first.
func breaks(c *web.Call, op models.Operation, e operation.Effects, moves bool) []view.Break {
	var out []view.Break
	base := href(op)
	if moves {
		base += "/preview"
	}
	see := func(f operation.TargetFilter, n int64) view.Break {
		return view.Break{Href: base + "?who=" + string(f) + "#people", Link: "See the " + ui.Count(int(n))}
	}
	if e.Privileged > 0 {
		b := see(operation.TargetsPrivileged, e.Privileged)
		b.Text = ui.People(int(e.Privileged)) + " with privileged access " + plural(e.Privileged, "goes.", "go.")
		out = append(out, b)
	}
	if e.Managers > 0 {
		b := see(operation.TargetsManagers, e.Managers)
		b.Text = ui.People(int(e.Reports)) + " who " + plural(e.Reports, "stays loses", "stay lose") + " their manager."
		out = append(out, b)
	}
	if e.Owners > 0 {
		b := see(operation.TargetsOwners, e.Owners)
		b.Text = ui.People(int(e.Owners)) + " " + plural(e.Owners, "owns", "own") + " a connector. It passes to whoever asks for this, and comes back with an undo."
		out = append(out, b)
	}
	if e.Recent > 0 {
		b := see(operation.TargetsRecent, e.Recent)
		b.Text = ui.People(int(e.Recent)) + " signed in during the last 24 hours. Is this right?"
		if moves && op.People > 1 {
			b.Press = &view.Press{Action: href(op) + "/leave-out-recent", Label: "Leave out the " + ui.Count(int(e.Recent)), Hidden: "who signed in during the last 24 hours"}
		}
		out = append(out, b)
	}
	for _, s := range e.Systems {
		out = append(out, lasting(c.Now(), op, s, base)...)
	}
	return out
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Planning answers GET /ops/:id/planning: how far a plan is.
func (p *Pages) Planning(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	if op.State != models.OperationPlanning {
		return c.Redirect(href(op))
	}
	m, err := p.planning(c, op)
	if err != nil {
		return err
	}
	return c.Render(web.Page{Title: planningTitle(op, m), Heading: name(op), Crumbs: crumbs(op), Fragment: view.PlanningPart(m)}, view.PlanningPage(m))
}

func (p *Pages) planning(c *web.Call, op models.Operation) (view.Planning, error) {
	progress, err := p.Ops.PlanProgress(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return view.Planning{}, err
	}
	m := view.Planning{
		ID: op.PublicID, Running: true, Done: int(progress.Done), Of: int(progress.Of),
		Sentence: "Rollcall looks at each person and counts what their deactivation would do. Nobody loses anything by it.",
		Words:    "Counting effects: " + ui.Count(int(progress.Done)) + " of " + ui.Count(int(progress.Of)),
	}
	if op.CreatedByID == c.Caller.UserID && c.Can(models.UsersDeactivate) {
		m.Cancel = href(op) + "/cancel"
	}
	return m, nil
}

func planningTitle(op models.Operation, m view.Planning) string {
	if m.Of == 0 {
		return op.Code() + " is being planned"
	}
	return ui.Count(m.Done) + "/" + ui.Count(m.Of) + " " + op.Code() + " planning"
}

// followEvery is how often a browser without scripts asks anew when it was told to.
const followEvery = "5"

// showPlanning is GET /ops/:id while the plan is being made.
func (p *Pages) showPlanning(c *web.Call, op models.Operation) error {
	m, err := p.planning(c, op)
	if err != nil {
		return err
	}
	if c.Query("follow") == "on" {
		m.Follow = true
		c.Header("Refresh", followEvery)
	}
	return c.Render(web.Page{Title: planningTitle(op, m), Heading: name(op), Crumbs: crumbs(op), Banners: banner(c.Query("ok"))}, view.PlanningPage(m))
}

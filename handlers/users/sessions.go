package users

import (
	"cmp"
	"crypto/rand"
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

func (p *Pages) sessions(c *web.Call, person directory.Person) users.Sessions {
	m := users.Sessions{Now: c.Now(), Path: "/users/" + person.PublicID, EndAll: c.Can(models.SessionsEnd)}
	list, err := p.Sessions.List(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		c.Log().Error("the sessions could not be read", "error", err.Error())
		m.Failed = "The sessions could not be read now. Reference " + c.RequestID() + "."
		return m
	}
	for _, s := range list {
		m.Rows = append(m.Rows, users.Session{
			ID: s.PublicID, Device: s.Device, IP: s.IP, Provider: p.providerName(s.Provider), Methods: s.Methods,
			Started: s.CreatedAt.Time(), LastSeen: s.LastSeenAt.Time(), Ends: s.EndsAt.Time(),
			EndHref: m.Path + "/sessions/" + s.PublicID + "/end", Own: s.PublicID == c.Caller.SessionID,
		})
	}
	return m
}

type reasonForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	Once   string `form:"once" label:"Form" validate:"omitempty,max=64"`
}

// ask gives the form to the engine: sent twice, it is one act.
func (f reasonForm) ask() offboard.Ask { return offboard.Ask{Reason: f.Reason, Once: f.Once} }

// EndSessionsForm answers GET /users/:id/sessions/end.
func (p *Pages) EndSessionsForm(c *web.Call) error { return p.endSessionsPage(c, "", nil) }

// EndSessions answers POST /users/:id/sessions/end.
func (p *Pages) EndSessions(c *web.Call) error {
	var f reasonForm
	if err := c.Bind(&f); err != nil {
		return p.endSessionsPage(c, f.Reason, err)
	}
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	done, err := p.Offboard.EndSessions(c.Ctx(), c.Actor(), person.PublicID, f.ask())
	if err != nil {
		return p.endSessionsPage(c, f.Reason, err)
	}
	return c.Redirect("/users/" + person.PublicID + "?ok=sessions-ended" + cmp.Or(toOutcomes(done), "#sessions"))
}

func (p *Pages) endSessionsPage(c *web.Call, reason string, cause error) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	list, err := p.Sessions.List(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s session.Info) bool { return s.PublicID == c.Caller.SessionID }) // the one they work in goes on
	m := users.Act{
		Effects: []string{
			endsHere(len(list), person.DisplayName),
			"They may sign in again at once: to keep them out, suspend or deactivate them.",
		},
		Submit: "End " + ui.Counted(len(list), "session", "sessions"), Kind: ui.Primary,
	}
	held, err := p.Offboard.Accounts(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	switch {
	case len(held) > 0:
		names := joined(offboard.Names(held))
		m.Submit = "End all sessions"
		m.Effects = slices.Insert(m.Effects, 1,
			"Right after, ends all their sessions at "+names+" too, and reads back whether they are gone.",
			"What applications did is not known: a system says at most that they were told. What is known of each stands on the person's page.")
	case len(list) == 0:
		m.Blocked = person.DisplayName + " has no session in Rollcall now. There is nothing to end."
		if person.ID == c.Caller.UserID {
			m.Blocked = "You have no other session in Rollcall now. There is nothing to end."
		}
	}
	return p.actPage(c, asked{person: person, title: "End sessions of " + person.DisplayName, path: "/sessions/end", reason: reason, cause: cause}, m)
}

// EndSessionForm answers GET /users/:id/sessions/:session/end.
func (p *Pages) EndSessionForm(c *web.Call) error { return p.endSessionPage(c, "", nil) }

// EndSession answers POST /users/:id/sessions/:session/end.
func (p *Pages) EndSession(c *web.Call) error {
	person, one, err := p.oneSession(c)
	if err != nil {
		return err
	}
	var f reasonForm
	if err := c.Bind(&f); err != nil {
		return p.endSessionPage(c, f.Reason, err)
	}
	done, err := p.Offboard.EndSession(c.Ctx(), c.Actor(), person.PublicID, one.PublicID, f.ask())
	if err != nil {
		return p.endSessionPage(c, f.Reason, err)
	}
	return c.Redirect("/users/" + person.PublicID + "?ok=session-ended" + cmp.Or(toOutcomes(done), "#sessions"))
}

func (p *Pages) endSessionPage(c *web.Call, reason string, cause error) error {
	person, one, err := p.oneSession(c)
	if err != nil {
		return err
	}
	m := users.Act{
		Effects: []string{"Ends the session on " + one.Device + " now. The next click there asks to sign in again."},
		Submit:  "End session", Kind: ui.Primary,
	}
	return p.actPage(c, asked{person: person, title: "End a session of " + person.DisplayName, path: "/sessions/" + one.PublicID + "/end", reason: reason, cause: cause}, m)
}

// oneSession finds a live session and makes sure that it is this person's.
func (p *Pages) oneSession(c *web.Call) (directory.Person, session.Info, error) {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return directory.Person{}, session.Info{}, err
	}
	list, err := p.Sessions.List(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return person, session.Info{}, err
	}
	for _, s := range list {
		if s.PublicID == c.Param("session") {
			return person, s, nil
		}
	}
	return person, session.Info{}, errs.New(errs.NotFound, "%s has no such session. It has ended already.", person.DisplayName)
}

// maxOnce is the longest name of a form.
const maxOnce = 64

// asked is an act on one person with what was typed. cause is why it was refused, or nil.
type asked struct {
	person directory.Person
	title  string
	path   string // below the person's page
	reason string
	cause  error
}

// actPage draws a page that changes one person, again with status 422 when cause
// is refused input. Any other cause is shown in place too: it says what stands in the way.
func (p *Pages) actPage(c *web.Call, a asked, m users.Act) error {
	person, title, cause := a.person, a.title, a.cause
	page := web.Page{
		Title: title, FocusHeading: cause == nil, NoForm: m.Blocked != "",
		Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: person.DisplayName, Href: "/users/" + person.PublicID}, {Label: title}},
	}
	m.Action, m.Cancel = "/users/"+person.PublicID+a.path, "/users/"+person.PublicID
	fields := map[string]string{}
	if cause != nil {
		f, problems, ok := web.Refused(cause)
		switch {
		case ok:
			fields, m.Problems, page.Code = f, problems, 422
		case errs.Is(cause, errs.Conflict):
			e, _ := errs.As(cause)
			m.Problems, page.Code = []ui.Problem{{Text: e.Safe}}, 409
		default:
			return cause
		}
		if m.Title == "" {
			m.Title = "Nothing was changed"
		}
	}
	m.Once = c.Request.PostForm.Get("once")
	if m.Once == "" || len(m.Once) > maxOnce {
		m.Once = rand.Text()
	}
	m.Reason = ui.ReasonField(a.reason, fields["reason"], "Everybody who may read the audit log")
	if m.Date != nil {
		m.Date.Error = fields[m.Date.Name]
	}
	for i := range m.Fields {
		m.Fields[i].Error = fields[m.Fields[i].Name]
	}
	return c.Render(page, users.ActPage(m))
}

// endsHere says what happens to a person's sessions in the console.
func endsHere(n int, name string) string {
	if n == 0 {
		return "No session of " + name + " is open in Rollcall now, so none has to end here."
	}
	return "Ends " + ui.Counted(n, "session", "sessions") + " of " + name + " in Rollcall now. Their next click asks them to sign in again."
}

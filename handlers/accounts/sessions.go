package accounts

import (
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/accounts"
	"github.com/rollcall/rollcall/views/ui"
)

// Sessions answers GET /users/:id/sessions: every system is asked now.
func (p *Pages) Sessions(c *web.Call) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	list, err := p.Insight.Sessions(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	m := view.Sessions{Path: path(person) + "/sessions", CanEnd: c.Can(models.SessionsEnd), Now: c.Now()}
	n := 0
	for _, s := range list {
		m.Systems = append(m.Systems, system(person, s))
		n += len(s.List)
	}
	part := view.SystemSessions(m)
	m.Alone = true
	return c.Render(web.Page{
		Title: "Sessions of " + person.DisplayName, Crumbs: crumbs(person, "Sessions"), Fragment: part,
		Status: ui.Counted(n, "session", "sessions") + " at connected systems",
	}, view.SessionsPage(m))
}

// SessionsSection draws the place of the sessions at connected systems, which
// are read when somebody comes that far; nil when there are no systems.
func (p *Pages) SessionsSection(c *web.Call, person directory.Person) (web.Component, error) {
	held, err := p.Offboard.Accounts(c.Ctx(), c.Tenant(), person.ID)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	return view.SystemSessions(view.Sessions{Path: path(person) + "/sessions", Later: true, Names: joined(offboard.Names(held)), Now: c.Now()}), nil
}

func system(person directory.Person, s insight.Sessions) view.System {
	out := view.System{Name: s.Name, Failed: s.Failed, Retry: !s.Cannot, ReadAt: s.ReadAt}
	for i, one := range s.List {
		out.Rows = append(out.Rows, view.Session{
			ID: "s-" + one.Handle + "-" + strconv.Itoa(i), Apps: joined(one.Names), IP: one.IP, Short: short(one.ID), Offline: one.Offline,
			Started: one.StartedAt, Seen: one.SeenAt,
			EndHref: path(person) + "/accounts/" + s.Handle() + "/sessions/" + one.Handle + "/end",
		})
	}
	return out
}

// short gives as much of a session's id as finds it in the system's own console.
func short(id string) string {
	const shown = 8
	if len(id) <= shown {
		return id
	}
	return id[:shown] + "…"
}

type actForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	Once   string `form:"once" label:"Form" validate:"omitempty,max=64"`
}

func (f actForm) ask() offboard.Ask { return offboard.Ask{Reason: f.Reason, Once: f.Once} }

// EndSessionForm answers GET /users/:id/accounts/:account/sessions/:session/end.
func (p *Pages) EndSessionForm(c *web.Call) error { return p.endSessionPage(c, actForm{}, nil) }

// EndSession answers POST /users/:id/accounts/:account/sessions/:session/end.
func (p *Pages) EndSession(c *web.Call) error {
	person, held, err := p.at(c)
	if err != nil {
		return err
	}
	var f actForm
	if err := c.Bind(&f); err != nil {
		return p.endSessionPage(c, f, err)
	}
	at := offboard.At{ConnectorID: held.ConnectorID, Account: held.Account, Session: c.Param("session")}
	if _, err := p.Offboard.EndSystemSession(c.Ctx(), c.Actor(), person.PublicID, at, f.ask()); err != nil {
		return p.endSessionPage(c, f, err)
	}
	return c.Redirect(path(person) + "?ok=session-asked#outcomes")
}

func (p *Pages) endSessionPage(c *web.Call, f actForm, cause error) error {
	person, held, err := p.at(c)
	if err != nil {
		return err
	}
	one, found, failed := p.Insight.SessionAt(c.Ctx(), c.Tenant(), held, c.Param("session"))
	if !found && failed == "" {
		return errs.New(errs.NotFound, "%s has no such session at %s. It has ended already.", person.DisplayName, held.Name)
	}
	m := view.Act{Submit: "End session", Kind: ui.Primary, Effects: []string{
		"Ends the session at " + held.Name + where(one) + ", and reads back whether it is gone.",
		"Ends what was signed in here with it.",
		"What each application did is not known from " + held.Name + ": it says at most that they were told.",
		"The person may sign in again at once.",
	}}
	if failed != "" {
		m.Effects = append([]string{failed + " The session is ended as soon as it answers."}, m.Effects...)
	}
	return p.actPage(c, asked{person: person, title: "End a session of " + person.DisplayName, action: c.Request.URL.Path, form: f, cause: cause}, m)
}

func where(one insight.Session) string {
	if len(one.Names) == 0 {
		return ""
	}
	return " in which " + joined(one.Names) + " takes part"
}

// at gives person and account of an address.
func (p *Pages) at(c *web.Call) (directory.Person, connector.Held, error) {
	person, err := p.person(c)
	if err != nil {
		return person, connector.Held{}, err
	}
	held, err := p.account(c, person)
	return person, held, err
}

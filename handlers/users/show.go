package users

import (
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// said are the sentences that a redirect may ask this page to show, by closed words.
var said = map[string]string{
	"created": "The person was created.", "invited": "The person was invited: at the first sign-in with this verified e-mail address they become Active.",
	"saved": "Saved.", "suspend": "Suspended. All sessions in Rollcall ended.", "resume": "The suspension was lifted.",
	"deactivate": "Deactivated. All sessions in Rollcall ended; the next request of any browser is refused.", "reactivate": "Reactivated.",
	"leaving": "The leaving date was set.", "staying": "The leaving date was taken back.", "let-in": "Let in. The next sign-in works.",
	"sessions-ended": "All sessions in Rollcall ended.", "session-ended": "The session in Rollcall ended.",
	"session-asked": "The session is being ended at its system.", "unlock-asked": "The account is being unlocked at its system.",
	"accounts-read": "Every account was asked for. One whose system did not answer stays as it was read before.",
	"role-assigned": "Role given.", "role-removed": "Role removed.", "role-until": "The end was changed.",
	"identity-unlinked": "The identity was unlinked, and its sessions ended.",
}

// Show answers GET /users/:id.
func (p *Pages) Show(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	held, err := p.Offboard.Accounts(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	m := p.personModel(c, person)
	m.Sessions = p.sessions(c, person)
	m.Sessions.Systems = len(held) > 0
	m.SignIn = section(c, person, part{p.SignIn, "signin", "Sign-in", "Whether this person can sign in could not be found out now."})
	m.Outcomes = section(c, person, part{p.Outcomes, "outcomes", "What came of it", "What came of the last act could not be read now."})
	m.Access = section(c, person, part{about(p.Roles), "access", "Access", "The roles could not be read now."})
	m.Accounts = section(c, person, part{p.Accounts, "accounts", "Accounts at connected systems", "The accounts could not be read now."})
	m.Sessions.Elsewhere = section(c, person, part{p.Elsewhere, "system-sessions", "Sessions at connected systems", "They could not be read now."})
	m.Activity = section(c, person, part{about(p.Activity), "activity", "Activity", "The activity could not be read now."})
	page := web.Page{
		Title: person.DisplayName, Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: person.DisplayName}},
		Aside: users.Marks(m.Tags), Actions: users.Buttons(personActions(person, readerOf(c))),
	}
	if sentence := said[c.Query("ok")]; sentence != "" {
		page.Status = sentence
		page.Banners = append(page.Banners, ui.Notice{Tone: ui.OK, Text: sentence})
	}
	page.Banners = append(page.Banners, warnings(person, readerOf(c))...)
	page.Banners = append(page.Banners, gone(person, held, readerOf(c))...)
	page.Banners = append(page.Banners, p.ties(c, person)...)
	return c.Render(page, users.PersonPage(m))
}

// ties says what is known about the person's other records.
func (p *Pages) ties(c *web.Call, person directory.Person) []ui.Notice {
	if p.Ties == nil {
		return nil
	}
	said, err := p.Ties(c, person.ID)
	if err != nil {
		c.Log().Error("linked records could not be read", "error", err.Error())
		return []ui.Notice{{Tone: ui.Warn, Text: "Whether this person has other records could not be read now. The rest of this page is right.", Ref: c.RequestID()}}
	}
	return said
}

// part is a section that another noun draws.
type part struct {
	draw      About
	id, title string
	failed    string // what is said in its place when it could not be drawn
}

// about fits a section that needs less of the person.
func about(s Section) About {
	if s == nil {
		return nil
	}
	return func(c *web.Call, person directory.Person) (web.Component, error) {
		return s(c, person.ID, person.PublicID, person.DisplayName)
	}
}

// section draws a part of another noun; when it fails, only that part says so.
func section(c *web.Call, person directory.Person, s part) web.Component {
	if s.draw == nil {
		return nil
	}
	drawn, err := s.draw(c, person)
	if err != nil {
		c.Log().Error("a section failed", "section", s.id, "error", err.Error())
		return users.FailedSection(s.id, s.title, s.failed+" The rest of this page is right. Reference "+c.RequestID()+".", "/users/"+person.PublicID)
	}
	return drawn
}

func (p *Pages) personModel(c *web.Call, person directory.Person) users.Person {
	path := "/users/" + person.PublicID
	m := users.Person{
		Now: c.Now(), Path: path, Email: person.Email,
		Status: string(person.Status), StatusText: statusText(person.Status, person.LeavingAt), StatusLine: statusLine(person, c.Now()),
		Danger: danger(person, readerOf(c)),
	}
	if person.External {
		m.Tags = append(m.Tags, users.Tag{Tone: ui.Ext, Text: "External"})
	}
	if person.PendingSince > 0 {
		m.Tags = append(m.Tags, users.Tag{Tone: ui.Warn, Text: "Waits to be let in"})
	}
	var masked bool
	if m.Overview, masked = p.overview(person, readerOf(c)); masked {
		m.RevealHref = path + "/reveal"
	}
	m.Ticket = ticket(person, c.Caller.Actor.Name, c.Now(), c.Address(path))
	links := c.Can(models.LinksEdit) && person.ID != c.Caller.UserID && person.Status != models.Removed
	if links {
		m.LinkHref = path + "/identities/new"
	}
	for _, i := range person.Identities {
		if i.IsPrimary || m.Subject == "" {
			m.Subject = i.Subject
		}
		unlink := ""
		if links {
			unlink = path + "/identities/" + strconv.FormatInt(i.ID, 10) + "/unlink"
		}
		m.Identities = append(m.Identities, users.Identity{
			Provider: p.providerName(i.Provider), Issuer: i.Issuer, Subject: i.Subject, Email: i.Email, Verified: i.EmailVerified, Primary: i.IsPrimary,
			How: i.LinkedHow, By: i.LinkedBy, UnlinkHref: unlink, Linked: i.LinkedAt.Time(), LastSeen: i.LastSignInAt.Time(),
		})
	}
	return m
}

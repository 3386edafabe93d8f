package users

import (
	"github.com/a-h/templ"

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
	"saved": "Saved.", "suspend": "Suspended. All sessions ended.", "resume": "The suspension was lifted.",
	"deactivate": "Deactivated. All sessions ended; the next request of any browser is refused.", "reactivate": "Reactivated.",
	"leaving": "The leaving date was set.", "staying": "The leaving date was taken back.", "let-in": "Let in. The next sign-in works.",
	"sessions-ended": "All sessions ended.", "session-ended": "The session ended.",
	"role-assigned": "Role given.", "role-removed": "Role removed.", "role-until": "The end was changed.",
}

// Show answers GET /users/:id.
func (p *Pages) Show(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	m := p.personModel(c, person)
	m.Sessions = p.sessions(c, person)
	m.Access = p.section(c, p.Roles, person, "access", "Access", "The roles could not be read now.")
	m.Activity = p.section(c, p.Activity, person, "activity", "Activity", "The activity could not be read now.")
	page := web.Page{
		Title: person.DisplayName, Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: person.DisplayName}},
		Aside: users.Marks(m.Tags), Actions: users.Buttons(personActions(c, person)),
	}
	if sentence := said[c.Query("ok")]; sentence != "" {
		page.Status = sentence
		page.Banners = append(page.Banners, ui.Notice{Tone: ui.OK, Text: sentence})
	}
	page.Banners = append(page.Banners, warnings(c, person)...)
	return c.Render(page, users.PersonPage(m))
}

// section draws a part of another noun; when it fails, only that part says so.
func (p *Pages) section(c *web.Call, draw Section, person directory.Person, id, title, failed string) templ.Component {
	if draw == nil {
		return nil
	}
	part, err := draw(c, person.ID, person.PublicID, person.DisplayName)
	if err != nil {
		c.Log().Error("a section failed", "section", id, "error", err.Error())
		return users.FailedSection(id, title, failed+" The rest of this page is right. Reference "+c.RequestID()+".", "/users/"+person.PublicID)
	}
	return part
}

func (p *Pages) personModel(c *web.Call, person directory.Person) users.Person {
	path := "/users/" + person.PublicID
	m := users.Person{
		Now: c.Now(), Path: path, Name: person.DisplayName, Email: person.Email,
		Status: string(person.Status), StatusText: statusText(person.Status, person.LeavingAt), StatusLine: statusLine(person, c),
		Danger: danger(c, person, path),
	}
	if person.External {
		m.Tags = append(m.Tags, users.Tag{Tone: ui.Ext, Text: "External"})
	}
	if person.PendingSince > 0 {
		m.Tags = append(m.Tags, users.Tag{Tone: ui.Warn, Text: "Waits to be let in"})
	}
	m.Overview, m.Masked = p.overview(c, person)
	if m.Masked {
		m.RevealHref = path + "/reveal"
	}
	for _, i := range person.Identities {
		m.Identities = append(m.Identities, users.Identity{
			Provider: p.providerName(i.Provider), Issuer: i.Issuer, Subject: i.Subject, Email: i.Email, Verified: i.EmailVerified, Primary: i.IsPrimary,
			How: i.LinkedHow, By: i.LinkedBy, Linked: i.LinkedAt.Time(), LastSeen: i.LastSignInAt.Time(),
		})
	}
	return m
}

func statusLine(person directory.Person, c *web.Call) string {
	line := ""
	if person.StatusSince > 0 {
		line = "since " + ui.DayText(person.StatusSince.Time(), c.Now())
	}
	if person.StatusBy != "" {
		line += ", by " + person.StatusBy
	}
	if person.StatusReason != "" {
		line += ": “" + person.StatusReason + "”"
	}
	return line
}

// overview lists the fields with who keeps them. masked says that some are
// hidden from this reader.
func (p *Pages) overview(c *web.Call, person directory.Person) (fields []users.Field, masked bool) {
	can := c.Caller.Actor.Can
	source := func(field string) string {
		if owner := person.Sources.Owner(field); owner != "" {
			return "Managed in " + p.providerName(owner)
		}
		return ""
	}
	plain := func(label, field, value, copyName string) {
		fields = append(fields, users.Field{Label: label, Value: value, Source: source(field), Copy: copyName})
	}
	hidden := func(label, field string, value directory.Masked) {
		text, visible := value.For(can)
		if value.Set() && !visible {
			masked = true
		}
		fields = append(fields, users.Field{Label: label, Value: text, Hidden: value.Set() && !visible, Source: source(field)})
	}
	plain("Email", directory.FieldEmail, person.Email, "e-mail address")
	plain("Username", directory.FieldUsername, person.Username, "username")
	plain("Title", directory.FieldTitle, person.Title, "")
	plain("Department", directory.FieldDepartment, person.Department, "")
	manager := users.Field{Label: "Manager", Value: person.Manager.Name, Source: source(directory.FieldManager)}
	if !person.Manager.IsZero() {
		manager.Href = "/users/" + person.Manager.PublicID
	}
	fields = append(fields, manager)
	if person.Reports > 0 {
		fields = append(fields, users.Field{Label: "Reports", Value: ui.People(person.Reports), Href: "/users?manager=" + person.PublicID})
	}
	hidden("Phone", directory.FieldPhone, person.Phone)
	hidden("External ID", directory.FieldExternalID, person.ExternalID)
	for _, a := range person.Attributes {
		text, visible := a.Text(can)
		shut := !visible && a.Value.Set()
		masked = masked || shut
		fields = append(fields, users.Field{Label: a.Definition.Label, Value: text, Hidden: shut})
	}
	fields = append(fields,
		users.Field{Label: "Last sign-in", At: person.LastSignInAt.Time(), IsTime: true},
		users.Field{Label: "Created", At: person.CreatedAt.Time(), IsTime: true},
		users.Field{Label: "ID", Value: person.PublicID, Copy: "ID"})
	return fields, masked
}

// warnings say what is pending with this person.
func warnings(c *web.Call, person directory.Person) []ui.Notice {
	var out []ui.Notice
	path := "/users/" + person.PublicID
	if person.PendingSince > 0 {
		n := ui.Notice{Tone: ui.Warn, Text: "Signed in by rule " + ui.Relative(person.PendingSince.Time(), c.Now()) + " and waits to be let in."}
		if c.Can(models.UsersCreate) {
			n.Href, n.Link = path+"/let-in", "Let in"
		}
		out = append(out, n)
	}
	if person.Status == models.Leaving && person.LeavingAt > 0 {
		n := ui.Notice{Tone: ui.Warn, Text: "Leaves " + ui.ExactText(person.LeavingAt.Time()) + " UTC. From then on sign-in is refused."}
		if person.LeavingAt.Time().Before(c.Now()) {
			n = ui.Notice{Tone: ui.Bad, Text: "Left " + ui.ExactText(person.LeavingAt.Time()) + " UTC, and is not deactivated. Sign-in is refused since then; the roles still stand."}
		}
		if c.Can(models.UsersDeactivate) {
			n.Href, n.Link = path+"/deactivate", "Deactivate"
		}
		out = append(out, n)
	}
	return out
}

func personActions(c *web.Call, person directory.Person) []ui.Action {
	var out []ui.Action
	path := "/users/" + person.PublicID
	if c.Can(models.UsersEdit) {
		out = append(out, ui.Action{Label: "Edit", Href: path + "/edit", Key: "e"})
	}
	self := person.ID == c.Caller.UserID
	if c.Can(models.UsersSuspend) && !self && (person.Status == models.Active || person.Status == models.Leaving) {
		out = append(out, ui.Action{Label: "Suspend", Href: path + "/suspend"})
	}
	if c.Can(models.UsersSuspend) && person.Status == models.Suspended {
		out = append(out, ui.Action{Label: "Lift suspension", Href: path + "/resume"})
	}
	if c.Can(models.UsersDeactivate) && person.Status == models.Deactivated {
		out = append(out, ui.Action{Label: "Reactivate", Href: path + "/reactivate"})
	}
	return out
}

func danger(c *web.Call, person directory.Person, path string) []users.Danger {
	if !c.Can(models.UsersDeactivate) || person.ID == c.Caller.UserID {
		return nil
	}
	var out []users.Danger
	switch person.Status {
	case models.Active:
		out = append(out, users.Danger{Title: "Set a leaving date", Effect: "Sign-in is refused from that day on. It can be taken back until then.", Label: "Set leaving date", Href: path + "/leaving"})
	case models.Leaving:
		out = append(out, users.Danger{Title: "Take the leaving date back", Effect: "The person stays Active.", Label: "Take back", Href: path + "/staying"})
	}
	if directory.MayBecome(person.Status, models.Deactivated) {
		out = append(out, users.Danger{
			Title: "Deactivate", Effect: "Ends every session in Rollcall now and refuses sign-in. Roles stay recorded, and come back with a reactivation.",
			Label: "Deactivate", Href: path + "/deactivate", Key: "d",
		})
	}
	return out
}

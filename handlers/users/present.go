package users

import (
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// reader is who looks at a page, and when.
type reader struct {
	can models.Permission
	id  int64
	now time.Time
}

func readerOf(c *web.Call) reader {
	return reader{can: c.Caller.Actor.Can, id: c.Caller.UserID, now: c.Now()}
}

// statusLine says since when, by whom and why somebody has their status.
func statusLine(person directory.Person, now time.Time) string {
	var parts []string
	if person.StatusSince > 0 {
		parts = append(parts, "since "+ui.DayText(person.StatusSince.Time(), now))
	}
	if person.StatusBy != "" {
		parts = append(parts, "by "+person.StatusBy)
	}
	line := strings.Join(parts, ", ")
	switch {
	case person.StatusReason == "":
		return line
	case line == "":
		return "“" + person.StatusReason + "”"
	default:
		return line + ": “" + person.StatusReason + "”"
	}
}

// overview lists the fields with who keeps them. masked says that some are
// hidden from this reader.
func (p *Pages) overview(person directory.Person, by reader) (fields []users.Field, masked bool) {
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
		text, visible := value.For(by.can)
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
		fields = append(fields, users.Field{Label: "Reports", Value: reports(person), Href: "/users?manager=" + person.PublicID})
	}
	hidden("Phone", directory.FieldPhone, person.Phone)
	hidden("External ID", directory.FieldExternalID, person.ExternalID)
	local, shut := p.attributeFields(person, by)
	fields, masked = append(fields, local...), masked || shut
	fields = append(fields,
		users.Field{Label: "Last sign-in", At: person.LastSignInAt.Time(), IsTime: true},
		users.Field{Label: "Created", At: person.CreatedAt.Time(), IsTime: true},
		users.Field{Label: "Last changed", At: person.UpdatedAt.Time(), IsTime: true, Source: changedBy(person)},
		users.Field{Label: "ID", Value: person.PublicID, Copy: "ID"})
	return fields, masked
}

// warnings say what is pending with this person.
func warnings(person directory.Person, by reader) []ui.Notice {
	var out []ui.Notice
	path := "/users/" + person.PublicID
	if person.PendingSince > 0 {
		n := ui.Notice{Tone: ui.Warn, Text: "Signed in by rule " + ui.Relative(person.PendingSince.Time(), by.now) + " and waits to be let in."}
		if by.can.Has(models.UsersCreate) {
			n.Href, n.Link = path+"/let-in", "Let in"
		}
		out = append(out, n)
	}
	if person.Status == models.Leaving && person.LeavingAt > 0 {
		n := ui.Notice{Tone: ui.Warn, Text: "Leaves " + ui.ExactText(person.LeavingAt.Time()) + " UTC. From then on sign-in is refused."}
		if person.LeavingAt.Time().Before(by.now) {
			n = ui.Notice{Tone: ui.Bad, Text: "Left " + ui.ExactText(person.LeavingAt.Time()) + " UTC, and is not deactivated. Sign-in is refused since then; the roles still stand."}
		}
		if by.can.Has(models.UsersDeactivate) {
			n.Href, n.Link = path+"/deactivate", "Deactivate"
		}
		out = append(out, n)
	}
	return out
}

// gone says which systems do not know this person any more, and what is left.
func gone(person directory.Person, held []connector.Held, by reader) []ui.Notice {
	var out []ui.Notice
	for _, h := range held {
		if h.MissingSince == 0 || !vouches(h, person) {
			continue
		}
		n := ui.Notice{Tone: ui.Warn, Text: h.Name + " no longer knows this person, since " + ui.DayText(h.MissingSince.Time(), by.now) + "."}
		if left := len(held) - 1; left > 0 {
			n.Text += " " + ui.Counted(left, "account", "accounts") + " at other systems still " + verbOf(left) + "."
		}
		if by.can.Has(models.UsersDeactivate) && person.ID != by.id && directory.MayBecome(person.Status, models.Deactivated) {
			n.Href, n.Link = "/users/"+person.PublicID+"/deactivate", "Start deactivation"
		}
		out = append(out, n)
	}
	return out
}

// vouches reports whether the person signs in with the account.
func vouches(h connector.Held, person directory.Person) bool {
	return slices.ContainsFunc(person.Identities, func(i models.Identity) bool { return i.Subject == h.Account && h.Vouches(i.Provider, i.Issuer) })
}

func verbOf(n int) string {
	if n == 1 {
		return "exists"
	}
	return "exist"
}

func personActions(person directory.Person, by reader) []ui.Action {
	var out []ui.Action
	path := "/users/" + person.PublicID
	if by.can.Has(models.UsersEdit) && person.Status != models.Removed {
		out = append(out, ui.Action{Label: "Edit", Href: path + "/edit", Key: "e"})
	}
	if by.can.Has(models.SessionsEnd) && person.Status != models.Removed {
		out = append(out, ui.Action{Label: "End sessions", Href: path + "/sessions/end"})
	}
	self := person.ID == by.id
	if by.can.Has(models.UsersSuspend) && !self && (person.Status == models.Active || person.Status == models.Leaving) {
		out = append(out, ui.Action{Label: "Suspend", Href: path + "/suspend"})
	}
	if by.can.Has(models.UsersSuspend) && person.Status == models.Suspended {
		out = append(out, ui.Action{Label: "Lift suspension", Href: path + "/resume"})
	}
	if by.can.Has(models.UsersDeactivate) && person.Status == models.Deactivated {
		out = append(out, ui.Action{Label: "Reactivate", Href: path + "/reactivate"})
	}
	if by.can.Has(models.LinksEdit) && !self && (person.Status.MaySignIn() || person.Status == models.Invited) {
		out = append(out, ui.Action{Label: "Merge with ...", Href: "/links/new?a=" + person.PublicID})
	}
	return out
}

func danger(person directory.Person, by reader) []users.Danger {
	if !by.can.Has(models.UsersDeactivate) || person.ID == by.id {
		return nil
	}
	var out []users.Danger
	path := "/users/" + person.PublicID
	switch person.Status {
	case models.Active:
		out = append(out, users.Danger{Title: "Set a leaving date", Effect: "Sign-in is refused from that day on. It can be taken back until then.", Label: "Set leaving date", Href: path + "/leaving"})
	case models.Leaving:
		out = append(out, users.Danger{Title: "Take the leaving date back", Effect: "The person stays Active.", Label: "Take back", Href: path + "/staying"})
	}
	if directory.MayBecome(person.Status, models.Deactivated) {
		out = append(out, users.Danger{
			Title: "Deactivate", Effect: "Ends every session now, refuses sign-in, and deactivates the accounts at connected systems. Roles stay recorded, and come back with a reactivation.",
			Label: "Deactivate", Href: path + "/deactivate", Key: "d",
		})
	}
	return out
}

// attributeFields lists the local attributes.
func (p *Pages) attributeFields(person directory.Person, by reader) (fields []users.Field, masked bool) {
	for _, a := range person.Attributes {
		text, visible := a.Text(by.can)
		field := users.Field{Label: a.Definition.Label, Value: text, Hidden: !visible && a.Value.Set()}
		if a.Source != "" && a.Value.Set() {
			field.Source = "Managed in " + p.providerName(a.Source)
		}
		if a.Definition.Kind == models.AttributeBool && text != "" {
			field.Value = attributeControl(a.Definition).words(text)
		}
		masked = masked || field.Hidden
		fields = append(fields, field)
	}
	return fields, masked
}

func reports(person directory.Person) string {
	if person.ReportsCapped {
		return "at least " + ui.People(person.Reports)
	}
	return ui.People(person.Reports)
}

func changedBy(person directory.Person) string {
	if person.UpdatedBy == "" {
		return ""
	}
	return "by " + person.UpdatedBy
}

// ticket is what a helpdesk tool needs to know, as plain text: who, what, when,
// why, where, and who copied it. Masked fields are never in it.
func ticket(person directory.Person, by string, now time.Time, address string) string {
	var b strings.Builder
	line := func(label, value string) {
		if value != "" {
			b.WriteString(label + ": " + value + "\n")
		}
	}
	line("Person", person.DisplayName)
	line("Email", person.Email)
	line("Username", person.Username)
	status := statusText(person.Status, person.LeavingAt)
	if person.StatusSince > 0 {
		status += " since " + person.StatusSince.Time().Format(time.RFC3339)
	}
	if person.StatusBy != "" {
		status += ", by " + person.StatusBy
	}
	line("Status", status)
	line("Reason", person.StatusReason)
	line("ID", person.PublicID)
	line("Page", address)
	line("Read", now.Format(time.RFC3339)+" by "+by)
	return b.String()
}

package connectors

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
)

// readingForm is what the form of a schedule sends; spans are in minutes.
type readingForm struct {
	Every        string `form:"every" label:"Time between reads" validate:"omitempty,number,max=8"`
	FullEvery    string `form:"full_every" label:"Time between full reads" validate:"omitempty,number,max=8"`
	Events       string `form:"events" validate:"max=3"`
	CreateUsers  string `form:"create_users" validate:"max=3"`
	WriteBack    string `form:"write_back" validate:"max=3"`
	GuardPercent string `form:"guard_percent" label:"Share of people" validate:"required,numeric,max=8"`
	GuardCount   string `form:"guard_count" label:"Number of people" validate:"required,number,max=8"`
	GuardWindow  string `form:"guard_window" label:"Time" validate:"required,number,max=8"`
	Reason       string `form:"reason" validate:"max=1000"`
	Version      string `form:"version" validate:"omitempty,number,max=18"`
	Then         string `form:"then" validate:"max=10"`
}

func (f readingForm) schedule() connector.Schedule {
	percent, _ := strconv.ParseFloat(f.GuardPercent, 64) // checked by the tag
	count, _ := strconv.Atoi(f.GuardCount)
	return connector.Schedule{
		Every: minutes(f.Every), FullEvery: minutes(f.FullEvery), Events: f.Events == yes, CreateUsers: f.CreateUsers == yes, WriteBack: f.WriteBack == yes,
		GuardPercent: percent, GuardCount: count, GuardWindow: minutes(f.GuardWindow),
	}
}

func minutes(text string) time.Duration {
	n, _ := strconv.ParseInt(text, 10, 64) // checked by the tag; empty is by hand only
	return time.Duration(n) * time.Minute
}

func readingOf(of connector.Connector) readingForm {
	s := of.Schedule
	span := func(d time.Duration) string { return strconv.FormatInt(int64(d/time.Minute), 10) }
	return readingForm{
		Every: span(s.Every), FullEvery: span(s.FullEvery), Events: tick(s.Events), CreateUsers: tick(s.CreateUsers), WriteBack: tick(s.WriteBack),
		GuardPercent: strconv.FormatFloat(s.GuardPercent, 'f', -1, 64), GuardCount: strconv.Itoa(s.GuardCount), GuardWindow: span(s.GuardWindow),
		Version: versionText(of.Version),
	}
}

// Reading answers GET /connectors/:connector/reading.
func (p *Pages) Reading(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	return p.renderReading(c, of, readingOf(of), problem{}, nil)
}

func (p *Pages) renderReading(c *web.Call, of connector.Connector, f readingForm, w problem, stale *connectors.StaleModel) error {
	m := connectors.FormModel{
		Action: href(of, "reading"), Cancel: href(of), Version: f.Version, Groups: readingGroups(of, f, w.fields), Submit: "Save",
		NeedsReason: of.State != models.ConnectorDraft, ReadOnly: !c.Can(models.ConnectorsEdit), Reason: f.Reason, Errors: w.fields, Problems: w.problems, Stale: stale,
	}
	if of.State == models.ConnectorDraft {
		m.Next = "Save and continue"
	}
	page := p.page(c, of, "Reading")
	page.Code = w.code
	return c.Render(page, p.framed(c, of, "reading", connectors.Form(m)))
}

// readingGroups draws the schedule with the consequence of each choice.
func readingGroups(of connector.Connector, f readingForm, wrong map[string]string) []connectors.Group {
	field := func(kind, name, label, hint, value string) connectors.FormField {
		one := connectors.FormField{Kind: kind, Field: ui.Field{Name: name, Label: label, Hint: hint, Value: value, Error: wrong[name]}}
		if kind == "check" {
			one.Checked, one.Value = value == yes, yes
		}
		return one
	}
	choice := func(name, label, hint, value string, spans ...time.Duration) connectors.FormField {
		one := field("select", name, label, hint, "")
		one.Options = spanOptions(value, "Every ", spans)
		return one
	}
	const day = 24 * time.Hour
	number := map[string]any{"inputmode": "decimal"}
	percent := field("", "guard_percent", "Share of people, in percent", "Above this share of everybody known at the source.", f.GuardPercent)
	count := field("", "guard_count", "Or this many people", "The smaller of the two counts.", f.GuardCount)
	window := field("select", "guard_window", "Counted over", "", "")
	window.Options = spanOptions(f.GuardWindow, "", []time.Duration{time.Hour, 6 * time.Hour, day, 3 * day, 7 * day})
	percent.Attrs, count.Attrs, percent.Required, count.Required = number, number, true, true
	return []connectors.Group{
		{Legend: "Reading", Text: "What one read finds is so here after it. Between reads, a sign-in reads the person who signs in.", Fields: []connectors.FormField{
			choice("every", "Read what changed", "Costs the source little.", f.Every, 0, time.Minute, 5*time.Minute, 15*time.Minute, time.Hour, 6*time.Hour, day),
			choice("full_every", "Read everybody", "Finds what a source forgot to tell, such as accounts that are gone.", f.FullEvery, 0, time.Hour, 6*time.Hour, day, 7*day, 30*day),
			field("check", "events", "Follow its events", "Asks for events every few seconds, so that a change there is here at once.", f.Events),
			field("check", "create_users", "Make people of accounts nobody here belongs to", "Without it such accounts are listed, and a person is made at their first sign-in only.", f.CreateUsers),
		}},
		{Legend: "Safety stop", Text: "A read that would take something away from many people, accounts that are gone, switched off, or roles that are lost, stops before it does, and asks. It counts over all reads of this time together.", Fields: []connectors.FormField{
			percent, count,
			window,
		}},
		{Legend: "Writing back", Fields: []connectors.FormField{
			field("check", "write_back", "Write our fields back to "+of.Name, "Fields that Rollcall owns are written there and read back. People there see the change at once. Without it nothing but cutting people off is ever written.", f.WriteBack),
		}},
	}
}

// spanOptions offers spans of time; one that was stored and is not among them stays.
func spanOptions(value, before string, spans []time.Duration) []ui.Option {
	name := func(d time.Duration) string {
		if before == "" {
			return duration(d)
		}
		return before + each(d)
	}
	chosen, found := minutes(value), false
	var out []ui.Option
	for _, d := range spans {
		o := ui.Option{Value: strconv.FormatInt(int64(d/time.Minute), 10), Label: name(d), Selected: d == chosen}
		if d == 0 {
			o.Label = "Only by hand"
		}
		found = found || o.Selected
		out = append(out, o)
	}
	if !found {
		out = append(out, ui.Option{Value: value, Label: name(chosen), Selected: true})
	}
	return out
}

// SaveReading answers POST /connectors/:connector/reading.
func (p *Pages) SaveReading(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	var f readingForm
	err = c.Bind(&f)
	if err == nil {
		schedule := f.schedule()
		_, err = p.Connectors.Edit(c.Ctx(), c.Actor(), of.PublicID, version(f.Version), connector.Edit{Schedule: &schedule, Reason: f.Reason})
		if err == nil && f.Then == "next" {
			return c.Redirect(p.afterReading(of))
		}
		if err == nil {
			return c.Redirect(href(of, "reading") + "?ok=reading")
		}
	}
	if stale, is := errors.AsType[*connector.Stale](err); is {
		f.Version = versionText(stale.Theirs.Version)
		return p.renderReading(c, stale.Theirs, f, problem{code: http.StatusConflict}, staleModel(c, stale, readingDifferences(stale.Theirs.Schedule, f.schedule())))
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.renderReading(c, of, f, w, nil)
}

// afterReading is the next step of a set-up.
func (p *Pages) afterReading(of connector.Connector) string {
	if p.Syncs == nil {
		return href(of, "enable")
	}
	return href(of, "first")
}

func readingDifferences(theirs, yours connector.Schedule) []connectors.Difference {
	var out []connectors.Difference
	for _, one := range []struct{ label, a, b string }{
		{"Read what changed", span(theirs.Every), span(yours.Every)}, {"Read everybody", span(theirs.FullEvery), span(yours.FullEvery)},
		{"Follow events", onOff(theirs.Events), onOff(yours.Events)}, {"Make people", onOff(theirs.CreateUsers), onOff(yours.CreateUsers)},
		{"Safety stop", guardText(theirs), guardText(yours)}, {"Write back", onOff(theirs.WriteBack), onOff(yours.WriteBack)},
	} {
		if one.a != one.b {
			out = append(out, connectors.Difference{Label: one.label, Theirs: one.a, Yours: one.b})
		}
	}
	return out
}

func span(d time.Duration) string {
	if d == 0 {
		return "only by hand"
	}
	return "every " + each(d)
}

func onOff(on bool) string {
	if on {
		return "On"
	}
	return "Off"
}

func guardText(s connector.Schedule) string {
	return fmt.Sprintf("Above %s percent or %s in %s", strconv.FormatFloat(s.GuardPercent, 'f', -1, 64), ui.People(s.GuardCount), duration(s.GuardWindow))
}

package audit

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/audit"
	"github.com/rollcall/rollcall/views/ui"
)

// LineOptions says what the reader of a line may open.
type LineOptions struct {
	Can models.Permission
	Now time.Time
}

func linesFor(c *web.Call) LineOptions { return LineOptions{Can: c.Actor().Can, Now: c.Now()} }

// TimelineModel makes the view model of a list of events.
func TimelineModel(lines []audit.Line, o LineOptions) view.TimelineModel {
	m := view.TimelineModel{Now: o.Now}
	for i := range lines {
		m.Lines = append(m.Lines, line(&lines[i], o))
	}
	return m
}

func line(l *audit.Line, o LineOptions) view.Line {
	id := strconv.FormatInt(l.ID, 10)
	v := view.Line{
		ID: id, Number: "#" + ui.Count(int(l.ID)), At: l.At.Time(), Reason: l.Reason, Result: string(l.Result),
		Via: audit.ViaLabel(l.Via), IP: l.IP,
	}
	if o.Can.Any(models.AuditRead | models.AuditReadOwn) {
		v.Href = "/audit/" + id
	}
	if code, found := operationOf(l); found {
		if v.Part = code; o.Can.Has(models.OperationsRead) {
			v.PartHref = "/search?" + url.Values{"q": {code}}.Encode() // which goes straight there
		}
	}
	for _, part := range l.Sentence {
		v.Sentence = append(v.Sentence, view.Part{Text: part.Text, Strong: part.Kind != "", Href: partHref(part, o.Can)})
	}
	return v
}

// operationOf gives the code of the operation that an event about somebody was
// part of: DEA-118.
func operationOf(l *audit.Line) (code string, found bool) {
	number, named := strings.CutPrefix(l.Facts, "DEA-")
	if _, err := strconv.ParseInt(number, 10, 64); !named || err != nil || l.Target.Kind == models.KindOperation {
		return "", false
	}
	return l.Facts, true
}

// partHref leads to the page of what a sentence names, for whoever may open it.
func partHref(part audit.Part, can models.Permission) string {
	switch {
	case part.Ref == "":
		return ""
	case part.Kind == models.KindUser && can.Has(models.UsersRead):
		return "/users/" + url.PathEscape(part.Ref)
	case part.Kind == models.KindRole && can.Has(models.RolesRead):
		return "/roles/" + url.PathEscape(part.Ref)
	}
	return ""
}

func changes(list []audit.Change) []ui.Change {
	var out []ui.Change
	for _, c := range list {
		if c.Hidden {
			out = append(out, ui.Change{Label: c.Label, Before: "Masked", After: "Masked"})
			continue
		}
		out = append(out, ui.Change{Label: c.Label, Before: value(c.Before), After: value(c.After)})
	}
	return out
}

// value turns the log's word for nothing into the view's.
func value(word string) string {
	if word == "None" {
		return ""
	}
	return word
}

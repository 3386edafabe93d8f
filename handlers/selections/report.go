package selections

import (
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/selections"
	"github.com/rollcall/rollcall/views/ui"
)

// part is one part of a list's report.
type part struct {
	key   string
	label string
	query directory.LineQuery
	count func(directory.Report) int
	empty string
}

func state(s models.LineState) func(directory.Report) int {
	return func(r directory.Report) int { return r.States[s] }
}

var no, yes = false, true

// parts are the ways to look at a list, as HR asks: who still has access, who is
// out already, who is unknown, who is not clear.
var parts = []part{
	{"still", "Still has access", directory.LineQuery{State: models.LineFound, Out: &no}, func(r directory.Report) int { return r.Still }, "Nobody of the list still has access."},
	{"out", "Already out", directory.LineQuery{State: models.LineFound, Out: &yes}, func(r directory.Report) int { return r.Out }, "Nobody of the list is deactivated or removed already."},
	{"inside", "Out here, active there", directory.LineQuery{State: models.LineFound, Out: &yes, Inside: true}, func(r directory.Report) int { return r.Inside }, "Nobody who is out here has an active account at a connected system."},
	{"ambiguous", "Ambiguous", directory.LineQuery{State: models.LineAmbiguous}, state(models.LineAmbiguous), "No line is ambiguous."},
	{"not-found", "Not found", directory.LineQuery{State: models.LineNotFound}, state(models.LineNotFound), "Every line found somebody."},
	{"twice", "Listed twice", directory.LineQuery{State: models.LineTwice}, state(models.LineTwice), "Nobody is listed twice."},
	{"all", "All lines", directory.LineQuery{}, func(r directory.Report) int {
		n := 0
		for _, s := range models.LineStates {
			n += r.States[s]
		}
		return n
	}, "The list has no lines."},
}

// report draws what the lines of a list were found to be.
func (p *Pages) report(c *web.Call, sel models.Selection, lines string, m *selections.Show) error {
	report, err := p.People.Report(c.Ctx(), c.Tenant(), sel)
	if err != nil {
		return err
	}
	path, current := "/selections/"+sel.PublicID, chosenPart(lines, report)
	m.Report = &selections.Report{Sentence: sentence(report), Choose: path}
	m.Report.Systems = systems(report)
	for _, one := range parts {
		if one.key == "inside" && one.key != current.key && report.Inside == 0 {
			continue
		}
		m.Report.Tabs = append(m.Report.Tabs, ui.Tab{Label: one.label, Href: path + "?lines=" + one.key, Count: ui.Count(one.count(report)), Current: one.key == current.key})
	}
	if left := report.States[models.LineNotFound] + report.States[models.LineAmbiguous]; left > 0 {
		m.Report.Rest, m.Report.RestHref = "Download the "+lineCount(left)+" not found or ambiguous (CSV)", path+"/rest"
	}
	m.Caption, m.Empty = current.label, current.empty
	m.Report.People, m.Report.Results = current.query.State != models.LineNotFound, current.key == "all"
	m.Report.Standing = m.Report.People && len(report.Systems) > 0
	m.Columns = lineColumns(*m.Report)
	q := current.query
	q.After, q.Limit = after(c), c.Rows()
	if q.State == models.LineAmbiguous {
		q.Limit = choices
	}
	return p.lines(c, sel, q, path+"?lines="+current.key, m)
}

func lineColumns(r selections.Report) []ui.Column {
	all := []ui.Column{{Label: "Line", Numeric: true, Class: "col-num"}, {Label: "Given"}}
	if r.Results {
		all = append(all, ui.Column{Label: "Result"})
	}
	if r.People {
		all = append(all, ui.Column{Label: "User"}, ui.Column{Label: "Status", Class: "col-status"})
	}
	if r.Standing {
		all = append(all, ui.Column{Label: "At connected systems"})
	}
	if r.Results {
		all = append(all, ui.Column{Label: "Access"})
	}
	return all
}

// chosenPart gives the part an address names; without one, the first with lines.
func chosenPart(key string, report directory.Report) part {
	for _, one := range parts {
		if one.key == key {
			return one
		}
	}
	for _, one := range parts {
		if one.count(report) > 0 {
			return one
		}
	}
	return parts[0]
}

func (p *Pages) lines(c *web.Call, sel models.Selection, q directory.LineQuery, path string, m *selections.Show) error {
	size := q.Limit
	q.Limit++
	lines, err := p.People.Lines(c.Ctx(), c.Tenant(), sel, q)
	if err != nil {
		return err
	}
	m.Pager.Label = "Pages of lines"
	if q.After > 0 {
		m.Pager.First = path
	}
	if len(lines) > size {
		lines = lines[:size]
		m.Pager.Next = path + "&after=" + strconv.FormatInt(lines[size-1].Line, 10)
	}
	if q.State == models.LineAmbiguous && sel.UsedAt == 0 {
		return p.picks(c, lines, m)
	}
	for _, line := range lines {
		row := lineRow(line)
		row.Standing = standing(line.Accounts, c.Now())
		m.Rows = append(m.Rows, row)
	}
	return nil
}

func lineRow(line directory.Line) selections.Row {
	row := selections.Row{Line: strconv.FormatInt(line.Line, 10), Given: line.Given, Result: line.State.Word()}
	if line.PublicID != "" {
		row.Href, row.Name, row.Below = "/users/"+line.PublicID, line.Name, line.Email
		row.Status, row.StatusText, row.Access = string(line.Status), line.Status.Word(), "Still has access"
		if line.Status == models.Deactivated || line.Status == models.Removed {
			row.Access = "Already out"
		}
	}
	return row
}

// picks asks for each ambiguous line who is meant.
func (p *Pages) picks(c *web.Call, lines []directory.Line, m *selections.Show) error {
	people, err := p.People.Candidates(c.Ctx(), c.Tenant(), lines)
	if err != nil {
		return err
	}
	for _, line := range lines {
		number := strconv.FormatInt(line.Line, 10)
		field := ui.Field{Name: "line-" + number, Label: "Line " + number + ": " + line.Given}
		for _, row := range people[line.Line] {
			field.Options = append(field.Options, ui.Option{Value: row.PublicID, Label: row.DisplayName, Hint: candidate(row)})
		}
		field.Options = append(field.Options, ui.Option{Value: "", Label: "Nobody of them", Selected: true})
		m.Report.Picks = append(m.Report.Picks, selections.Pick{Line: number, Given: line.Given, Field: field})
	}
	return nil
}

// candidate says what tells one person from another of the same name.
func candidate(row directory.Row) string {
	words := []string{row.Status.Word()}
	for _, word := range []string{row.Username, row.Email, row.DepartmentName, row.Title} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

func sentence(r directory.Report) string {
	text := ui.Count(r.States[models.LineFound]) + " found, " + ui.Count(r.States[models.LineNotFound]) + " not found, " + ui.Count(r.States[models.LineAmbiguous]) + " ambiguous"
	if n := r.States[models.LineTwice]; n > 0 {
		text += ", " + ui.Count(n) + " listed twice"
	}
	return text + ". Of those found, " + ui.Count(r.Still) + " still " + have(r.Still) + " access and " + ui.Count(r.Out) + " " + are(r.Out) + " already out."
}

func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func lineCount(n int) string {
	if n == 1 {
		return "line that is"
	}
	return ui.Count(n) + " lines that are"
}

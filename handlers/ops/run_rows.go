package ops

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// stepWords are the kinds of steps as people call them.
var stepWords = map[string]string{
	offboard.StepDisable: "Account switched off", offboard.StepEnable: "Account switched on", offboard.StepEndSessions: "Sessions ended",
	offboard.StepRevokeGrants: "Offline access taken back", offboard.StepRevokeHeld: "Tokens Rollcall holds", offboard.StepRemove: "Account deleted",
}

// cameLabels name the filters.
var cameLabels = map[operation.Came]string{
	operation.CameAll: "All", operation.CameRunning: "Under way", operation.CameWaiting: "Waiting", operation.CameFailed: "Failed", operation.CameUnconfirmed: "Sent, not confirmed", operation.CameAlive: "In at a system",
	operation.CameOut: "Out", operation.CamePartly: "Not out everywhere", operation.CameMoved: "Left as they were", operation.CameStopped: "Stopped", operation.CameBack: "Let in again",
}

// lineQuery reads which people are asked for, and which page of them.
func lineQuery(c *web.Call) operation.LineQuery {
	q := operation.LineQuery{Limit: c.Rows()}
	for _, came := range operation.CameAbout {
		if string(came) == c.Query("came") {
			q.Came = came
		}
	}
	q.After, _ = strconv.ParseInt(c.Query("after"), 10, 64) // what is no number is the first page
	q.Back, _ = strconv.ParseInt(c.Query("before"), 10, 64)
	return q
}

// came is a page of people with what came of them.
func (p *Runs) came(c *web.Call, op models.Operation, f figures) (view.Came, error) {
	q := lineQuery(c)
	page, err := p.Ops.Lines(c.Ctx(), c.Tenant(), op, q)
	if err != nil {
		return view.Came{}, err
	}
	m := view.Came{Tabs: f.tabs(href(op), q.Came), Later: "Later", Empty: "Nobody here."}
	if op.UndoUntil > 0 {
		m.Later = "Later (" + ui.DayText(op.UndoUntil.Time(), c.Now()) + ")"
	}
	m.Pager = linePager(href(op), "Pages of people", q, page)
	for i := range page.Rows {
		m.Rows = append(m.Rows, lineRow(c, op, &page.Rows[i]))
	}
	return m, nil
}

// tabs are the filters that would show somebody.
func (f figures) tabs(base string, chosen operation.Came) []ui.Tab {
	counts := map[operation.Came]int64{
		operation.CameAll: f.total, operation.CameRunning: f.people[models.TargetCut], operation.CameWaiting: f.people[models.TargetWaiting],
		operation.CameOut: f.people[models.TargetOut], operation.CamePartly: f.people[models.TargetPartly], operation.CameMoved: f.people[models.TargetMoved], operation.CameStopped: f.people[models.TargetStopped],
		operation.CameBack: f.people[models.TargetUndone] + f.people[models.TargetKept],
	}
	some := map[operation.Came]bool{operation.CameFailed: f.steps.failed > 0, operation.CameUnconfirmed: f.steps.unproven > 0}
	var out []ui.Tab
	for _, came := range operation.CameAbout {
		n, counted := counts[came]
		if came != chosen && n == 0 && !some[came] && came != operation.CameAll {
			continue
		}
		t := ui.Tab{Label: cameLabels[came], Href: base + "#people", Current: came == chosen}
		if came != operation.CameAll {
			t.Href = base + "?came=" + string(came) + "#people"
		}
		if counted {
			t.Count = ui.Count(int(n))
		}
		out = append(out, t)
	}
	return out
}

func linePager(base, label string, q operation.LineQuery, page operation.LinePage) ui.Paging {
	address := func(name string, position int64) string {
		if position == 0 {
			return ""
		}
		v := url.Values{name: {strconv.FormatInt(position, 10)}}
		if q.Came != operation.CameAll {
			v.Set("came", string(q.Came))
		}
		return base + "?" + v.Encode() + "#people"
	}
	return ui.Paging{Label: label, Next: address("after", page.Next), Previous: address("before", page.Prev)}
}

func lineRow(c *web.Call, op models.Operation, l *operation.Line) view.Line {
	row := view.Line{Name: l.Name, Below: l.Email}
	if c.Can(models.UsersRead) {
		row.Href = "/users/" + l.PublicID
	}
	switch l.State {
	case models.TargetWaiting:
		row.SignIn, row.Sessions, row.Tokens = view.Cell{Word: "waiting"}, view.Cell{Word: "waiting"}, view.Cell{Word: "waiting"}
		return row
	case models.TargetMoved:
		row.SignIn = view.Cell{Word: "skipped", Note: l.Note}
		return row
	case models.TargetStopped:
		row.SignIn = view.Cell{Word: "skipped", Note: "Stopped by " + op.StoppedBy + " before their turn."}
		return row
	case models.TargetUndone:
		row.Back = backWords(l)
	case models.TargetKept:
		row.Back = l.Note
	case models.TargetCut, models.TargetOut, models.TargetPartly:
	}
	if op.State != models.OperationPaused {
		l.Steps = unpaused(l.Steps)
	}
	here := offboard.Outcome{System: "Rollcall", State: models.StepDone, Outcome: models.OutcomeConfirmed, At: l.CutAt}
	row.SignIn = cellOf([]offboard.Outcome{here}, l.Steps, offboard.StepDisable)
	if system := row.SignIn.Text; row.SignIn.Word == "waiting" && system != "" {
		row.SignIn.Text = "Blocked here " + clock(l.CutAt) + ", " + system + " follows"
	}
	if l.AliveAt > 0 && l.State == models.TargetPartly { // what was confirmed then is not so any more
		row.SignIn = view.Cell{Word: "failed", Text: "Seen " + clock(l.AliveAt), Note: l.Note}
	}
	ended := here
	if l.EndedSessions == 0 {
		ended.Outcome = models.OutcomeNothing
	}
	row.Sessions = cellOf([]offboard.Outcome{ended}, l.Steps, offboard.StepEndSessions)
	row.Tokens = cellOf(nil, l.Steps, offboard.StepRevokeGrants, offboard.StepRevokeHeld)
	if row.Tokens.Word == string(models.OutcomeNothing) {
		row.Tokens.Text = "Nothing to take back"
	}
	row.Later = laterCell(l)
	return row
}

// unpaused shows steps that are held until the first people are through as what
// they are to people: waiting. Nobody paused them.
func unpaused(steps []offboard.Outcome) []offboard.Outcome {
	out := slices.Clone(steps)
	for i := range out {
		if out[i].State == models.StepPaused {
			out[i].State = models.StepWaiting
		}
	}
	return out
}

// backWords say when somebody was let in again, and what came of it at systems.
func backWords(l *operation.Line) string {
	text := "Let in again at " + clock(l.UndoneAt) + "."
	for _, s := range l.Undo {
		if s.State == models.StepFailed || s.Outcome == models.OutcomeSent {
			text += " " + s.Sentence
		}
	}
	return text
}

// laterCell says what goes after the undo window.
func laterCell(l *operation.Line) view.Cell {
	switch {
	case l.State == models.TargetUndone, l.State == models.TargetKept:
		return view.Cell{}
	case l.RemovedAt > 0:
		return view.Cell{Word: "confirmed", Text: clock(l.RemovedAt), Note: ui.Counted(int(l.Assignments), "role grant", "role grants") + " removed."}
	case l.Assignments == 0:
		return view.Cell{}
	}
	return view.Cell{Text: ui.Counted(int(l.Assignments), "role grant", "role grants")}
}

// weights order outcomes: the one that needs most attention stands for all.
var weights = map[models.Outcome]int{
	models.OutcomeNothing: 1, models.OutcomeConfirmed: 2, models.OutcomeSkipped: 3, models.OutcomeNeverTold: 4, models.OutcomeSent: 5, models.OutcomeWaiting: 6, models.OutcomeFailed: 7,
}

// cellOf says what came of some kinds of steps: the one that needs most attention.
func cellOf(worst []offboard.Outcome, steps []offboard.Outcome, kinds ...string) view.Cell {
	all := worst
	for _, s := range steps {
		for _, kind := range kinds {
			if s.Kind == kind {
				all = append(all, s)
			}
		}
	}
	if len(all) == 0 {
		return view.Cell{}
	}
	top, last := all[0], models.Instant(0)
	for _, s := range all {
		last = max(last, s.At)
		if weights[s.Outcome] > weights[top.Outcome] {
			top = s
		}
	}
	cell := view.Cell{Word: string(top.Outcome)}
	switch {
	case top.State == models.StepFailed:
		cell.Word, cell.Note = "failed", top.Sentence
	case top.State == models.StepPaused:
		cell.Word, cell.Text = "paused", top.System
	case top.Outcome == models.OutcomeWaiting && top.Attempts > 1:
		cell.Note = strings.TrimSpace(top.Sentence + " Next try at " + clock(top.Next) + ".")
	case top.Outcome == models.OutcomeWaiting:
		cell.Text = top.System
	case top.Outcome == models.OutcomeConfirmed:
		cell.Text = clock(last)
	case top.Outcome == models.OutcomeNothing:
		cell.Text = "Nothing to end"
	default:
		cell.Note = top.Sentence
	}
	return cell
}

func clock(i models.Instant) string { return i.Time().UTC().Format("15:04:05") }

// someApps is how many people an operation has at most whose applications are
// counted while it runs; a larger one is counted when it has ended.
const someApps = 200

// applications says what each application was told, and until when a token of
// before may still be accepted there.
func (p *Runs) applications(c *web.Call, op models.Operation, f figures, m *view.Live) error {
	if m.Running && f.total > someApps {
		m.AppsNote = "What each application was told is counted when the run has ended."
		return nil
	}
	list, capped, err := p.Ops.Applications(c.Ctx(), c.Tenant(), op)
	if err != nil || len(list) == 0 {
		return err
	}
	m.AppsNote = "An application counts as confirmed only when it was asked itself. An address for sign-out can be told and not heard; without one it is never told."
	if capped {
		m.AppsNote += " Counted over the 1,000 ends of sessions that were written last."
	}
	for _, a := range list {
		app := view.App{Name: a.Name, System: a.System}
		if app.Name == "" {
			app.Name = a.Client
		}
		for _, o := range []models.Outcome{models.OutcomeConfirmed, models.OutcomeSent, models.OutcomeNeverTold} {
			if n := a.Told[o]; n > 0 {
				app.Told = append(app.Told, view.Told{Word: string(o), N: int(n)})
			}
		}
		app.Until, app.Left = untilWords(a, c.Now())
		m.Apps = append(m.Apps, app)
	}
	return nil
}

// untilWords say how long a token of before may still be accepted.
func untilWords(a operation.Application, now time.Time) (until, left string) {
	at := a.Until.Time().UTC()
	switch {
	case a.Open && a.Until == 0:
		return "Not known", "The system does not say how long its tokens work."
	case a.Until == 0:
		return "Not any more", ""
	case !at.After(now):
		return "Not any more", "Since " + at.Format("15:04:05") + " UTC at the latest."
	}
	rest := at.Sub(now)
	left = "Less than a minute left."
	if rest >= time.Minute {
		left = ui.Counted(int((rest+30*time.Second)/time.Minute), "minute", "minutes") + " left."
	}
	if rest >= 24*time.Hour {
		return "Until " + ui.ExactText(at) + " UTC at the latest", left
	}
	return "Until " + at.Format("15:04:05") + " UTC at the latest", left
}

package certificates

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/certificates"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

// onPaper is how many people are printed; the file and the table have all.
const onPaper = 500

// Print answers GET /ops/{id}/certificate/print and that of one person.
func (p *Pages) Print(c *web.Call) error {
	cert, err := p.get(c)
	if err != nil {
		return err
	}
	people, err := p.Certify.People(c.Ctx(), &cert, onPaper)
	if err != nil {
		return err
	}
	m, err := printed(c, &cert, people)
	if err != nil {
		return err
	}
	code := cert.Operation.Code()
	title := "Certificate of " + code
	if cert.UserID != 0 && len(people) == 1 {
		title += ", " + people[0].Name
	}
	return c.Render(web.Page{Title: title, Heading: title, Crumbs: printCrumbs(c, cert.Operation)}, view.PrintPage(m))
}

func printCrumbs(c *web.Call, op models.Operation) []layout.Crumb {
	out := crumbs(op, "Certificates")
	out[2].Href = base(c) + "/certificates"
	return append(out, layout.Crumb{Label: "Print"})
}

func printed(c *web.Call, cert *certify.Issued, people []certificate.Person) (view.Print, error) {
	h := cert.Parsed
	report := certificate.Report{Head: h, Totals: cert.Counted}
	if cert.Placed != nil {
		report.Person = &people[0]
	}
	var signed certificate.Signature
	if err := json.Unmarshal([]byte(cert.Signature), &signed); err != nil {
		return view.Print{}, fmt.Errorf("read the signature of a certificate: %w", err)
	}
	m := view.Print{
		Proves: report.Proves(), Facts: factsOf(&h), Words: wordsOf(h.Glossary), Digest: cert.Digest, Signer: h.Signer, Note: signed.Note,
		Verify: verifying(c, fileName(h.Operation.Code, cert.UserID != 0)), File: base(c) + "/certificate?certificate=" + cert.PublicID,
	}
	for _, d := range h.Decisions {
		m.Decisions = append(m.Decisions, decisionOf(d))
	}
	for i := range people {
		m.People = append(m.People, personOf(&people[i]))
	}
	if in := cert.Placed; in != nil {
		m.Place = fmt.Sprintf("Person %d of %s. The entry stands in the certificate %s of the operation, whose SHA-256 is %s; the path from here to its root is in the file.", in.Position, ui.People(in.People), in.Certificate, in.Digest)
	} else if more := cert.Counted.People - len(people); more > 0 {
		m.More = "Only the first " + ui.Count(len(people)) + " are printed. The file and the table hold " + ui.Count(more) + " more."
	}
	return m, nil
}

func factsOf(h *certificate.Head) []view.Fact {
	facts := []view.Fact{
		{Label: "Organisation", Text: h.Tenant.Name}, {Label: "Operation", Text: h.Operation.Code + ", " + h.Operation.Kind + ", " + h.Operation.State},
		{Label: "Asked for by", Text: h.Trigger.By.Name}, {Label: "Asked for", Text: utc(h.Trigger.At)}, {Label: "Reason", Text: h.Trigger.Reason}, {Label: "Ticket", Text: h.Trigger.Ticket},
		{Label: "Risk known since", Text: utc(h.Trigger.RiskKnown)}, {Label: "Everybody out by", Text: utc(h.Trigger.RiskOutBy)},
		{Label: "List", Text: h.Plan.ListHash, Mono: true}, {Label: "List frozen", Text: utc(h.Plan.FrozenAt)},
		{Label: "People", Text: fmt.Sprintf("%s, %s acted upon", ui.Count(h.Plan.People), ui.Count(h.Plan.Included))},
		{Label: "Began", Text: utc(h.Operation.StartedAt)}, {Label: "Last step ended", Text: utc(h.Operation.FinishedAt)}, {Label: "Undo possible until", Text: utc(h.Operation.UndoUntil)},
		{Label: "Undone", Text: utc(h.Operation.UndoneAt)}, {Label: "Access removed", Text: utc(h.Operation.RemovedAt)},
		{Label: "Issued", Text: utc(h.Issued.At) + " by " + h.Issued.By}, {Label: "Written by", Text: h.Product.Name + " " + h.Product.Version}, {Label: "Times", Text: h.TimeZone},
		{Label: "Audit log", Text: numbers(h.Events)},
	}
	return slices.DeleteFunc(facts, func(f view.Fact) bool { return f.Text == "" })
}

func wordsOf(glossary map[string]string) []view.Fact {
	var out []view.Fact
	for word, meaning := range glossary {
		out = append(out, view.Fact{Label: models.Outcome(word).Word(), Text: meaning})
	}
	slices.SortFunc(out, func(a, b view.Fact) int { return strings.Compare(a.Label+a.Text, b.Label+b.Text) })
	return out
}

func decisionOf(d certificate.Decision) view.Decision {
	out := view.Decision{What: verdicts[models.Verdict(d.Decision)], By: d.By.Name, At: utc(d.At), List: models.ShortHash(d.ListHash), SignIn: "None needed", Reason: d.Reason}
	if out.What == "" {
		out.What = d.Decision
	}
	if d.SecondApprover {
		out.By += " (second person)"
	}
	if d.FreshSignIn {
		out.SignIn = certificate.Hours(d.SignInAge) + " before"
	}
	return out
}

var verdicts = map[models.Verdict]string{
	models.VerdictRequested: "Asked for", models.VerdictApproved: "Approved", models.VerdictRejected: "Rejected", models.VerdictAsked: "Question", models.VerdictAnswered: "Answer",
	models.VerdictCancelled: "Cancelled", models.VerdictPaused: "Paused", models.VerdictResumed: "Resumed", models.VerdictStopped: "Rest stopped", models.VerdictUndone: "Undone",
}

// states are what became of a person: the mark, and the words.
var states = map[models.TargetState][2]string{
	models.TargetOut: {"confirmed", "Out"}, models.TargetPartly: {"warning", "Out here, not everything is proven"}, models.TargetCut: {"warning", "Out here"},
	models.TargetMoved: {"skipped", "Not acted upon: changed since the list was frozen"}, models.TargetStopped: {"skipped", "Stopped before their turn"},
	models.TargetKept: {"skipped", "Let in again by other means"}, models.TargetUndone: {"skipped", "Let in again by the undo"}, models.TargetWaiting: {"waiting", "Waiting"},
}

func personOf(p *certificate.Person) view.Person {
	out := view.Person{Position: strconv.Itoa(p.Position) + ".", Name: p.Name, ID: p.ID}
	if !p.Included {
		out.State, out.Said = "skipped", leftOut(p.LeftOutReason)
		return out
	}
	look := states[models.TargetState(p.State)]
	out.State, out.Said = look[0], look[1]
	add := func(label, text string) {
		if text != "" {
			out.Facts = append(out.Facts, view.Fact{Label: label, Text: text})
		}
	}
	add("Status", models.Status(p.StatusBefore).Word()+" before, "+models.Status(p.StatusNow).Word()+" when issued")
	add("Cut off here", utc(p.CutAt))
	add("Out", utc(p.OutAt))
	if p.SecondsToOut != nil {
		add("From asking to out", certificate.Hours(*p.SecondsToOut))
	}
	add("Token of before accepted until", utc(p.ResidualUntil))
	add("Note", p.Note)
	add("Audit log", numbers(p.Events))
	for i := range p.Steps {
		out.Steps = append(out.Steps, stepOf(&p.Steps[i]))
	}
	return out
}

func leftOut(reason string) string {
	if strings.HasPrefix(reason, "Left out") {
		return reason
	}
	return "Left out: " + reason
}

// kinds are the steps in words.
var kinds = map[string]string{
	"offboard.disable": "Deactivate the account", "offboard.end-sessions": "End sessions", "offboard.revoke-grants": "Take grants back",
	"offboard.revoke-held": "Revoke tokens Rollcall held", "offboard.enable": "Let in again", "offboard.unlock": "Unlock",
}

func stepOf(s *certificate.Step) view.Step {
	out := view.Step{
		N: strconv.Itoa(s.N), What: kinds[s.Kind], System: s.System, State: s.Outcome, Outcome: models.Outcome(s.Outcome).Word(), Sentence: s.Sentence,
		Ended: utc(s.EndedAt), Number: numbers(s.Events),
	}
	if out.What == "" {
		out.What = s.Kind
	}
	if s.Outcome == certificate.Nothing {
		out.State = "skipped"
	}
	if s.Attempts > 1 {
		out.Attempts = fmt.Sprintf(", attempt %d", s.Attempts)
	}
	for _, p := range s.Probes {
		switch p.When {
		case certificate.Before:
			out.Before = probeOf(p)
		case certificate.After:
			out.After = probeOf(p)
		}
	}
	for _, a := range s.Applications {
		name := a.Name
		if name == "" {
			name = a.Client
		}
		out.Apps = append(out.Apps, view.App{Name: name, State: a.Outcome, Outcome: models.Outcome(a.Outcome).Word(), Until: utc(a.Until)})
	}
	return out
}

func probeOf(p certificate.Probe) view.Probe {
	return view.Probe{Said: certify.Said(p), At: clock(p.At), Digest: models.ShortHash(p.Digest)}
}

func numbers(events []certificate.Event) string {
	var out []string
	for _, e := range events {
		out = append(out, "#"+ui.Count(int(e.Number)))
	}
	return strings.Join(out, " ")
}

// utc writes a moment of a certificate to the second; "" stays "".
func utc(moment string) string {
	t := certificate.ParseMoment(moment)
	if t.IsZero() {
		return ""
	}
	return t.Format("2 Jan 2006, 15:04:05") + " UTC"
}

// clock writes only the time of day, to the thousandth.
func clock(moment string) string {
	t := certificate.ParseMoment(moment)
	if t.IsZero() {
		return ""
	}
	return t.Format("15:04:05.000")
}

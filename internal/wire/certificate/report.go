package certificate

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is what a check found.
type Report struct {
	Head      Head
	Totals    Totals
	Person    *Person    // of a certificate of one person
	Inclusion *Inclusion // likewise
	Digest    string     // SHA-256 of the signed text, as the file is
	Problems  []string   // the first first; none: everything fits
	Stopped   bool       // the rest was not looked at
	Signer    string     // name and hash of the key, once the signature was found good
	Trusted   bool       // the key is one that the reader trusts
	RetiredAt string     // when that key was retired, after it had signed this
}

// Fits reports whether nothing was found.
func (r Report) Fits() bool { return len(r.Problems) == 0 }

// Proves says in sentences what the certificate says, for one that fits.
func (r Report) Proves() []string {
	h := r.Head
	out := []string{
		fmt.Sprintf("%s: asked for by %s on %s, %q.", h.Operation.Code, h.Trigger.By.Name, clock(h.Trigger.At), h.Trigger.Reason),
	}
	for _, d := range h.Decisions {
		if d.Decision == "approved" {
			out = append(out, approvedBy(d))
		}
	}
	if r.Person != nil {
		out = append(out, r.onePerson())
	}
	out = append(out, r.summary())
	if n := r.Totals.People - r.Totals.Included; n > 0 {
		out = append(out, fmt.Sprintf("Left out: %s (%s).", counted(n, "person", "people"), listed(r.Totals.LeftOut)))
	}
	if r.Totals.LongestToOut > 0 {
		out = append(out, "At the longest "+Hours(r.Totals.LongestToOut)+" passed from asking to out.")
	}
	if text := r.clock(); text != "" {
		out = append(out, text)
	}
	return out
}

// clock says how a deactivation that answers a risk stood against its time.
func (r Report) clock() string {
	t := r.Head.Trigger
	if t.RiskKnown == "" {
		return ""
	}
	text := "It answers a risk known since " + clock(t.RiskKnown) + ": everybody had to be out by " + clock(t.RiskOutBy) + "."
	lead := Seconds(t.RiskKnown, t.At) // before anybody asked
	switch {
	case r.Totals.States[StateOut] != r.Totals.Included:
		return text + " That is not proven of everybody."
	case lead+r.Totals.LongestToOut <= Seconds(t.RiskKnown, t.RiskOutBy):
		return text + " Everybody was, " + Hours(lead+r.Totals.LongestToOut) + " after the risk was known."
	default:
		return text + " The last one was " + Hours(lead+r.Totals.LongestToOut) + " after the risk was known: too late."
	}
}

func approvedBy(d Decision) string {
	text := fmt.Sprintf("Approved by %s on %s over list %s", d.By.Name, clock(d.At), short(d.ListHash))
	if d.FreshSignIn {
		text += fmt.Sprintf(", after signing in anew %s before", counted(int(d.SignInAge), "second", "seconds"))
	}
	return text + "."
}

func (r Report) onePerson() string {
	p := r.Person
	return fmt.Sprintf("Person %d of %d: %s (%s), %s.", p.Position, r.Head.Plan.People, p.Name, p.ID, stateWords(p))
}

func stateWords(p *Person) string {
	switch {
	case !p.Included:
		return "left out: " + p.LeftOutReason
	case p.OutAt != "":
		return "cut off at " + clock(p.CutAt) + ", state " + p.State + " at " + clock(p.OutAt)
	case p.CutAt != "":
		return "cut off at " + clock(p.CutAt) + ", state " + p.State
	}
	return "state " + p.State
}

// summary is the one line for those who read one line.
func (r Report) summary() string {
	t := r.Totals
	parts := []string{people(t)}
	parts = append(parts, counted(t.Proven, "way in was", "ways in were")+" alive before and dead after")
	for _, o := range []struct{ outcome, one, many string }{
		{Sent, "step sent and not confirmed", "steps sent and not confirmed"}, {"failed", "step failed", "steps failed"},
	} {
		if n := t.Outcomes[o.outcome]; n > 0 {
			parts = append(parts, counted(n, o.one, o.many))
		}
	}
	if n := t.Applications[NeverTold]; n > 0 {
		parts = append(parts, counted(n, "application was never told", "applications were never told"))
	}
	if n := t.Applications[Sent]; n > 0 {
		parts = append(parts, counted(n, "application was told and did not answer", "applications were told and did not answer"))
	}
	if t.ResidualUntil != "" {
		parts = append(parts, "a token of before may be accepted until "+clock(t.ResidualUntil)+" at the latest")
	}
	return strings.Join(parts, "; ") + "."
}

func people(t Totals) string {
	out := t.States[StateOut]
	switch {
	case t.Included == 0:
		return "Nobody was acted upon"
	case out == t.Included && out == 1:
		return "1 person, out"
	case out == t.Included:
		return fmt.Sprintf("%d people, all out", out)
	}
	rest := map[string]int{}
	for state, n := range t.States {
		if state != StateOut {
			rest[state] = n
		}
	}
	return fmt.Sprintf("%d of %s out, the others: %s", out, counted(t.Included, "person", "people"), listed(rest))
}

// listed writes counts in a fixed order: "moved 1, partly 2".
func listed(m map[string]int) string {
	var parts []string
	for k, n := range m {
		parts = append(parts, fmt.Sprintf("%s %d", strings.ReplaceAll(k, "-", " "), n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// Hours writes a length of time as people say it.
func Hours(seconds int64) string {
	switch d := time.Duration(seconds) * time.Second; {
	case d < 2*time.Minute:
		return counted(int(seconds), "second", "seconds")
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	default:
		return fmt.Sprintf("%.1f hours", d.Hours())
	}
}

// clock writes a moment for people.
func clock(moment string) string {
	t := ParseMoment(moment)
	if t.IsZero() {
		return "an unknown time"
	}
	return t.Format("2006-01-02 15:04:05") + " UTC"
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

package operation

import (
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// A deactivation that answers a risk is the same as one of people who leave, with
// a clock of its own (NIST SP 800-53 AC-2 (13)): it counts from when the risk
// became known, not from when somebody asked. It cannot be put off, and its steps
// go ahead of all others.
const (
	riskWithin = time.Hour           // in which everybody has to be out, when nobody says otherwise
	riskOldest = 30 * 24 * time.Hour // how long ago it may have become known
)

// risk tidies what was said of a risk and gives what is wrong with it.
func (in *Request) risk(now models.Instant) []errs.Field {
	if !in.Risk {
		in.RiskKnownAt = 0
		return nil
	}
	if in.RiskKnownAt == 0 {
		in.RiskKnownAt = now
	}
	var wrong []errs.Field
	switch {
	case in.RiskKnownAt > now:
		wrong = append(wrong, errs.Field{Name: "known", Message: "Choose a moment that has been: when the risk became known."})
	case in.RiskKnownAt < now.Add(-riskOldest):
		wrong = append(wrong, errs.Field{Name: "known", Message: "Choose a moment within the last 30 days. What is known for longer is no risk that is met at once."})
	}
	if in.At != 0 {
		wrong = append(wrong, errs.Field{Name: "when", Message: "A risk is met at once: it cannot wait for a certain time."})
	}
	return wrong
}

// answers writes into an operation which risk it answers, and by when.
func (e *Engine) answers(op *models.Operation, in Request) {
	op.RiskKnownAt, op.RiskOutBy = in.RiskKnownAt, 0
	if op.Risk() {
		op.RiskOutBy = in.RiskKnownAt.Add(e.RiskWithin)
	}
}

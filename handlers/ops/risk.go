package ops

import (
	"time"

	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// riskFacts say which risk it answers, and by when.
func riskFacts(op models.Operation) []view.Fact {
	if !op.Risk() {
		return nil
	}
	return []view.Fact{{Label: "Risk known since (UTC)", At: op.RiskKnownAt.Time()}, {Label: "Everybody out by (UTC)", At: op.RiskOutBy.Time()}}
}

// risk says how an operation that answers a risk stands against its clock; nil
// for others, and for those that are undone.
func (f figures) risk(now models.Instant) *ui.Notice {
	op := f.op
	if !op.Risk() || undone(op) {
		return nil
	}
	known := " The risk is known since " + utc(op.RiskKnownAt) + "."
	switch {
	case f.everybodyOut() && op.FinishedAt <= op.RiskOutBy:
		return &ui.Notice{Tone: ui.OK, Text: "Everybody was out " + after(op.RiskKnownAt, op.FinishedAt) + " after the risk was known, in time: the limit was " + utc(op.RiskOutBy) + "."}
	case f.everybodyOut():
		return &ui.Notice{Tone: ui.Warn, Text: "Everybody was out " + after(op.RiskKnownAt, op.FinishedAt) + " after the risk was known, " + after(op.RiskOutBy, op.FinishedAt) + " too late."}
	case now > op.RiskOutBy:
		return &ui.Notice{Tone: ui.Bad, Text: "Everybody had to be out by " + utc(op.RiskOutBy) + ", and that is not proven." + known}
	default:
		return &ui.Notice{Tone: ui.Warn, Text: "Everybody has to be out by " + utc(op.RiskOutBy) + "." + known}
	}
}

// everybodyOut reports whether everybody of it is out everywhere.
func (f figures) everybodyOut() bool {
	return f.op.FinishedAt != 0 && f.total > 0 && f.people[models.TargetOut] == f.total
}

// after says how long it was from one moment to another.
func after(from, to models.Instant) string {
	return certificate.Hours(int64(to.Time().Sub(from.Time()) / time.Second))
}

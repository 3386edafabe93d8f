package certify

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// page reads the next people of an operation with everything that was done about
// them: one read for each sort of row, however many people there are.
func (e *Engine) page(ctx context.Context, op *models.Operation, asked string, after int64) ([]certificate.Person, error) {
	r := e.Store.Read(op.TenantID)
	targets, err := targetsAfter(ctx, r, op.ID, after, pageOfPeople)
	if err != nil || len(targets) == 0 {
		return nil, err
	}
	users := make([]int64, len(targets))
	for i := range targets {
		users[i] = targets[i].UserID
	}
	steps, err := stepsOf(ctx, r, op.ID, users)
	if err != nil {
		return nil, err
	}
	events, err := numbersOf(ctx, r, op, users)
	if err != nil {
		return nil, err
	}
	out := make([]certificate.Person, len(targets))
	for i := range targets {
		t := &targets[i]
		if out[i], err = personOf(t, asked, steps[t.UserID], events); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// numbers are lines of the audit log by what they are about: a person of the
// operation, or a step.
type numbers struct {
	person map[int64][]certificate.Event
	step   map[string][]certificate.Event
}

// numbersOf finds the lines about some people that name the operation or a step.
func numbersOf(ctx context.Context, r store.Reader, op *models.Operation, users []int64) (numbers, error) {
	n := numbers{map[int64][]certificate.Event{}, map[string][]certificate.Event{}}
	err := eventsOf(ctx, r, models.KindUser, users, op.CreatedAt, func(ev *models.AuditEvent) {
		if _, step, found := strings.Cut(ev.Detail, "step "); found {
			n.step[step] = append(n.step[step], eventOf(ev))
		} else if names(ev.Detail, op.Code()) {
			n.person[ev.TargetID] = append(n.person[ev.TargetID], eventOf(ev))
		}
	})
	return n, err
}

// names reports whether a text names an operation, and not one whose number only
// begins alike.
func names(text, code string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" ,;:()", r) }) {
		if word == code {
			return true
		}
	}
	return false
}

func personOf(t *target, asked string, steps []models.WorkStep, events numbers) (certificate.Person, error) {
	p := certificate.Person{
		Position: int(t.Position), ID: t.PublicID, Name: t.Name, Included: t.Included, LeftOut: string(t.LeftOut), LeftOutReason: leftOut(t.LeftOut),
		StatusBefore: string(t.StoodStatus), StatusNow: string(t.Status), Version: t.StoodVersion, LeavingAt: at(t.StoodLeavingAt), Note: t.Note,
		CutAt: at(t.CutAt), OutAt: at(t.OutAt), ResidualUntil: at(t.ResidualUntil), Sessions: t.EndedSessions,
		RemovedAt: at(t.RemovedAt), UndoneAt: at(t.UndoneAt), Events: events.person[t.UserID],
	}
	if t.Included {
		p.State = string(t.State)
	}
	if p.OutAt != "" {
		seconds := certificate.Seconds(asked, p.OutAt)
		p.SecondsToOut = &seconds
	}
	for i := range steps {
		s, err := stepOf(&steps[i])
		if err != nil {
			return p, err
		}
		s.Events = events.step[s.ID]
		p.Steps = append(p.Steps, s)
	}
	return p, nil
}

// leftOut says why somebody was left out, to readers who are not the one who
// planned it.
func leftOut(l models.LeftOut) string {
	if l == models.LeftOutSelf {
		return "Whoever planned it"
	}
	return l.Sentence()
}

func stepOf(row *models.WorkStep) (certificate.Step, error) {
	var ev offboard.Evidence
	if err := json.Unmarshal([]byte(row.Evidence), &ev); err != nil {
		return certificate.Step{}, fmt.Errorf("read the evidence of step %s: %w", row.PublicID, err)
	}
	if ev.System == "" { // it never began: what it was meant for is in its payload
		var meant struct{ System, Account string }
		if err := json.Unmarshal([]byte(row.Payload), &meant); err != nil {
			return certificate.Step{}, fmt.Errorf("read what step %s was for: %w", row.PublicID, err)
		}
		ev.System, ev.Account = meant.System, meant.Account
	}
	s := certificate.Step{
		ID: row.PublicID, Kind: row.Kind, Want: certificate.WantOut, System: ev.System, Account: ev.Account, Outcome: string(row.Outcome), Sentence: row.Sentence,
		Attempts: row.Attempts, AddedAt: at(row.CreatedAt), AskedAt: certificate.Moment(ev.AskedAt), EndedAt: at(row.FinishedAt),
		Probes: probesOf(row.Kind, &ev), CannotReach: ev.Scope,
	}
	if row.Kind == offboard.StepEnable {
		s.Want = certificate.WantIn
	}
	if ev.Tokens != nil {
		s.Held = &certificate.Held{Tokens: ev.Tokens.Tokens, Proven: ev.Tokens.Proven}
	}
	for _, a := range ev.Apps {
		s.Applications = append(s.Applications, certificate.Application{
			Client: a.Client, Name: a.Name, Outcome: string(a.Outcome), Seconds: a.Seconds, Until: certificate.Moment(a.Until),
		})
	}
	return s, nil
}

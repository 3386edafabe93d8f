package attention

import (
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui"
)

// closingSoon is how far ahead the end of an undo window is shown.
const closingSoon = day

// alarmsShown is how many lines there are at most of people who are in again.
const alarmsShown = 50

// askResurrected asks who was cut off and is in again at a system.
func (f *findings) askResurrected() error {
	if f.p.Operations == nil || !f.c.Can(models.OperationsRead) {
		return nil
	}
	alarms, err := f.p.Operations.Resurrected(f.c.Ctx(), f.c.Tenant(), alarmsShown)
	if err != nil {
		return err
	}
	for _, a := range alarms {
		code := models.OperationCode(a.Number)
		item := attention.Item{
			Mark: "no", Text: who(a) + " can sign in at " + a.System + ", although cut off in " + code + ".", Since: a.Since.Time(), Overdue: true,
			Href: "/ops/" + a.PublicID + "?came=alive", Link: "Open " + code, About: "about " + a.System,
		}
		f.add(shouldBeOut, item)
	}
	return nil
}

// askLate asks which deactivations that answer a risk take longer than they may.
func (f *findings) askLate() error {
	if f.p.Operations == nil || !f.c.Can(models.OperationsRead) {
		return nil
	}
	list, err := f.p.Operations.Late(f.c.Ctx(), f.c.Tenant())
	if err != nil {
		return err
	}
	for _, op := range list {
		f.add(shouldBeOut, attention.Item{
			Mark: "no", Text: op.Code() + ", the deactivation of " + people(op) + " because of a risk, takes longer than it may: " + lateWords[op.State] + ".",
			Since: op.RiskKnownAt.Time(), Due: op.RiskOutBy.Time(), Overdue: true, Href: "/ops/" + op.PublicID, Link: "Open " + op.Code(), About: "which is late",
		})
	}
	return nil
}

// lateWords say what holds it up.
var lateWords = map[models.OperationState]string{
	models.OperationWaiting: "it waits for approval", models.OperationRunning: "steps are not done yet", models.OperationPaused: "it is paused",
}

// who names the one person of an alarm, or counts them.
func who(a operation.Alarm) string {
	if a.UserName != "" {
		return a.UserName
	}
	return ui.People(int(a.People))
}

// troubles say what did not happen, or is not known to have: one and many.
var troubles = map[string][2]string{
	offboard.StepDisable: {"account switch-off", "account switch-offs"}, offboard.StepEndSessions: {"session end", "session ends"},
	offboard.StepRevokeGrants: {"revocation of offline access", "revocations of offline access"}, offboard.StepRevokeHeld: {"revocation of held tokens", "revocations of held tokens"},
}

// askUnsolved asks which steps of operations failed, or are not confirmed, and
// which operations are paused.
func (f *findings) askUnsolved() error {
	if f.p.Operations == nil || !f.c.Can(models.OperationsRead) {
		return nil
	}
	held, err := f.p.Operations.Held(f.c.Ctx(), f.c.Tenant())
	if err != nil {
		return err
	}
	for _, op := range held {
		f.add(unsolved, attention.Item{
			Mark: "paused", Text: op.Code() + ", the deactivation of " + people(op) + ", is paused. " + op.Sentence, Since: op.PausedAt.Time(),
			Href: "/ops/" + op.PublicID, Link: "Open " + op.Code(), About: "which is paused",
		})
	}
	list, err := f.p.Operations.Unsolved(f.c.Ctx(), f.c.Tenant())
	if err != nil {
		return err
	}
	for _, failed := range []bool{true, false} { // failures before what is only not known
		for _, u := range list {
			if u.Failed == failed {
				f.add(unsolved, unsolvedItem(u))
			}
		}
	}
	return nil
}

func unsolvedItem(u operation.Unsolved) attention.Item {
	code, words := models.OperationCode(u.Number), troubles[u.Kind]
	if words[0] == "" {
		words = [2]string{"step", "steps"}
	}
	system := u.System
	if system == "" {
		system = "Rollcall"
	}
	i := attention.Item{
		Mark: "sent", Text: ui.Counted(u.N, words[0], words[1]) + " not confirmed by " + system + " (" + code + ")", Since: u.Since.Time(),
		Href: "/ops/" + u.PublicID + "/receipts?came=unconfirmed", Link: "Open " + code, About: "not confirmed by " + system,
	}
	if u.Failed {
		i.Mark, i.Text, i.Href, i.About = "failed", ui.Counted(u.N, words[0], words[1])+" failed at "+system+" ("+code+")", "/ops/"+u.PublicID+"?came=failed", "failed at "+system
	}
	return i
}

// askClosing asks which undo windows close soon.
func (f *findings) askClosing() error {
	if f.p.Operations == nil || !f.c.Can(models.OperationsRead) {
		return nil
	}
	list, err := f.p.Operations.Closing(f.c.Ctx(), f.c.Tenant(), closingSoon)
	if err != nil {
		return err
	}
	for _, op := range list {
		f.add(closing, attention.Item{
			Mark: "leaving", Text: "The undo of " + op.Code() + ", the deactivation of " + people(op) + ", closes. After that roles are removed.", Since: op.CutAt.Time(), Due: op.UndoUntil.Time(),
			Href: "/ops/" + op.PublicID + "/undo", Link: "See the undo", About: "of " + op.Code(),
		})
	}
	return nil
}

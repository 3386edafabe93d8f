package ops

import (
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// readers says who sees a reason.
const readers = "The approvers and the auditors"

// done are the closed words of ?ok=.
var done = map[string]string{
	"out": "Left out. The list and its hash are new.", "in": "Taken back in. The list and its hash are new.",
	"settled": "The new manager is set. They take over when the deactivation runs.", "replanned": "Planned again, as everybody stands now.",
	"asked": "Sent. Somebody else has to approve it now; until then nobody loses anything.", "begun": "Confirmed. It begins now.",
	"scheduled": "Confirmed. It begins by itself at the time you chose.", "approved": "Approved.", "rejected": "Rejected. Nobody was deactivated.",
	"question": "Your question is sent. The request still waits.", "answered": "Your answer is sent. The request still waits.", "cancelled": "Cancelled. Nobody was deactivated.",
	"paused": "Paused. What runs at this moment goes on to its end; nothing more begins.", "resumed": "It goes on.", "retried": "The failed steps are tried again.",
	"stopped": "The rest is stopped. Whoever was cut off before stays so.", "undone": "The undo has begun.",
}

func banner(word string) []ui.Notice {
	if sentence := done[word]; sentence != "" {
		return []ui.Notice{{Tone: ui.OK, Text: sentence}}
	}
	return nil
}

// Name says what an operation does, for other pages.
func Name(op models.Operation) string { return name(op) }

// name says what an operation does: "Deactivation of 211 people".
func name(op models.Operation) string {
	switch {
	case op.State == models.OperationPlanning:
		return "Deactivation being planned"
	case op.People == 1:
		return "Deactivation of " + op.Title
	case op.Included == 0 && op.PlannedAt > 0:
		return "Deactivation of nobody"
	}
	return "Deactivation of " + ui.People(int(op.Included))
}

func href(op models.Operation) string { return "/ops/" + op.PublicID }

func crumbs(op models.Operation, last ...string) []layout.Crumb {
	out := []layout.Crumb{{Label: "Deactivations", Href: "/ops"}}
	if len(last) == 0 {
		return append(out, layout.Crumb{Label: op.Code()})
	}
	out = append(out, layout.Crumb{Label: op.Code(), Href: href(op)})
	return append(out, layout.Crumb{Label: last[0]})
}

// stateWord gives the word of ui.Status for a state.
func stateWord(s models.OperationState) string {
	switch s {
	case models.OperationWaiting:
		return "waiting-for-approval"
	case models.OperationFailures:
		return "done-with-failures"
	case models.OperationPlanning, models.OperationUndoing:
		return "running"
	case models.OperationScheduled:
		return "waiting"
	}
	return string(s)
}

// steps are the four of the way to a deactivation; those behind lead back.
func steps(op models.Operation, current int) []view.Step {
	all := []view.Step{
		{Label: "Select", Href: "/users"}, {Label: "Preview", Href: href(op) + "/preview"}, {Label: "Reason", Href: href(op) + "/reason"}, {Label: "Confirm"},
	}
	for i := range all {
		if i >= current {
			all[i].Href = ""
		}
		all[i].Current = i == current
	}
	return all
}

// The steps by their place.
const (
	atPreview = 1
	atReason  = 2
	atConfirm = 3
)

// leftOutWords says why people are left out, in the sentence on top.
var leftOutWords = []struct {
	why       models.LeftOut
	one, many string
}{
	{models.LeftOutAlready, "1 is already deactivated", "are already deactivated"},
	{models.LeftOutRemoved, "1 is removed", "are removed"},
	{models.LeftOutSelf, "1 is %s", ""},
	{models.LeftOutLastAdmin, "1 is the last admin who can still sign in", ""},
	{models.LeftOutBreakGlass, "1 is a break-glass account", "are break-glass accounts"},
	{models.LeftOutByHand, "1 was left out by hand", "were left out by hand"},
}

// leftOut is the second half of that sentence: "3 left out: 2 are already
// deactivated, 1 is you."
func leftOut(e operation.Effects, whoever string) string {
	total, parts := 0, []string{}
	for _, w := range leftOutWords {
		n := int(e.LeftOut[w.why])
		total += n
		switch {
		case n == 1:
			parts = append(parts, strings.ReplaceAll(w.one, "%s", whoever))
		case n > 1:
			parts = append(parts, ui.Count(n)+" "+w.many)
		}
	}
	if total == 0 {
		return "Nobody is left out."
	}
	return ui.Count(total) + " left out: " + strings.Join(parts, ", ") + "."
}

// planner names whoever planned it, as the reader says it.
func planner(c *web.Call, op models.Operation) string {
	if op.CreatedByID == c.Caller.UserID {
		return "you"
	}
	return op.CreatedBy
}

// utc writes a moment people act on.
func utc(i models.Instant) string { return ui.ExactText(i.Time()) + " UTC" }

// days writes the undo window.
func days(n int64) string { return ui.Counted(int(n), "day", "days") }

// refused reads an error for a form: what stands below which field, and with
// which status the form is drawn again. Other errors come back as they are.
func refused(cause error) (fields map[string]string, problems []ui.Problem, code int, err error) {
	if cause == nil {
		return map[string]string{}, nil, 0, nil
	}
	if fields, problems, ok := web.Refused(cause); ok {
		return fields, problems, 422, nil
	}
	if e, known := errs.As(cause); known && (e.Kind == errs.Conflict || e.Kind == errs.TooMany) {
		return map[string]string{}, []ui.Problem{{Text: e.Safe}}, 409, nil
	}
	return nil, nil, 0, cause
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

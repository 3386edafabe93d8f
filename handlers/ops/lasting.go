package ops

import (
	"time"

	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// lasting says what lives on at a system after the cut-off, and until when.
func lasting(now time.Time, op models.Operation, s operation.SystemEffect, base string) []view.Break {
	var out []view.Break
	if !s.CanDisable {
		out = append(out, view.Break{Text: s.Name + " cannot switch accounts off from here. Somebody has to do it there: " + ui.Counted(int(s.Accounts), "account", "accounts") + "."})
	}
	if !s.CanEnd {
		text := s.Name + " cannot end sessions: access there lasts until they run out by themselves."
		if s.TokenSeconds > 0 {
			text += " A token of before works " + until(now, op, s.TokenSeconds) + "."
		} else {
			text += " How long that takes, it does not say."
		}
		out = append(out, view.Break{Text: text, Href: base + "?who=" + string(operation.TargetsUnended) + "#people", Link: "See who"})
	}
	if s.Untold.N > 0 {
		text := untold(s.Untold) + " " + plural(s.Untold.N, "is", "are") + " not told by " + s.Name + " when sessions end. Who is in there stays in "
		if s.Untold.Seconds > 0 {
			text += until(now, op, s.Untold.Seconds) + "."
		} else {
			text += "until the token expires; when that is, " + s.Name + " does not say."
		}
		out = append(out, view.Break{Text: text})
	}
	return out
}

// untold names applications: "Warehouse", "Warehouse and CRM", "A, B, C and 4 more".
func untold(u operation.Untold) string {
	names := u.Names
	if more := u.N - int64(len(names)); more > 0 {
		names = append(names[:len(names):len(names)], ui.Count(int(more))+" more")
	}
	switch last := len(names) - 1; last {
	case 0:
		return names[0]
	default:
		text := names[0]
		for _, name := range names[1:last] {
			text += ", " + name
		}
		return text + " and " + names[last]
	}
}

// tokens says how long a token that an application got before still works.
func tokens(now time.Time, op models.Operation, s operation.SystemEffect) string {
	switch {
	case s.TokenSeconds > 0:
		return "A token that an application there got before works " + until(now, op, s.TokenSeconds) + "."
	case s.TokensUnsaid && s.CanEnd:
		return "A token that an application there got before works until it expires. When that is, " + s.Name + " does not say."
	default: // no application gets one, or it is said with the sessions that cannot be ended
		return ""
	}
}

// until says when something of so many seconds is over: counted from the cut-off
// once it has been, from when it is scheduled, or from now.
func until(now time.Time, op models.Operation, seconds int64) string {
	from, when := now, ", if it runs now"
	switch {
	case op.CutAt != 0:
		from, when = op.CutAt.Time(), ""
	case op.ScheduledAt != 0 && op.ScheduledAt.Time().After(now):
		from, when = op.ScheduledAt.Time(), ", if it runs as scheduled"
	}
	life := time.Duration(seconds) * time.Second
	return "until " + utc(models.At(from.Add(life).Truncate(time.Minute).Add(time.Minute))) + " at the latest" + when
}

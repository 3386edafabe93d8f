package selections

import (
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/views/selections"
	"github.com/rollcall/rollcall/views/ui"
)

// systems says of each connected system how the people of a list stand there.
func systems(r directory.Report) []selections.System {
	var out []selections.System
	for _, s := range r.Systems {
		one := selections.System{Name: s.System, Text: ui.Counted(s.Active, "account is active", "accounts are active"), Read: s.ReadAt.Time()}
		if s.Off > 0 {
			one.Text += ", " + ui.Count(s.Off) + " deactivated"
		}
		if s.Gone > 0 {
			one.Text += ", " + ui.Count(s.Gone) + " not there any more"
		}
		one.Text += "."
		if s.Inside > 0 {
			one.Alarm = ui.Count(s.Inside) + " of the active " + belong(s.Inside) + " to people who are out here."
		}
		out = append(out, one)
	}
	return out
}

func belong(n int) string {
	if n == 1 {
		return "belongs"
	}
	return "belong"
}

// standing says how the accounts of one person stand, as they were read last.
func standing(accounts []directory.AtSystem, now time.Time) []selections.Standing {
	var out []selections.Standing
	for _, a := range accounts {
		one := selections.Standing{System: a.System, Status: "active", Text: "Active", Read: ui.Relative(a.ReadAt.Time(), now)}
		switch {
		case a.MissingSince != 0:
			one.Status, one.Text = "removed", "Not there any more"
		case !a.Active:
			one.Status, one.Text = "deactivated", "Deactivated"
		}
		out = append(out, one)
	}
	return out
}

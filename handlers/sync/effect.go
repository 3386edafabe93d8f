package sync

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// blocked says why a way is not there.
func blocked(ch choice) string {
	if ch.way == sync.PushOurs {
		return "Nothing is written to " + ch.first.Connector.Name + ": writing back is switched off for this source, or it cannot hold this."
	}
	return "This difference cannot be resolved in this way."
}

func heading(ch choice, name string) string {
	what := ch.first.Label + " of " + name
	if ch.scope == same {
		what = ch.first.Label + " of " + ui.People(ch.count)
	}
	switch {
	case ch.first.Kind == models.DriftOrphan && ch.way == sync.TakeSource:
		return "Create a person of the account " + name
	case ch.way == sync.TakeSource:
		return "Take " + lower(what) + " from " + ch.first.Connector.Name
	case ch.way == sync.PushOurs:
		return "Push " + lower(what) + " to " + ch.first.Connector.Name
	}
	return "Ignore the difference in " + lower(what)
}

func submit(ch choice) string {
	of := ""
	if ch.scope == same {
		of = " for " + ui.People(ch.count)
	}
	switch {
	case ch.first.Kind == models.DriftOrphan && ch.way == sync.TakeSource:
		return "Create the person"
	case ch.way == sync.TakeSource:
		return "Take the source" + of
	case ch.way == sync.PushOurs:
		return "Push ours" + of
	}
	return "Ignore until then" + of
}

// changes shows what a resolution does to both sides.
func changes(c *web.Call, ch choice) []ui.Change {
	ours, theirs := values(c, ch.first)
	if ours.Hidden || theirs.Hidden || alone(ch.first.Kind) {
		return nil
	}
	switch ch.way {
	case sync.TakeSource:
		return []ui.Change{{Label: ch.first.Label + " in Rollcall", Before: ours.Text, After: theirs.Text}}
	case sync.PushOurs:
		return []ui.Change{{Label: ch.first.Label + " in " + ch.first.Connector.Name, Before: theirs.Text, After: ours.Text}}
	case sync.Ignore:
	}
	return nil
}

func effects(ch choice) []string {
	source := ch.first.Connector.Name
	switch ch.way {
	case sync.TakeSource:
		return takeEffects(ch, source)
	case sync.PushOurs:
		return []string{
			"Rollcall writes to " + source + " and reads back. It counts as done only when " + source + " shows it.",
			"If " + source + " does not answer, it is tried again, and the difference stays until then.",
		}
	case sync.Ignore:
	}
	return []string{"Nothing changes on either side. The difference is left out of the list and of what needs attention until the day you choose."}
}

func takeEffects(ch choice, source string) []string {
	switch ch.first.Kind {
	case models.DriftOrphan:
		return []string{
			"A person is created with what " + source + " says of the account, and the account's identity.",
			"They may sign in through " + source + " from now on, if people do. They hold no role but those that come by rule.",
		}
	case models.DriftMissing:
		return []string{
			"The person is deactivated: they are signed out here and, by steps, at every connected system. Roles stay recorded and give nothing.",
			"They can be reactivated. Nothing is deleted.",
		}
	case models.DriftStatus:
		if ch.first.Theirs == "Disabled" {
			return []string{"The person is suspended: they are signed out here and, by steps, at every connected system, until somebody lifts it."}
		}
		return []string{"The person is let in again here, because their account at " + source + " is switched on."}
	case models.DriftRole:
		return []string{"The role is taken away here, because no group or role at " + source + " gives it."}
	case models.DriftField, models.DriftUnclear, models.DriftNoAccount:
	}
	return []string{"The value of " + source + " becomes ours. The audit log keeps what stood here before."}
}

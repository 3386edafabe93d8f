package users

import (
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

func count(n int) string { return ui.Count(n) }

// selectedWords says who is selected, and where they come from.
func selectedWords(sel models.Selection, reach directory.Reach) (text, detail string) {
	switch sel.Kind {
	case models.SelectionMatching:
		text = "All " + count(reach.People) + " that match"
		if reach.Capped {
			text = "Everybody who matches, more than " + count(max(reach.People, directory.CountCap))
		}
		if sel.Title != "everybody" {
			detail = sel.Title + ", "
		}
		return text, detail + "as of " + sel.CreatedAt.Time().Format("15:04") + " UTC"
	case models.SelectionListed:
		detail = sel.Title
	case models.SelectionPicked:
	}
	if reach.People == 0 {
		return "Nobody selected", detail
	}
	return count(reach.People) + " selected", detail
}

// actLabel says how many are deactivated; "" when nobody can be.
func actLabel(reach directory.Reach) string {
	switch {
	case reach.Unsure:
		return "Deactivate all…"
	case reach.Able == 0:
		return ""
	case reach.Able == reach.People:
		return "Deactivate " + count(reach.Able) + "…"
	}
	return "Deactivate " + count(reach.Able) + " of " + count(reach.People) + "…"
}

// leftOut says who is left out, and why: "Left out: Jonas Weber and 2 more are
// already deactivated, and you."
func leftOut(reach directory.Reach) string {
	var parts []string
	if reach.Out > 0 {
		who := strings.Join(reach.Names, ", ")
		switch more := reach.Out - len(reach.Names); {
		case who == "":
			who = ui.People(reach.Out)
		case more > 0:
			who += " and " + count(more) + " more"
		}
		parts = append(parts, who+" (already deactivated)")
	}
	if reach.Self {
		parts = append(parts, "you")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Left out: " + strings.Join(parts, ", and ") + "."
}

func onlyLabel(shown int) string {
	if shown == 1 {
		return "Select only the one on this page"
	}
	return "Select only the " + count(shown) + " on this page"
}

func outsideWords(n, of int) string {
	if n == 1 {
		return "1 of " + count(of) + " selected is not in this list."
	}
	return count(n) + " of " + count(of) + " selected are not in this list."
}

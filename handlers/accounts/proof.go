package accounts

import (
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/offboard"
	view "github.com/rollcall/rollcall/views/accounts"
	"github.com/rollcall/rollcall/views/ui"
)

// proof lists the evidence of a step for whoever checks it.
func proof(e offboard.Evidence) []view.Proof {
	var list []view.Proof
	add := func(label, text string) {
		if text != "" {
			list = append(list, view.Proof{Label: label, Text: text})
		}
	}
	add("Account", e.Account)
	add("Read before", reading(e.Before))
	add("Left from before", reading(e.Left))
	add("Asked", stamp(e.AskedAt))
	add("Read after", reading(e.After))
	if e.Tokens != nil {
		add("Tokens", ui.Count(e.Tokens.Tokens)+" held, "+ui.Count(e.Tokens.Proven)+" proven dead")
	}
	add("Reaches", e.Scope)
	return list
}

// reading says what a system answered, when, and the digest of the answer.
func reading(r *offboard.Reading) string {
	if r == nil {
		return ""
	}
	var said []string
	either := func(known *bool, yes, no string) {
		switch {
		case known == nil:
		case *known:
			said = append(said, yes)
		default:
			said = append(said, no)
		}
	}
	either(r.Known, "account known", "account not known")
	either(r.Active, "active", "deactivated")
	either(r.Locked, "locked", "not locked")
	if r.Listed != nil {
		said = append(said, ui.Counted(*r.Listed, "session", "sessions"))
	}
	return stamp(r.At) + ": " + strings.Join(said, ", ") + "; SHA-256 " + short(r.Digest)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tone is the colour family of a status, tag or banner. It never carries meaning alone.
type Tone string

// The tones.
const (
	Neutral Tone = "neutral"
	OK      Tone = "ok"
	Info    Tone = "info"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
	Ext     Tone = "ext"
	Muted   Tone = "mut"
	Faint   Tone = "faint"
)

type statusLook struct {
	label string
	shape string
	tone  Tone
}

// looks is the whole vocabulary of states; one set everywhere, no synonyms.
var looks = map[string]statusLook{
	"active":      {"Active", "disc", OK},
	"invited":     {"Invited", "dashed-ring", Info},
	"suspended":   {"Suspended", "bars", Warn},
	"leaving":     {"Leaving", "half-disc", Warn},
	"deactivated": {"Deactivated", "slashed-ring", Muted},
	"removed":     {"Removed", "square", Faint},

	"draft":                {"Draft", "dashed-ring", Muted},
	"waiting-for-approval": {"Waiting for approval", "dots", Muted},
	"running":              {"Running", "half-disc", Info},
	"paused":               {"Paused", "bars", Warn},
	"done":                 {"Done", "tick", OK},
	"done-partly":          {"Done", "diamond", Warn}, // not everything is proven
	"done-with-failures":   {"Done with failures", "cross", Bad},
	"undone":               {"Undone", "slashed-ring", Muted},
	"expired":              {"Expired", "square", Faint},
	"stopped":              {"Stopped", "bars", Bad},
	"cancelled":            {"Cancelled", "slashed-ring", Muted},

	"confirmed":          {"Confirmed", "tick", OK},
	"sent":               {"Sent, not confirmed", "diamond", Warn},
	"sent-not-confirmed": {"Sent, not confirmed", "diamond", Warn},
	"failed":             {"Failed", "cross", Bad},
	"skipped":            {"Skipped", "dash", Muted},
	"nothing":            {"Skipped", "dash", Muted},
	"never-told":         {"Never told", "diamond", Warn},
	"waiting":            {"Waiting", "dots", Muted},
	"drift":              {"Drift", "squares", Warn},
	"in-step":            {"In step", "tick", OK},
	"ignored":            {"Ignored", "dash", Muted},
	"writing":            {"Being written", "dots", Muted},

	"keep":     {"Keep", "tick", OK},
	"remove":   {"Remove", "cross", Bad},
	"not-mine": {"Not mine", "dash", Muted},

	"suggested":   {"Suggested", "dashed-ring", Info},
	"proof-asked": {"Proof asked", "dots", Muted},
	"linked":      {"Linked", "tick", OK},
	"rejected":    {"Rejected", "dash", Muted},
	"unlinked":    {"Unlinked", "slashed-ring", Muted},
	"enabled":     {"Enabled", "disc", OK},
	"working":     {"Working", "tick", OK},
	"slow":        {"Slow", "half-disc", Warn},
	"refused":     {"Refused", "cross", Bad},
	"unreachable": {"Not reachable", "cross", Bad},
	"failing":     {"Failing", "cross", Bad},
	"not-used":    {"Not used yet", "dots", Muted},
	"passed":      {"Passed", "tick", OK},
	"warning":     {"Warning", "triangle", Warn},

	"yes":     {"Yes", "tick", OK},
	"no":      {"No", "cross", Bad},
	"unknown": {"Unknown", "dots", Muted},
	"note":    {"Note", "info", Muted},
}

var joints = strings.NewReplacer("_", "-", " ", "-", ",", "")

// lookOf finds the look of a word in any spelling of its joints ("sent_not_confirmed"); a word it does not know is
// shown as it is, with the mark of the unknown.
func lookOf(word string) statusLook {
	key := joints.Replace(strings.ToLower(strings.TrimSpace(word)))

	look, known := looks[key]
	if known {
		return look
	}

	return statusLook{upperFirst(word), "dots", Muted}
}

// StatusLabel returns the word people read for a status: "sent_not_confirmed" gives "Sent, not confirmed".
func StatusLabel(word string) string {
	return lookOf(word).label
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}

	return string(unicode.ToUpper(first)) + s[size:]
}

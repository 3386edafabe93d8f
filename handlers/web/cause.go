package web

import (
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// What a deactivation answers, as forms send it.
const (
	byLeaving = "leave"
	ByRisk    = "risk"
)

// CauseFields ask what a deactivation answers, on its own page and on a person's.
func CauseFields(cause, known string, problems map[string]string) []ui.Field {
	return []ui.Field{
		{Name: "cause", Label: "Because", Error: problems["cause"], Hint: "A risk goes ahead of everything else, and has a clock.", Options: []ui.Option{
			{Value: byLeaving, Label: "Somebody leaves, or has left", Selected: cause != ByRisk},
			{Value: ByRisk, Label: "Of a risk: they could do harm now", Selected: cause == ByRisk},
		}},
		{Name: "known", Label: "Risk known since", Type: "datetime-local", Hint: "In UTC. Only for a risk; empty is now. The clock runs from here.", Value: known, Error: problems["known"]},
	}
}

// Cause reads what CauseFields sent; a moment without a risk is of no meaning.
func Cause(cause, known string) (risk bool, since models.Instant, err error) {
	if cause != ByRisk || known == "" {
		return cause == ByRisk, 0, nil
	}
	since, ok := AsTime(known)
	if !ok {
		return true, 0, errs.Input(errs.Field{Name: "known", Message: "This is not a time. Write it as 2026-11-29 18:00, in UTC, or leave it empty for now."})
	}
	return true, since, nil
}

// AsTime reads what a date-and-time control sends, as UTC.
func AsTime(text string) (models.Instant, bool) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return models.At(t), true
		}
	}
	return 0, false
}

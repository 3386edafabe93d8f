package web_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/models"
)

// What a form says of a risk; a moment without one is of no meaning.
func TestCause(t *testing.T) {
	t.Parallel()
	at := models.At(time.Date(2026, 11, 26, 18, 0, 0, 0, time.UTC))
	for name, tt := range map[string]struct {
		cause, known string
		risk         bool
		since        models.Instant
		wrong        string
	}{
		"nothing said":          {},
		"somebody leaves":       {cause: "leave"},
		"leaves, with a moment": {cause: "leave", known: "nonsense"},
		"a risk, now":           {cause: "risk", risk: true},
		"a risk, since":         {cause: "risk", known: "2026-11-26T18:00", risk: true, since: at},
		"ErrNoTime":             {cause: "risk", known: "yesterday", risk: true, wrong: "known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			risk, since, err := web.Cause(tt.cause, tt.known)
			field := ""
			if fields, _, ok := web.Refused(err); ok {
				for name := range fields {
					field = name
				}
			}
			if risk != tt.risk || since != tt.since || field != tt.wrong || (err == nil) != (tt.wrong == "") {
				t.Errorf("risk %v since %v, %v", risk, since.Time(), err)
			}
		})
	}
}

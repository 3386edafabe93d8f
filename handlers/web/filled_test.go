package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/draft"
)

// A page that comes back says that something is filled in only when something is.
func TestFilledSentence(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		draft draft.Draft
		says  bool
	}{
		"typed":  {draft.Draft{StepUp: true, Values: url.Values{"reason": {"left on Friday"}}}, true},
		"opened": {draft.Draft{StepUp: true}, false},
		"secret": {draft.Draft{StepUp: true, Left: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &Call{kit: New(Options{}), filled: &tt.draft}
			got := c.filledSentence()
			if strings.Contains(got, "filled in") != tt.says || !strings.Contains(got, "Nothing was done yet.") {
				t.Errorf("says %q", got)
			}
		})
	}
}

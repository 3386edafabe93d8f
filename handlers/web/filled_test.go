package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/draft"
)

// A page that comes back says that something is filled in only when something is,
// and names the button when it was a button alone.
func TestFilledSentence(t *testing.T) {
	t.Parallel()
	typed, press := "Nothing was done yet. What you had typed is filled in below", "“Enable Keycloak” has not been done yet: press it now."
	for name, tt := range map[string]struct {
		draft draft.Draft
		says  string
		id    string // of the banner
	}{
		"typed":   {draft.Draft{StepUp: true, Values: url.Values{"reason": {"left on Friday"}}}, typed, ""},
		"both":    {draft.Draft{StepUp: true, Values: url.Values{"version": {"3"}, "reason": {""}}}, typed, ""},
		"opened":  {draft.Draft{StepUp: true}, "Nothing was done yet. You can go on here.", ""},
		"secret":  {draft.Draft{StepUp: true, Left: true}, typed, ""},
		"button":  {draft.Draft{StepUp: true, Path: "/here", Values: url.Values{"version": {"3"}}}, press, "not-done"},
		"expired": {draft.Draft{Path: "/here", Values: url.Values{"version": {"3"}}}, "You are signed in again. " + press, "not-done"},
		"gone":    {draft.Draft{StepUp: true, Path: "/there", What: "Enable a connector", Values: url.Values{"once": {"x"}}}, "This was not done: enable a connector. Look", "not-done"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &Call{kit: New(Options{}), filled: &tt.draft}
			got := c.ownBanners(Page{Press: Press{Action: "/here", Label: "Enable Keycloak"}})
			if len(got) != 1 || !strings.HasPrefix(got[0].Text, tt.says) || got[0].ID != tt.id || got[0].Live != (tt.id != "") {
				t.Errorf("says %v, want %q", got, tt.says)
			}
		})
	}
}

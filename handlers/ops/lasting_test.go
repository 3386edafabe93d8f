package ops

import (
	"slices"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// What lives on after the cut-off is said with the moment at which it ends: from
// now, from when it is scheduled, or from when it was.
func TestLasting(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 30, 20, 0, time.UTC)
	whole := operation.SystemEffect{Name: "Keycloak", Accounts: 2, CanDisable: true, CanEnd: true, CanRevoke: true}
	bare := operation.SystemEffect{Name: "Okta", Accounts: 1}
	with := func(s operation.SystemEffect, seconds int64, untold operation.Untold) operation.SystemEffect {
		s.TokenSeconds, s.Untold = seconds, untold
		return s
	}
	for name, tt := range map[string]struct {
		op     models.Operation
		system operation.SystemEffect
		want   []string
	}{
		"nothing lives on": {system: whole},
		"sessions that cannot be ended": {system: with(bare, 300, operation.Untold{}), want: []string{
			"Okta cannot switch accounts off from here. Somebody has to do it there: 1 account.",
			"Okta cannot end sessions: access there lasts until they run out by themselves. A token of before works until Thu 26 Nov 2026, 12:36 UTC at the latest, if it runs now.",
		}},
		"for how long is not known": {system: bare, want: []string{
			"Okta cannot switch accounts off from here. Somebody has to do it there: 1 account.",
			"Okta cannot end sessions: access there lasts until they run out by themselves. How long that takes, it does not say.",
		}},
		"one application is not told": {system: with(whole, 14400, operation.Untold{Names: []string{"Warehouse"}, N: 1, Seconds: 14400}), want: []string{
			"Warehouse is not told by Keycloak when sessions end. Who is in there stays in until Thu 26 Nov 2026, 16:31 UTC at the latest, if it runs now.",
		}},
		"many are not told, one does not say for how long": {system: with(whole, 0, operation.Untold{Names: []string{"A", "B", "C"}, N: 5}), want: []string{
			"A, B, C and 2 more are not told by Keycloak when sessions end. Who is in there stays in until the token expires; when that is, Keycloak does not say.",
		}},
		"scheduled": {op: models.Operation{ScheduledAt: models.At(now.Add(24 * time.Hour))}, system: with(whole, 60, operation.Untold{Names: []string{"A", "B"}, N: 2, Seconds: 60}), want: []string{
			"A and B are not told by Keycloak when sessions end. Who is in there stays in until Fri 27 Nov 2026, 12:32 UTC at the latest, if it runs as scheduled.",
		}},
		"it has run": {op: models.Operation{CutAt: models.At(now.Add(-time.Hour))}, system: with(whole, 60, operation.Untold{Names: []string{"A", "B"}, N: 2, Seconds: 60}), want: []string{
			"A and B are not told by Keycloak when sessions end. Who is in there stays in until Thu 26 Nov 2026, 11:32 UTC at the latest.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, b := range lasting(now, tt.op, tt.system, "/ops/x") {
				got = append(got, b.Text)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// The table of systems says it of tokens, once: a system whose sessions cannot be
// ended has said it before.
func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 30, 20, 0, time.UTC)
	for name, tt := range map[string]struct {
		system operation.SystemEffect
		want   string
	}{
		"no application gets one":       {system: operation.SystemEffect{Name: "Keycloak", CanEnd: true}},
		"for how long is known":         {system: operation.SystemEffect{Name: "Keycloak", CanEnd: true, TokenSeconds: 300}, want: "A token that an application there got before works until Thu 26 Nov 2026, 12:36 UTC at the latest, if it runs now."},
		"for how long is not known":     {system: operation.SystemEffect{Name: "Keycloak", CanEnd: true, TokensUnsaid: true}, want: "A token that an application there got before works until it expires. When that is, Keycloak does not say."},
		"sessions that cannot be ended": {system: operation.SystemEffect{Name: "Okta", TokensUnsaid: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tokens(now, models.Operation{}, tt.system); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

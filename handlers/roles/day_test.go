package roles

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/models"
)

func TestDayEnd(t *testing.T) {
	t.Parallel()
	at := func(s string) models.Instant {
		parsed, err := time.Parse(time.DateTime, s)
		if err != nil {
			t.Fatal(err)
		}
		return models.At(parsed)
	}
	now := at("2026-11-22 10:42:00")
	cases := map[string]struct {
		day     string
		maxDays int64
		want    models.Instant
	}{
		"none":                          {"", 30, 0},
		"not a day":                     {"soon", 30, 0},
		"the whole day":                 {"2026-11-30", 0, at("2026-11-30 23:59:59")},
		"within the longest time":       {"2026-11-30", 30, at("2026-11-30 23:59:59")},
		"the day the longest time ends": {"2026-12-22", 30, at("2026-12-22 10:42:00")},
		"later is left to the engine":   {"2026-12-23", 30, at("2026-12-23 23:59:59")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := dayEnd(c.day, now, c.maxDays); got != c.want {
				t.Errorf("got %s, want %s", got.Time(), c.want.Time())
			}
		})
	}
}

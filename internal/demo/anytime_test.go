package demo

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestLoadsAtAnyTime loads the demo as it is started at other times of the day and
// of the week than the rest of the tests do: much of its history is so long ago, and
// much is at an hour of a working day, so that which comes first depends on it. With
// ROLLCALL_DEMO_SWEEP=1 it is every hour of a week.
func TestLoadsAtAnyTime(t *testing.T) {
	t.Parallel()
	week := time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC) // a Monday
	hours := []int{11, 5*24 + 14}                                    // Monday, and Saturday
	if os.Getenv("ROLLCALL_DEMO_SWEEP") != "" {
		hours = hours[:0]
		for h := range 7 * 24 {
			hours = append(hours, h)
		}
	}
	for _, h := range hours {
		now := week.Add(time.Duration(h)*time.Hour + 17*time.Minute)
		t.Run(now.Format("Mon 15:04"), func(t *testing.T) {
			t.Parallel()
			_, err := Load(t.Context(), LoadOptions{URL: "sqlite://" + filepath.Join(t.TempDir(), "demo.db"), Issuer: "https://id.northwind.example", Now: now})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

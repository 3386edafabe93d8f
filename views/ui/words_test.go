package ui_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/views/ui"
)

func TestRelative(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		at   time.Time
		want string
	}{
		"never":                        {time.Time{}, "Never"},
		"the same second":              {now, "just now"},
		"clock slightly behind":        {now.Add(30 * time.Second), "just now"},
		"under a minute":               {now.Add(-59 * time.Second), "just now"},
		"one minute":                   {now.Add(-time.Minute), "1 minute ago"},
		"under an hour":                {now.Add(-59 * time.Minute), "59 minutes ago"},
		"one hour":                     {now.Add(-time.Hour), "1 hour ago"},
		"earlier today":                {now.Add(-10 * time.Hour), "10 hours ago"},
		"yesterday, under 24 hours":    {now.Add(-11 * time.Hour), "yesterday"},
		"yesterday, over 24 hours":     {now.Add(-30 * time.Hour), "yesterday"},
		"two calendar days":            {now.Add(-35 * time.Hour), "2 days ago"},
		"29 days":                      {now.AddDate(0, 0, -29), "29 days ago"},
		"30 days":                      {now.AddDate(0, 0, -30), "on 23 Oct"},
		"another year":                 {time.Date(2024, time.July, 2, 9, 0, 0, 0, time.UTC), "on 2 Jul 2024"},
		"still to come":                {time.Date(2026, time.November, 29, 9, 42, 0, 0, time.UTC), "Sun 29 Nov 2026, 10:42"},
		"late evening in another zone": {time.Date(2026, time.November, 21, 23, 30, 0, 0, time.UTC), "10 hours ago"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := ui.Relative(c.at, now); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRelativeNeverSpeaksOfTheFutureAsPast(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		ahead := time.Duration(rapid.Int64Range(int64(time.Minute)+1, int64(900*24*time.Hour)).Draw(t, "ahead"))
		if got := ui.Relative(now.Add(ahead), now); strings.Contains(got, "ago") || strings.HasPrefix(got, "on ") || got == "just now" {
			t.Errorf("%v ahead is %q", ahead, got)
		}
	})
}

func TestCount(t *testing.T) {
	t.Parallel()

	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12481: "12,481", 1234567: "1,234,567", -4321: "-4,321", -100: "-100"} {
		if got := ui.Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestCountKeepsItsDigits(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int().Draw(t, "n")
		got := ui.Count(n)

		if strings.ReplaceAll(got, ",", "") != strconv.Itoa(n) {
			t.Fatalf("Count(%d) = %q", n, got)
		}

		for i, group := range strings.Split(strings.TrimPrefix(got, "-"), ",") {
			if i > 0 && len(group) != 3 || len(group) == 0 || len(group) > 3 {
				t.Fatalf("Count(%d) = %q has a group of %d digits", n, got, len(group))
			}
		}
	})
}

func TestWordsOfNumbers(t *testing.T) {
	t.Parallel()

	for got, want := range map[string]string{
		ui.People(0):                    "0 people",
		ui.People(1):                    "1 person",
		ui.People(1200):                 "1,200 people",
		ui.Users(1):                     "1 user",
		ui.Users(2):                     "2 users",
		ui.Counted(1, "role", "roles"):  "1 role",
		ui.Counted(34, "role", "roles"): "34 roles",
		ui.About(9999):                  "about 9,999",
		ui.About(10_001):                "about 10,000",
		ui.About(20_600):                "about 21,000",
		ui.About(1_040_000):             "about 1.0 million",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestStatusLabel(t *testing.T) {
	t.Parallel()

	for word, want := range map[string]string{
		"active": "Active", " Active ": "Active", "sent_not_confirmed": "Sent, not confirmed", "Sent, not confirmed": "Sent, not confirmed",
		"done with failures": "Done with failures", "ähnlich": "Ähnlich", "": "",
	} {
		if got := ui.StatusLabel(word); got != want {
			t.Errorf("StatusLabel(%q) = %q, want %q", word, got, want)
		}
	}
}

package ui

import (
	"time"
)

// Relative writes a past moment as people say it: "just now", "3 hours ago", "yesterday"; after 30 days "on 2 Jul",
// and with the year when it is another one. The zone of now decides what a day is. A moment that is still to come is
// written exactly, because somebody may have to act by it. The zero time gives "Never".
func Relative(at, now time.Time) string {
	if at.IsZero() {
		return "Never"
	}

	at = at.In(now.Location())
	age := now.Sub(at)

	switch {
	case age < -time.Minute:
		return ExactText(at)
	case age < time.Minute:
		return "just now"
	case age < time.Hour:
		return Counted(int(age/time.Minute), "minute", "minutes") + " ago"
	case age < 24*time.Hour && sameDay(at, now):
		return Counted(int(age/time.Hour), "hour", "hours") + " ago"
	case sameDay(at, now.AddDate(0, 0, -1)):
		return "yesterday"
	case age < 30*24*time.Hour:
		return Counted(calendarDays(at, now), "day", "days") + " ago"
	default:
		return "on " + DayText(at, now)
	}
}

// DayText writes a date without its time: "2 Jul", or "2 Jul 2024" when now is in another year.
func DayText(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Year() == now.Year() {
		return at.Format("2 Jan")
	}

	return at.Format("2 Jan 2006")
}

// ExactText writes a moment somebody acts by: "Sun 29 Nov 2026, 10:42".
func ExactText(at time.Time) string {
	return at.Format("Mon 2 Jan 2006, 15:04")
}

// fullText is the exact time with its zone, for hover and focus.
func fullText(at time.Time) string {
	return at.Format("Mon 2 Jan 2006, 15:04:05 MST")
}

// machineTime is the value of datetime; app.js reads it to keep "3 minutes ago" true.
func machineTime(at time.Time) string {
	return at.UTC().Format(time.RFC3339)
}

// isFresh reports whether the words count minutes or hours and so will change while the page is open.
func isFresh(at, now time.Time) bool {
	age := now.Sub(at)
	return age > -time.Minute && (age < time.Hour || age < 24*time.Hour && sameDay(at.In(now.Location()), now))
}

func calendarDays(at, now time.Time) int {
	from := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	to := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)

	return int(to.Sub(from) / (24 * time.Hour))
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

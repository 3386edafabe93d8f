package roles

import (
	"time"

	"github.com/rollcall/rollcall/models"
)

// dayLayout is how a date field sends a day. Days are days of UTC, and the forms say so.
const dayLayout = "2006-01-02"

// dayStart gives the first moment of a day; 0 for none.
func dayStart(day string) models.Instant {
	at, err := time.Parse(dayLayout, day)
	if err != nil {
		return 0
	}
	return models.At(at)
}

// pastDay turns the start of today into "now" (0). An earlier day stays as it
// is, for the engine to refuse.
func pastDay(from, now models.Instant) models.Instant {
	if from.Time().Format(dayLayout) == now.Time().Format(dayLayout) {
		return 0
	}
	return from
}

// dayEnd gives the last second of a day; 0 for none. Where a role has a longest
// time that ends within that day, the end is then, so that the last day offered
// can be chosen.
func dayEnd(day string, start models.Instant, maxDays int64) models.Instant {
	from := dayStart(day)
	if from == 0 {
		return 0
	}
	end := from.Add(24*time.Hour - time.Second)
	longest := start.Add(time.Duration(maxDays) * 24 * time.Hour)
	if maxDays > 0 && longest >= from && longest < end {
		return longest
	}
	return end
}

// dayOf gives the day a date field shows for a moment.
func dayOf(at models.Instant) string {
	t := at.Time()
	if t.IsZero() {
		return ""
	}
	return t.Format(dayLayout)
}

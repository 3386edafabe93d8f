package operation

import (
	"context"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The limit on people cut off in one window, by whatever path. Beyond it a second
// person has to agree; below ten it would only be in the way.
const (
	massPercent = 5
	massCount   = 500
	massWindow  = 24 * time.Hour
)

// massLimit is how many of a directory may be cut off in one window on the word
// of one person.
func massLimit(known int64) int64 { return max(manyPeople, min(massCount, known*massPercent/100)) }

// frictionOf says what an operation needs before it runs, and why.
func frictionOf(ctx context.Context, r store.Reader, now models.Instant, included, privileged int64) (Friction, error) {
	f := Friction{Level: LevelSignIn}
	raise := func(why string, args ...any) {
		f.Level = LevelApproval
		f.Why = append(f.Why, fmt.Sprintf(why, args...))
	}
	if included > manyPeople {
		raise("It concerns %s, more than %d.", ofPeople(included), manyPeople)
	}
	switch {
	case privileged == 1 && included == 1:
		raise("The person holds privileged access.")
	case privileged == 1:
		raise("1 of them holds privileged access.")
	case privileged > 1:
		raise("%s of them hold privileged access.", number(privileged))
	}
	known, err := countKnown(ctx, r)
	if err != nil {
		return f, err
	}
	limit := massLimit(known)
	before, err := countCutOff(ctx, r, now.Add(-massWindow), limit+1)
	if err != nil {
		return f, err
	}
	if before > 0 && before+included > limit {
		raise("%s deactivated in the last 24 hours. With these it is more than %s, the limit for one person's word in a directory of %s.",
			capped(before, limit), number(limit), ofPeople(known))
	}
	if f.Level == LevelApproval && included > 1 {
		f.Count = included
	}
	return f, nil
}

// capped words how many were deactivated, when counting stopped at the limit.
func capped(n, limit int64) string {
	switch {
	case n > limit:
		return "More than " + number(limit) + " people were"
	case n == 1:
		return "1 person was"
	}
	return number(n) + " people were"
}

func ofPeople(n int64) string {
	if n == 1 {
		return "1 person"
	}
	return number(n) + " people"
}

// number writes a count as pages do: 12,481.
func number(n int64) string {
	if n < 1_000 {
		return fmt.Sprint(n)
	}
	return number(n/1_000) + fmt.Sprintf(",%03d", n%1_000)
}

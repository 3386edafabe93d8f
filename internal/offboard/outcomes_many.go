package offboard

import (
	"context"

	"github.com/rollcall/rollcall/internal/jobs"
)

// OutcomesIn gives what came of the steps of some people in a group, by person
// and each person's in their order.
func (e *Engine) OutcomesIn(ctx context.Context, tenant int64, g jobs.Group, users []int64) (map[int64][]Outcome, error) {
	steps, err := e.Jobs.OfUsersIn(ctx, tenant, g, users)
	if err != nil {
		return nil, err
	}
	by := make(map[int64][]Outcome, len(users))
	for i := range steps {
		o, err := outcomeOf(&steps[i])
		if err != nil {
			return nil, err
		}
		by[steps[i].UserID] = append(by[steps[i].UserID], o)
	}
	return by, nil
}

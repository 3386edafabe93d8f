package operation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

// lookedAt is how many ends of sessions are looked at for what applications heard.
const lookedAt = 1_000

// Application is what is known of one application whose sessions an operation ended.
type Application struct {
	System string
	Client string
	Name   string
	Told   map[models.Outcome]int64 // people, by what is known: told and confirmed, told, never told
	Until  models.Instant           // last second at which it may still accept a token of before; 0: none known
	Open   bool                     // how long its tokens work is not known
}

// Applications says what is known of each application; capped tells that only the
// newest ends of sessions were looked at.
func (e *Engine) Applications(ctx context.Context, tenant int64, op models.Operation) (list []Application, capped bool, err error) {
	steps, err := e.Jobs.Latest(ctx, tenant, group(&op), offboard.StepEndSessions, lookedAt)
	if err != nil {
		return nil, false, err
	}
	at := map[[2]string]int{}
	for i := range steps {
		var seen offboard.Evidence
		if err := json.Unmarshal([]byte(steps[i].Evidence), &seen); err != nil {
			return nil, false, fmt.Errorf("read the evidence of step %d: %w", steps[i].ID, err)
		}
		for _, told := range seen.Apps {
			key := [2]string{seen.System, told.Client}
			if _, there := at[key]; !there {
				at[key] = len(list)
				list = append(list, Application{System: seen.System, Client: told.Client, Name: told.Name, Told: map[models.Outcome]int64{}})
			}
			app := &list[at[key]]
			app.Told[told.Outcome]++
			if told.Until.IsZero() {
				app.Open = app.Open || told.Outcome != models.OutcomeConfirmed
			} else {
				app.Until = max(app.Until, models.At(told.Until))
			}
		}
	}
	slices.SortFunc(list, func(a, b Application) int {
		return strings.Compare(a.System+"\x00"+a.Client, b.System+"\x00"+b.Client)
	})
	return list, len(steps) == lookedAt, nil
}

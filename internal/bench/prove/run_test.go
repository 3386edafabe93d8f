package prove_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

const reason = "The team was sold on Friday, and everybody in it leaves."

// planned makes an operation of people as the console does: a pasted list for
// many, the page of the person for one.
func (w *world) planned(people []person) models.Operation {
	w.t.Helper()
	once := "prove-" + people[0].username
	if len(people) == 1 {
		op, err := w.app.Operations.CreateForOne(w.ctx, w.amara, people[0].publicID, once)
		if err != nil {
			w.t.Fatal(err)
		}
		return w.get(op, planned)
	}
	lines := make([]string, len(people))
	for i := range people {
		lines[i] = people[i].username + "@example.org"
	}
	sel, err := w.app.People.Paste(w.ctx, w.amara, "leavers.csv", strings.NewReader(strings.Join(lines, "\n")))
	if err == nil && sel.People != int64(len(people)) {
		w.t.Fatalf("%d of %d people are selected", sel.People, len(people))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	op, err := w.app.Operations.Create(w.ctx, w.amara, sel.PublicID, once)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.get(op, planned)
}

func planned(op models.Operation) bool { return op.State != models.OperationPlanning }

func (w *world) get(op models.Operation, until func(models.Operation) bool) models.Operation {
	w.t.Helper()
	var err error
	w.until(op.Code()+" goes on", func() bool {
		if op, err = w.app.Operations.Get(w.ctx, w.app.Tenant.ID, op.PublicID); err != nil {
			w.t.Fatal(err)
		}
		return until(op)
	})
	return op
}

// cutOff has people cut off, and gives the moment of the click that set it off: of
// the approval, where one is needed.
func (w *world) cutOff(people []person) (models.Operation, time.Time) {
	w.t.Helper()
	click := time.Now()
	op := w.planned(people)
	if op.Included != int64(len(people)) {
		w.t.Fatalf("%s: %d of %d people are on the list", op.Code(), op.Included, len(people))
	}
	needs, err := w.app.Operations.Needs(w.ctx, w.app.Tenant.ID, op)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(people) > 1 { // a plan of many is read before it is asked for
		click = time.Now()
	}
	op, err = w.app.Operations.Ask(w.ctx, w.amara, operation.Request{
		ID: op.PublicID, ListHash: op.ListHash, Reason: reason, UndoDays: op.UndoDays, Typed: needs.Count, Fresh: w.app.Store.Now(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if op.State == models.OperationWaiting {
		click = time.Now()
		op, err = w.app.Operations.Approve(w.ctx, w.ben, operation.Decision{ID: op.PublicID, ListHash: op.ListHash, Reason: reason, Fresh: w.app.Store.Now()})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return op, click
}

// claims is what the product says of one person.
type claims struct {
	person

	steps []offboard.Outcome
	ended time.Time // of the last step
}

// claimed reads what the product says of people, once each step has ended, or has
// been tried and is going to be tried again where some may be.
func (w *world) claimed(people []person, open bool) []claims {
	w.t.Helper()
	var all []claims
	for _, p := range people {
		c := claims{person: p}
		w.until("the steps of "+p.username+" end", func() bool {
			u, found, err := w.app.Offboard.Latest(w.ctx, w.app.Tenant.ID, p.id)
			if err != nil {
				w.t.Fatal(err)
			}
			c.steps = u.Steps
			return found && len(u.Steps) > 0 && !slices.ContainsFunc(u.Steps, func(s offboard.Outcome) bool {
				return s.At == 0 && (!open || !again(s) && !slices.ContainsFunc(u.Steps, again))
			})
		})
		for _, s := range c.steps {
			if at := s.At.Time(); s.At != 0 && at.After(c.ended) {
				c.ended = at
			}
		}
		all = append(all, c)
	}
	return all
}

// again reports whether a step was tried and waits for its next turn, and those
// after it wait with it.
func again(s offboard.Outcome) bool { return s.State == models.StepWaiting && s.Attempts > 0 }

// says gives the outcome of a kind of step.
func (c claims) says(kind string) models.Outcome {
	for _, s := range c.steps {
		if s.Kind == kind {
			return s.Outcome
		}
	}
	return ""
}

// percentile gives the value below which a share of a list lies.
func percentile[T cmp.Ordered](list []T, share float64) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

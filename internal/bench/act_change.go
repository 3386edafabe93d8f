package bench

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
)

// rolePrefix begins the key of the role that a run gives and takes away again.
const rolePrefix = "bench-"

const reason = "Measured, and taken back afterwards"

// changed is what both ways must leave behind for one person.
type changed struct {
	id int64

	status   models.Status
	epoch    int64 // how much the access epoch rose
	roles    int   // assignments of the run's role
	sessions int
	events   int // events with the run's reason
}

// changes give a role and deactivate. Every run takes two people who were not
// used before, one for each way.
func (b *bench) changes() []act {
	s := b.samples
	return []act{
		b.change("assign-role", s.toAssign, func(ctx context.Context, u user) error {
			_, err := b.app.Access.Assign(ctx, b.actor, access.AssignInput{UserPublicID: u.publicID, RoleKey: b.role, Reason: reason})
			return err
		}, func(ctx context.Context, u user) error {
			return b.direct.assign(ctx, u.publicID, b.role, b.app.Store.Now())
		}),
		b.change("deactivate-one", s.toCutOff, func(ctx context.Context, u user) error {
			_, err := b.app.Offboard.Deactivate(ctx, b.actor, u.publicID, reason)
			return err
		}, func(ctx context.Context, u user) error {
			return b.direct.deactivate(ctx, u.publicID, b.app.Store.Now())
		}),
	}
}

func (b *bench) change(name string, people []user, ours, bare func(context.Context, user) error) act {
	one := func(do func(context.Context, user) error, at int) func(context.Context, int) (any, error) {
		return func(ctx context.Context, i int) (any, error) { return people[2*i+at], do(ctx, people[2*i+at]) }
	}
	return act{
		name: name, runs: len(people) / 2, ours: one(ours, 0), bare: one(bare, 1),
		same: func(ctx context.Context, x, y any) error {
			left, err := b.direct.leftBehind(ctx, x.(user).id, b.role)
			if err != nil {
				return err
			}
			right, err := b.direct.leftBehind(ctx, y.(user).id, b.role)
			if err != nil {
				return err
			}
			left.id, right.id = 0, 0
			if left != right || left.events == 0 {
				return fmt.Errorf("the rows differ:\nours %+v\nbare %+v", left, right)
			}
			return nil
		},
	}
}

// openRole makes the role that this run gives.
func (b *bench) openRole(ctx context.Context) error {
	b.role = fmt.Sprint(rolePrefix, b.app.Store.Now())
	_, err := b.app.Access.CreateRole(ctx, b.actor, access.RoleInput{
		Key: b.role, Application: models.ConsoleApplication, Name: "Measured " + b.role,
		Sentence: "Lets a person do nothing: it is given to measure giving.", Reason: reason,
	})
	return err
}

package attention

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui"
)

// Operations is what the page asks about deactivations of many.
type Operations interface {
	Waiting(ctx context.Context, actor models.Actor) ([]models.Operation, error)
	Asked(ctx context.Context, actor models.Actor) ([]models.Operation, error)
	Resurrected(ctx context.Context, tenant int64, limit int) ([]operation.Alarm, error)
	Unsolved(ctx context.Context, tenant int64) ([]operation.Unsolved, error)
	Held(ctx context.Context, tenant int64) ([]models.Operation, error)
	Late(ctx context.Context, tenant int64) ([]models.Operation, error)
	Closing(ctx context.Context, tenant int64, within time.Duration) ([]models.Operation, error)
}

// askOperations asks which requests wait for this person to decide, and which of
// their own have a question to them. Those about to expire stand further up.
func (f *findings) askOperations() error {
	if f.p.Operations == nil {
		return nil
	}
	waiting, err := f.p.Operations.Waiting(f.c.Ctx(), f.c.Actor())
	if err != nil {
		return err
	}
	now := models.At(f.c.Now())
	for _, op := range waiting {
		r, mark := approvals, "waiting"
		if operation.Urgent(op, now) {
			r, mark = expiring, "warning"
		}
		f.add(r, attention.Item{
			Mark: mark, Text: op.RequestedBy + " asks to deactivate " + people(op) + because(op) + ".", Since: op.RequestedAt.Time(), Due: op.ExpiresAt.Time(),
			Href: "/ops/" + op.PublicID, Link: "Review", About: op.Code(),
		})
	}
	asked, err := f.p.Operations.Asked(f.c.Ctx(), f.c.Actor())
	if err != nil {
		return err
	}
	for _, op := range asked {
		f.add(approvals, attention.Item{
			Mark: "waiting", Text: "Somebody asks about " + op.Code() + ", your request to deactivate " + people(op) + ".", Since: op.RequestedAt.Time(), Due: op.ExpiresAt.Time(),
			Href: "/ops/" + op.PublicID, Link: "Answer", About: "about " + op.Code(),
		})
	}
	return nil
}

// because says that a request answers a risk.
func because(op models.Operation) string {
	if !op.Risk() {
		return ""
	}
	return ", because of a risk"
}

// people names whom an operation concerns.
func people(op models.Operation) string {
	if op.People == 1 {
		return op.Title
	}
	return ui.People(int(op.Included))
}

package users

import (
	"context"
	"crypto/rand"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// One deactivates one person as an operation; *operation.Engine does.
type One interface {
	DeactivateOne(ctx context.Context, actor models.Actor, in operation.Alone) (models.Operation, error)
	NeedsForOne(ctx context.Context, tenant, user int64) (operation.Friction, error)
}

// asOperation reports whether a verb is carried out as an operation.
func (p *Pages) asOperation(ch change) bool { return p.One != nil && ch.word == deactivate.word }

// deactivateOne does it and says where to go on: back to the person, or to what
// the operation waits for.
func (p *Pages) deactivateOne(c *web.Call, f changeForm) (string, error) {
	risk, known, err := web.Cause(f.Cause, f.Known)
	if err != nil {
		return "", err
	}
	once := f.Once
	if once == "" {
		once = rand.Text()
	}
	op, err := p.One.DeactivateOne(c.Ctx(), c.Actor(), operation.Alone{
		Person: c.Param("id"), Reason: f.Reason, Once: once, Fresh: models.At(c.Caller.ProvedAt), Risk: risk, RiskKnownAt: known,
	})
	if err != nil {
		return "", err
	}
	at := "/ops/" + op.PublicID
	switch op.State {
	case models.OperationWaiting:
		return at + "?ok=asked", nil
	case models.OperationDraft:
		return at + "/preview#breaks", nil
	case models.OperationPlanning:
		return at, nil
	}
	effects, err := operation.EffectsOf(op)
	if err != nil {
		return "", err
	}
	to := "/users/" + c.Param("id") + "?ok=" + deactivate.word
	if len(effects.Systems) > 0 || effects.Held > 0 {
		to += "#outcomes"
	}
	return to, nil
}

// oneEffects says what the operation does, and what holds it up.
func (p *Pages) oneEffects(c *web.Call, person directory.Person, f changeForm, m *users.Act) error {
	m.Fields = web.CauseFields(f.Cause, f.Known, map[string]string{})
	needs, err := p.One.NeedsForOne(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	m.Effects = append(m.Effects, "Sign-in is refused at every provider that leads to Rollcall.",
		"It can be undone for 7 days. Roles stay recorded until then, and are removed after it.")
	if person.Reports > 0 {
		m.Effects = append(m.Effects, "Manages "+reports(person)+". On the next page you say who does from now on.")
	}
	if needs.Level != operation.LevelApproval {
		return nil
	}
	text := "Needs a second approver."
	for _, why := range needs.Why {
		text += " " + why
	}
	m.Effects = append([]string{text + " Until somebody approves, nothing changes for them. To keep them out at once, suspend them."}, m.Effects...)
	m.Submit, m.Kind = "Ask to deactivate", ui.Primary
	return nil
}

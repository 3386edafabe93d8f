package operation

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The bounds of what is asked for.
const (
	reasonMin   = 10
	reasonMax   = 1_000
	ticketMax   = 255
	undoMost    = 90 // days
	aheadMost   = 90 * 24 * time.Hour
	resentAfter = 10 * time.Minute // in which the same request again is the same click
)

// Request asks for a planned operation.
type Request struct {
	ID       string
	ListHash string // of the list that was in front of whoever asks
	Reason   string
	Ticket   string
	At       models.Instant // 0: at once
	UndoDays int64
	Typed    int64          // the count, where the friction asks for it
	Fresh    models.Instant // when whoever asks proved themselves last; 0: not known

	Risk        bool           // it answers a risk, not people who leave
	RiskKnownAt models.Instant // since when the risk is known; 0: now
}

// Needs says what an operation needs now, which may be more than when it was
// planned: others may have been cut off since, or been given more.
func (e *Engine) Needs(ctx context.Context, tenant int64, op models.Operation) (Friction, error) {
	roles, err := e.Access.PrivilegedRoleIDs(ctx, tenant)
	if err != nil {
		return Friction{}, err
	}
	return needs(ctx, e.Store.Read(tenant), e.Store.Now(), op, roles)
}

func needs(ctx context.Context, r store.Reader, now models.Instant, op models.Operation, roles []int64) (Friction, error) {
	effects, err := EffectsOf(op)
	if err != nil {
		return Friction{}, err
	}
	privileged, err := countNowPrivileged(ctx, r, op.ID, now, roles)
	if err != nil {
		return Friction{}, err
	}
	return frictionOf(ctx, r, now, op.Included, max(privileged, effects.Privileged))
}

// Ask asks for an operation: it begins, is scheduled, or waits for a second
// person. What is small is cut off here when Ask returns.
func (e *Engine) Ask(ctx context.Context, actor models.Actor, in Request) (models.Operation, error) {
	if err := permit(actor, "deactivate people"); err != nil {
		return models.Operation{}, err
	}
	roles, err := e.Access.PrivilegedRoleIDs(ctx, actor.Tenant)
	if err != nil {
		return models.Operation{}, err
	}
	var op models.Operation
	var l *lease
	err = e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if op, err = lockByPublicID(ctx, tx, in.ID); err != nil {
			return err
		}
		if resent(&op, actor, &in, tx.Now) {
			return errDone
		}
		if err := e.ask(ctx, tx, &op, in, roles); err != nil {
			return err
		}
		l, err = e.ownCut(ctx, tx, &op)
		return err
	})
	if isDone(err) {
		return op, nil
	}
	if err != nil {
		return op, err
	}
	return e.cutAtOnce(ctx, l, op)
}

// resent reports whether the same person sends the same request again.
func resent(op *models.Operation, actor models.Actor, in *Request, now models.Instant) bool {
	return op.RequestedByID == actor.UserID && op.RequestedByID != 0 && op.State != models.OperationDraft && op.State != models.OperationPlanning &&
		op.ListHash == in.ListHash && op.Reason == strings.TrimSpace(in.Reason) && now < op.RequestedAt.Add(resentAfter)
}

func (e *Engine) ask(ctx context.Context, tx *store.Tx, op *models.Operation, in Request, roles []int64) error {
	if err := e.askable(ctx, tx, op, in); err != nil {
		return err
	}
	friction, err := needs(ctx, tx.Reader, tx.Now, *op, roles)
	if err != nil {
		return err
	}
	if err := in.check(friction, tx.Now); err != nil {
		return err
	}
	effects, err := EffectsOf(*op)
	if err != nil {
		return err
	}
	if err := keep(op, effects, friction); err != nil {
		return err
	}
	op.Reason, op.Ticket, op.ScheduledAt, op.UndoDays = in.Reason, in.Ticket, in.At, in.UndoDays
	e.answers(op, in)
	op.RequestedByID, op.RequestedBy, op.RequestedAt, op.Version = tx.Actor.UserID, tx.Actor.Name, tx.Now, op.Version+1
	after := map[string]any{"people": op.Included, "list": models.ShortHash(op.ListHash)}
	if friction.Level == LevelApproval {
		op.ExpiresAt = tx.Now.Add(approveFor * time.Hour)
		turn(op, models.OperationWaiting, models.PhaseNone, op.ExpiresAt)
	} else {
		begin(op, tx.Now)
	}
	after["state"] = op.State.Word()
	if op.Risk() {
		after["risk_known_at"], after["risk_out_at"] = op.RiskKnownAt, op.RiskOutBy
	}
	err = updateOperation(ctx, tx, op, append([]string{
		"effects", "friction", "reason", "ticket", "scheduled_at", "risk_known_at", "risk_out_by", "undo_days", "requested_by_id", "requested_by", "requested_at", "expires_at", "version",
	}, turned...)...)
	if err != nil {
		return err
	}
	if err := decided(ctx, tx, op, models.VerdictRequested, op.Reason, in.Fresh); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{Action: models.OperationRequest, Target: ref(op), Reason: op.Reason, After: after})
}

// askable refuses a plan that cannot be asked for.
func (e *Engine) askable(ctx context.Context, tx *store.Tx, op *models.Operation, in Request) error {
	if why := mayPrepare(*op, tx.Actor, tx.Now); why != "" {
		return errs.New(errs.Conflict, "%s Nobody was deactivated.", why)
	}
	if in.ListHash != op.ListHash {
		return errs.New(errs.Conflict, "The list changed while this page was open: it is now list %s. Nobody was deactivated. Look at the preview again.", models.ShortHash(op.ListHash))
	}
	if op.Included == 0 {
		return errs.New(errs.Conflict, "Nobody would lose sign-in by this: everybody is left out. Nothing was done.")
	}
	managers, err := countUnsettled(ctx, tx.Reader, op.ID)
	if err != nil {
		return err
	}
	if managers > 0 {
		return errs.New(errs.Conflict, "%s no new manager yet for those who stay. Nobody was deactivated. Choose one in the preview.", has(managers))
	}
	return nil
}

func has(managers int64) string {
	if managers == 1 {
		return "1 manager has"
	}
	return number(managers) + " managers have"
}

// check tidies what was typed and refuses what cannot be.
func (in *Request) check(f Friction, now models.Instant) error {
	var wrong []errs.Field
	refuse := func(name, text string) { wrong = append(wrong, errs.Field{Name: name, Message: text}) }
	var problem string
	if in.Reason, problem = checkReason(in.Reason, true); problem != "" {
		refuse("reason", problem)
	}
	if in.Ticket = strings.TrimSpace(in.Ticket); utf8.RuneCountInString(in.Ticket) > ticketMax {
		refuse("ticket", "The ticket is longer than 255 characters.")
	}
	if in.At != 0 && in.At <= now {
		refuse("at", "Choose a moment that lies ahead, or at once.")
	} else if in.At > now.Add(aheadMost) {
		refuse("at", "Choose a moment within the next 90 days.")
	}
	wrong = append(wrong, in.risk(now)...)
	if in.UndoDays == 0 {
		in.UndoDays = windowDays
	}
	if in.UndoDays < 1 || in.UndoDays > undoMost {
		refuse("undo_days", "Between 1 and 90 days.")
	}
	if f.Count > 0 && in.Typed != f.Count {
		refuse("typed", "Type "+number(f.Count)+", the number of people who lose sign-in. Nobody was deactivated.")
	}
	if len(wrong) > 0 {
		return errs.Input(wrong...)
	}
	return nil
}

// checkReason tidies a reason; problem says what is wrong with it.
func checkReason(text string, required bool) (clean, problem string) {
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0 && !required:
	case n < reasonMin:
		return text, "Write a reason of at least 10 characters. The audit log keeps it."
	case n > reasonMax:
		return text, "The reason is longer than 1,000 characters."
	}
	return text, ""
}

// begin lets an operation run: at once, or when it is scheduled.
func begin(op *models.Operation, now models.Instant) {
	if op.ScheduledAt > now {
		turn(op, models.OperationScheduled, models.PhaseCut, op.ScheduledAt)
		return
	}
	turn(op, models.OperationRunning, models.PhaseCut, now)
}

// decided writes what somebody decided about the list in front of them.
func decided(ctx context.Context, tx *store.Tx, op *models.Operation, v models.Verdict, reason string, fresh models.Instant) error {
	return insertDecision(ctx, tx, &models.OperationDecision{
		OperationID: op.ID, Decision: v, ByID: tx.Actor.UserID, ByName: tx.Actor.Name, Reason: reason, ListHash: op.ListHash, ElevatedAt: fresh, At: tx.Now,
	})
}

// ownCut takes the lease of an operation that begins now and fits into one chunk;
// nil when it is for the background.
func (e *Engine) ownCut(ctx context.Context, tx *store.Tx, op *models.Operation) (*lease, error) {
	tx.AfterCommit(e.Wake)
	if op.State != models.OperationRunning || op.Included > ChunkSize {
		return nil, nil
	}
	return e.own(tx, op), updateOperation(ctx, tx, op, leased...)
}

// cutAtOnce cuts off what fits into one chunk while whoever asked waits for the
// page, so that the page they see is true.
func (e *Engine) cutAtOnce(ctx context.Context, l *lease, op models.Operation) (models.Operation, error) {
	if l == nil {
		return op, nil
	}
	e.workAtOnce(ctx, l, 1)
	return selectOperation(ctx, e.Store.Read(l.tenant), op.ID)
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

package operation

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// cut blocks sign-in here, chunk by chunk. The first few people are a chunk of
// their own: their steps at connected systems go ahead of the others'.
func (e *Engine) cut(ctx context.Context, l *lease) error {
	return chunks(func() (bool, error) { return e.cutChunk(ctx, l) })
}

func (e *Engine) cutChunk(ctx context.Context, l *lease) (more bool, err error) {
	op, err := selectOperation(ctx, e.Store.Read(l.tenant), l.op)
	if err != nil {
		return false, err
	}
	err = e.Store.Change(ctx, requester(&op), func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil { // before any other row: the last admin is a rule over all of them
			return err
		}
		held, err := e.held(ctx, tx, l, models.PhaseCut)
		if err != nil {
			return err
		}
		c := &cutting{Engine: e, tx: tx, op: &held}
		more, err = c.run(ctx)
		return err
	})
	return more, err
}

// cutting is one chunk.
type cutting struct {
	*Engine

	tx     *store.Tx
	op     *models.Operation
	events []store.Event
}

func (c *cutting) run(ctx context.Context) (more bool, err error) {
	c.begin()
	size := c.size()
	targets, err := nextTargets(ctx, c.tx.Reader, c.op, size)
	if err != nil {
		return false, err
	}
	if c.op.StoppedAt != 0 {
		err = setState(ctx, c.tx, c.op, ids(targets), models.TargetStopped)
	} else {
		err = c.people(ctx, targets)
	}
	if err != nil {
		return false, err
	}
	if more = len(targets) == size; more {
		c.op.CursorAt, c.op.DueAt = targets[len(targets)-1].Position, c.tx.Now
	} else {
		c.end()
	}
	c.op.Version++
	err = updateOperation(ctx, c.tx, c.op, append([]string{"started_at", "cut_at", "undo_until", "canary_to", "canary_at", "version"}, turned...)...)
	if err != nil {
		return false, err
	}
	if len(c.events) == 0 { // nobody was left to cut off
		c.note(models.OperationCut, "nobody")
	}
	return more, c.tx.RecordAll(ctx, c.events)
}

func (c *cutting) note(action models.Action, detail string) {
	c.events = append(c.events, store.Event{Action: action, Target: ref(c.op), Detail: detail})
}

// begin starts the operation with its first chunk.
func (c *cutting) begin() {
	if c.op.StartedAt != 0 {
		return
	}
	c.op.StartedAt, c.op.State = c.tx.Now, models.OperationRunning
	if c.op.Included <= CanarySize {
		c.op.CanaryAt = c.tx.Now
	}
	c.events = append(c.events, store.Event{
		Action: models.OperationStart, Target: ref(c.op), Reason: c.op.Reason, Detail: "list " + models.ShortHash(c.op.ListHash),
	})
}

// size gives how many people the chunk takes.
func (c *cutting) size() int {
	if c.op.CanaryTo == 0 && c.op.CanaryAt == 0 && c.op.StoppedAt == 0 {
		return CanarySize
	}
	return c.Chunk
}

// end leaves the rest to the steps. The time to undo runs from here.
func (c *cutting) end() {
	c.op.CutAt = c.tx.Now
	c.op.UndoUntil = c.tx.Now.Add(time.Duration(c.op.UndoDays) * 24 * time.Hour)
	turn(c.op, models.OperationRunning, models.PhaseSystems, c.tx.Now)
}

// people cuts off those of the chunk who stand as they stood.
func (c *cutting) people(ctx context.Context, targets []models.OperationTarget) error {
	users, err := c.People.LockAll(ctx, c.tx, ids(targets))
	if err != nil {
		return err
	}
	before, refused := c.sort(targets, users)
	if before, err = c.spare(ctx, before, refused); err != nil {
		return err
	}
	if err := c.refuse(ctx, targets, refused); err != nil {
		return err
	}
	if len(before) == 0 {
		return nil
	}
	held := c.op.CanaryTo != 0 && c.op.CanaryAt == 0 // the first ones are not through yet
	if c.op.CanaryTo == 0 && c.op.CanaryAt == 0 {
		c.op.CanaryTo = targets[len(targets)-1].Position
	}
	return c.off(ctx, before, held)
}

// sort splits people into those who stand as they stood, and the others with why.
func (c *cutting) sort(targets []models.OperationTarget, users []models.User) (same []models.User, refused map[int64]string) {
	by := make(map[int64]models.User, len(users))
	for i := range users {
		by[users[i].ID] = users[i]
	}
	refused = map[int64]string{}
	for i := range targets {
		t := &targets[i]
		u, there := by[t.UserID]
		if why := c.moved(t, u, there); why != "" {
			refused[t.UserID] = why
		} else {
			same = append(same, u)
		}
	}
	return same, refused
}

// moved says why somebody is not cut off; "" is as planned. What counts is what
// the plan was decided on: status, leaving date, and the access epoch, which
// rises with every change of access. A corrected phone number raises the version
// only, and must not keep somebody in.
func (c *cutting) moved(t *models.OperationTarget, u models.User, there bool) string {
	switch {
	case !there:
		return "The record is gone."
	case u.ID == c.op.RequestedByID || u.ID == c.op.CreatedByID:
		return "This is whoever asked for it."
	case u.Status == models.Removed:
		return "Merged or removed since the plan."
	case u.Status != t.StoodStatus:
		return "Was " + t.StoodStatus.Word() + " when planned and is " + u.Status.Word() + " now, by " + u.StatusBy + "."
	case u.LeavingAt != t.StoodLeavingAt:
		return "The leaving date changed since the plan."
	case u.AccessEpoch != t.StoodEpoch:
		return "Access or status changed since the plan."
	}
	return ""
}

// spare keeps one in whom the tenant needs as admin.
func (c *cutting) spare(ctx context.Context, before []models.User, refused map[int64]string) ([]models.User, error) {
	losing := make([]int64, len(before))
	for i := range before {
		losing[i] = before[i].ID
	}
	stays, err := c.Access.Spare(ctx, c.tx, losing...)
	if err != nil || stays == 0 {
		return before, err
	}
	var rest []models.User
	for i := range before {
		if before[i].ID != stays {
			rest = append(rest, before[i])
		}
	}
	refused[stays] = models.LeftOutLastAdmin.Sentence() + "."
	return rest, nil
}

// refuse leaves people as they are, row by row, with the reason.
func (c *cutting) refuse(ctx context.Context, targets []models.OperationTarget, refused map[int64]string) error {
	why := map[string][]int64{}
	for i := range targets {
		t := &targets[i]
		note, is := refused[t.UserID]
		if !is {
			continue
		}
		why[note] = append(why[note], t.UserID)
		c.events = append(c.events, store.Event{
			Action: models.OperationRefuseRow, Target: store.Ref{Kind: models.KindUser, ID: t.UserID, Name: t.Name}, Object: ref(c.op),
			Result: models.ResultRefused, Reason: note, Detail: c.op.Code(),
		})
	}
	return setNotes(ctx, c.tx, c.op, why, models.TargetMoved)
}

// off cuts people off: what they held is kept, sign-in is blocked, sessions end,
// reports get their new manager, and the steps at connected systems are written.
func (c *cutting) off(ctx context.Context, before []models.User, held bool) error {
	users := make([]int64, len(before))
	for i := range before {
		users[i] = before[i].ID
	}
	if err := keepAssignments(ctx, c.tx, c.op, users); err != nil {
		return err
	}
	after, err := c.People.SetStatusAll(ctx, c.tx, before, directory.StatusChange{To: models.Deactivated, Reason: c.op.Reason})
	if err != nil {
		return err
	}
	ended, err := c.Sessions.EndAllOf(ctx, c.tx, users)
	if err != nil {
		return err
	}
	if err := c.handOver(ctx, users); err != nil {
		return err
	}
	taken, err := takeOwned(ctx, c.tx, c.op, users)
	if err != nil {
		return err
	}
	c.events = append(c.events, ownerEvents(taken, c.op)...)
	if err := c.cancelPending(ctx, users); err != nil {
		return err
	}
	acts, err := newActs(c.tx, c.op, users, models.ActDeactivate)
	if err != nil {
		return err
	}
	for i := range acts {
		acts[i].Sessions = int64(ended[acts[i].UserID])
		event := offboard.StatusEvent(models.UserDeactivate, before[i], after[i], c.op.Reason, ended[before[i].ID])
		event.Detail = c.op.Code()
		c.events = append(c.events, event)
	}
	if err := insertActs(ctx, c.tx, acts); err != nil {
		return err
	}
	if err := setCut(ctx, c.tx, c.op, users, ended); err != nil {
		return err
	}
	c.note(models.OperationCut, number(int64(len(users))))
	return c.steps(ctx, users, held)
}

// steps writes what is to be done at connected systems; held ones wait until the
// first people are through.
func (c *cutting) steps(ctx context.Context, users []int64, held bool) error {
	accounts, err := connector.AccountsOfMany(ctx, c.tx.Reader, users)
	if err != nil {
		return err
	}
	steps, err := c.Offboard.Steps(ctx, c.tx, offboard.Errand{
		Act: models.ActDeactivate, Group: group(c.op), Key: c.op.PublicID, Paused: func(int64) bool { return held }, Ahead: c.op.Risk() || c.op.Included == 1,
	}, accounts, users)
	if err != nil {
		return err
	}
	_, err = c.Jobs.Add(ctx, c.tx, steps...)
	return err
}

// handOver gives the people of those who go a new manager, where one was chosen
// and still is in.
func (c *cutting) handOver(ctx context.Context, managers []int64) error {
	for {
		moved, err := takeReports(ctx, c.tx, c.op, managers, ChunkSize)
		if err != nil || len(moved) == 0 {
			return err
		}
		if err := c.managed(ctx, moved); err != nil {
			return err
		}
		if len(moved) < ChunkSize {
			return nil
		}
	}
}

// managed records that people got another manager, and tells who follows them.
func (c *cutting) managed(ctx context.Context, moved []report) error {
	events, changes := managerEvents(moved, c.op)
	c.events = append(c.events, events...)
	return c.People.Tell(ctx, c.tx, changes...)
}

// newActs gives the act about each person; its steps belong to the operation.
func newActs(tx *store.Tx, op *models.Operation, users []int64, act models.Act) ([]models.PersonAct, error) {
	reason := op.Reason
	if act == models.ActReactivate {
		reason = op.UndoReason
	}
	acts := make([]models.PersonAct, 0, len(users))
	for _, user := range users {
		one, err := offboard.NewAct(tx, user, act, reason)
		if err != nil {
			return nil, err
		}
		one.OperationID = op.ID
		acts = append(acts, one)
	}
	return acts, nil
}

// managerEvents says of each person who is their manager now.
func managerEvents(moved []report, op *models.Operation) ([]store.Event, []directory.Changed) {
	events, changes := make([]store.Event, len(moved)), make([]directory.Changed, len(moved))
	for i, m := range moved {
		events[i] = store.Event{
			Action: models.UserEdit, Target: directory.Ref(m.user), Detail: op.Code(),
			Before: map[string]any{directory.FieldManager: m.old}, After: map[string]any{directory.FieldManager: m.now},
		}
		changes[i] = directory.Changed{User: m.user, Fields: []string{directory.FieldManager}}
	}
	return events, changes
}

package operation

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// The page sizes.
const (
	pageSize = 50
	pageMost = 200
)

// StateGroup gathers states the way a list is filtered.
type StateGroup string

// The groups.
const (
	GroupAll     StateGroup = ""
	GroupOpen    StateGroup = "open"    // somebody or the program still has something to do
	GroupPending StateGroup = "waiting" // for approval
	GroupRunning StateGroup = "running"
	GroupEnded   StateGroup = "ended"
)

// states gives the states of a group; nil is all.
func (g StateGroup) states() []models.OperationState {
	switch g {
	case GroupOpen:
		return []models.OperationState{models.OperationPlanning, models.OperationDraft, models.OperationWaiting, models.OperationScheduled, models.OperationRunning, models.OperationPaused, models.OperationUndoing}
	case GroupPending:
		return []models.OperationState{models.OperationWaiting}
	case GroupRunning:
		return []models.OperationState{models.OperationScheduled, models.OperationRunning, models.OperationPaused, models.OperationUndoing}
	case GroupEnded:
		return []models.OperationState{models.OperationDone, models.OperationFailures, models.OperationUndone, models.OperationExpired, models.OperationRejected, models.OperationCancelled}
	case GroupAll:
	}
	return nil
}

// Query says which operations, and which page of them, the newest first.
type Query struct {
	Group  StateGroup
	By     int64 // planned or asked for by this person; 0: by anybody
	Before int64 // number of the last one on the page before; 0: from the newest on
	Limit  int   // 0: 50
}

// Page is one page of operations. Next is the number to go on from; 0 at the end.
type Page struct {
	Rows []models.Operation
	Next int64
}

// List gives operations, the newest first.
func (e *Engine) List(ctx context.Context, tenant int64, q Query) (Page, error) {
	limit := limited(q.Limit)
	rows, err := selectOperations(ctx, e.Store.Read(tenant), q, limit+1)
	if err != nil || len(rows) <= limit {
		return Page{Rows: rows}, err
	}
	return Page{Rows: rows[:limit], Next: rows[limit-1].Number}, nil
}

func limited(n int) int {
	if n <= 0 {
		return pageSize
	}
	return min(n, pageMost)
}

// Get gives one operation by its public id.
func (e *Engine) Get(ctx context.Context, tenant int64, id string) (models.Operation, error) {
	return findOperation(ctx, e.Store.Read(tenant), id)
}

// ByNumber gives one operation by the number people use.
func (e *Engine) ByNumber(ctx context.Context, tenant, number int64) (models.Operation, error) {
	return findByNumber(ctx, e.Store.Read(tenant), number)
}

// Decisions gives what was decided and said about an operation, in order.
func (e *Engine) Decisions(ctx context.Context, tenant int64, op models.Operation) ([]models.OperationDecision, error) {
	return selectDecisions(ctx, e.Store.Read(tenant), op.ID)
}

// Progress is how far a plan is: how many of how many; Of is 0 when not known.
type Progress struct{ Done, Of int64 }

// PlanProgress says how far a plan is.
func (e *Engine) PlanProgress(ctx context.Context, tenant int64, op models.Operation) (Progress, error) {
	if op.SelectionID == 0 || op.PlannedAt > 0 {
		done, err := countPlanned(ctx, e.Store.Read(tenant), op.ID, op.CursorAt)
		return Progress{done, op.People}, err
	}
	of, err := selectionSize(ctx, e.Store.Read(tenant), op.SelectionID)
	return Progress{op.People, max(of, op.People)}, err
}

// Waiting gives the requests that wait for this actor to decide, the ones that
// expire first in front. Their own, and those they are concerned by, are not among them.
func (e *Engine) Waiting(ctx context.Context, actor models.Actor) ([]models.Operation, error) {
	if !actor.Can.Has(models.OperationsApprove) {
		return nil, nil
	}
	return selectWaiting(ctx, e.Store.Read(actor.Tenant), actor.UserID, e.Store.Now(), pageSize)
}

// CountWaiting counts them, up to a page.
func (e *Engine) CountWaiting(ctx context.Context, actor models.Actor) (int, error) {
	rows, err := e.Waiting(ctx, actor)
	return len(rows), err
}

// Asked gives the actor's own requests that wait and whose last word is a
// question to them.
func (e *Engine) Asked(ctx context.Context, actor models.Actor) ([]models.Operation, error) {
	return selectAsked(ctx, e.Store.Read(actor.Tenant), actor.UserID, pageSize)
}

// TargetFilter says which people of a list.
type TargetFilter string

// The filters.
const (
	TargetsAll        TargetFilter = ""
	TargetsIn         TargetFilter = "in"
	TargetsLeftOut    TargetFilter = "out"
	TargetsPrivileged TargetFilter = "privileged"
	TargetsManagers   TargetFilter = "managers"
	TargetsOwners     TargetFilter = "owners"
	TargetsRecent     TargetFilter = "recent"
	TargetsUnended    TargetFilter = "unended"
)

// TargetFilters lists them in the order of pages.
var TargetFilters = []TargetFilter{
	TargetsAll, TargetsIn, TargetsLeftOut, TargetsPrivileged, TargetsManagers, TargetsOwners, TargetsRecent, TargetsUnended,
}

func (f TargetFilter) flag() int64 {
	switch f {
	case TargetsPrivileged:
		return models.FlagPrivileged
	case TargetsManagers:
		return models.FlagManages
	case TargetsOwners:
		return models.FlagOwns
	case TargetsRecent:
		return models.FlagRecent
	case TargetsUnended:
		return models.FlagUnended
	case TargetsAll, TargetsIn, TargetsLeftOut:
	}
	return 0
}

// TargetQuery says which people of a list, and which page of them, in its order.
type TargetQuery struct {
	Filter TargetFilter
	After  int64 // position of the last one on the page before
	Back   int64 // position of the first one on the page behind; pages backward
	Limit  int   // 0: 50
}

// Target is a person of a frozen list as pages show them.
type Target struct {
	models.OperationTarget
	PublicID     string
	Email        string
	Username     string
	Department   string // "": none
	Status       models.Status
	LastSignInAt models.Instant
	NewManager   string // name; "": not settled
}

// TargetPage is one page of a list. Next and Prev are 0 where it ends.
type TargetPage struct {
	Rows []Target
	Next int64
	Prev int64
}

// Targets gives people of a frozen list.
func (e *Engine) Targets(ctx context.Context, tenant int64, op models.Operation, q TargetQuery) (TargetPage, error) {
	limit := limited(q.Limit)
	rows, err := selectTargets(ctx, e.Store.Read(tenant), op.ID, q, limit+1)
	if err != nil || len(rows) == 0 {
		return TargetPage{}, err
	}
	more := len(rows) > limit
	if q.Back > 0 {
		if more {
			rows = rows[1:]
		}
		return TargetPage{Rows: rows, Prev: first(rows, more), Next: rows[len(rows)-1].Position}, nil
	}
	if more {
		rows = rows[:limit]
	}
	p := TargetPage{Rows: rows, Prev: first(rows, q.After > 0)}
	if more {
		p.Next = rows[limit-1].Position
	}
	return p, nil
}

func first(rows []Target, when bool) int64 {
	if !when {
		return 0
	}
	return rows[0].Position
}

// EachTarget gives the whole list to fn, in its order.
func (e *Engine) EachTarget(ctx context.Context, actor models.Actor, op models.Operation, fn func(Target) error) error {
	if !actor.Can.Has(models.OperationsRead) {
		return errs.Denied(models.OperationsRead.Key(), "Reading operations needs the permission %s.", models.OperationsRead.Key())
	}
	for after := int64(0); ; {
		rows, err := selectTargets(ctx, e.Store.Read(actor.Tenant), op.ID, TargetQuery{After: after}, ChunkSize)
		if err != nil {
			return err
		}
		for _, t := range rows {
			if err := fn(t); err != nil {
				return err
			}
			after = t.Position
		}
		if len(rows) < ChunkSize {
			return nil
		}
	}
}

// CountStates counts the people acted upon by what became of them.
func (e *Engine) CountStates(ctx context.Context, tenant int64, op models.Operation) (map[models.TargetState]int64, error) {
	return countStates(ctx, e.Store.Read(tenant), op.ID)
}

// CountLosing counts the managers of a plan whose people stay behind.
func (e *Engine) CountLosing(ctx context.Context, tenant int64, op models.Operation) (int64, error) {
	return countLosing(ctx, e.Store.Read(tenant), op.ID, 0)
}

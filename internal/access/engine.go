package access

import (
	"sync"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Limits of what one answer holds.
const (
	CountCap       = 10_001 // counts stop here: show "10,000+" from this value on
	PageSize       = 50     // rows of a page when nobody asks for another size
	MaxPageSize    = 200
	MaxPaths       = 20    // paths listed for one role; more are counted
	MaxAssignments = 2_000 // assignments of one user that are looked at
	minReason      = 10
	maxReason      = 1_000
)

// Engine answers and changes everything about access. It is safe for concurrent use.
type Engine struct {
	db       *store.Store
	closures sync.Map // tenant id -> *tenantClosure
	grants   *grantCache
}

// New makes the engine of one process.
func New(db *store.Store) *Engine {
	return &Engine{db: db, grants: newGrantCache(grantCacheSize)}
}

// RoleRef names a role.
type RoleRef struct {
	ID         int64
	Key        string
	Name       string
	Privileged bool
}

// UserRef names a person.
type UserRef struct {
	ID       int64
	PublicID string
	Name     string
}

// PermissionRef names a permission of an application.
type PermissionRef struct {
	ID          int64
	Application string // key of the application
	Key         string
	Sentence    string
}

// Code gives the permission as forms send it: "ledger/post-entry".
func (p PermissionRef) Code() string { return p.Application + "/" + p.Key }

// State says where an assignment stands at a moment.
type State string

// The states.
const (
	Now     State = "now"
	Future  State = "future"
	Expired State = "expired"
)

// StateAt gives the state of an assignment at a moment. The end is exclusive.
func StateAt(a models.Assignment, now models.Instant) State {
	switch {
	case a.UntilAt <= now:
		return Expired
	case a.FromAt > now:
		return Future
	}
	return Now
}

package directory

import (
	"time"

	"github.com/rollcall/rollcall/models"
)

// View is one of the built-in saved views. It adds its own conditions to the
// other filters of a Query.
type View string

// The built-in views.
const (
	ViewAll        View = ""
	ViewLeaving    View = "leaving"    // leaves within seven days
	ViewDormant    View = "dormant"    // active, not signed in for 90 days
	ViewNoManager  View = "no-manager" // active, not external, manager empty or deactivated
	ViewPrivileged View = "privileged" // holds one of Query.PrivilegedRoleIDs now
	ViewOverdue    View = "overdue"    // leaving date passed, not deactivated
)

// ViewInfo says what a view is called and, in one sentence, whom it shows.
type ViewInfo struct {
	View     View
	Label    string
	Sentence string
}

// Views lists the built-in views in the order of the tabs.
var Views = []ViewInfo{
	{ViewAll, "All", "Everybody in the directory."},
	{ViewLeaving, "Leaving this week", "Leaving date within 7 days, and status Active, Leaving or Suspended."},
	{ViewDormant, "Dormant 90 days", "Active, and last sign-in more than 90 days ago, or never and created more than 90 days ago."},
	{ViewNoManager, "No manager", "Active, not External, and the manager is empty or deactivated."},
	{ViewPrivileged, "Privileged", "Holds, by any path, a role marked privileged."},
	{ViewOverdue, "Past leaving date", "Leaving date passed, and not deactivated. Rollcall refuses them since that day; their roles still stand."},
}

// Sort says in which order a list stands.
type Sort string

// The orders. Each ends with the id, so that it is total.
const (
	SortName    Sort = "name"
	SortSignIn  Sort = "signin"
	SortCreated Sort = "created"
)

// The page sizes.
const (
	DefaultLimit = 50
	maxLimit     = 100
)

// Limits lists the page sizes a person may choose.
var Limits = []int{25, DefaultLimit, maxLimit}

// AttributeFilter keeps people whose local attribute has exactly this value.
type AttributeFilter struct{ Key, Value string }

// Query says which people, in which order, and which page of them. The zero
// Query is everybody by name. All filters must hold; inside a list, any value.
type Query struct {
	Text     string // words, each the beginning of a word of name, username or e-mail; a word with @ is the beginning of the e-mail
	View     View
	Statuses []models.Status

	RoleIDs           []int64 // holds any of these now, with the start and end of the assignment
	PrivilegedRoleIDs []int64 // for ViewPrivileged: every privileged role and every role that contains one

	Providers     []string // "": people without a provider
	DepartmentIDs []int64  // 0: people without a department
	ManagerID     int64
	NoManager     bool
	External      *bool
	Pending       bool // signed in by rule and wait to be let in

	SignedInAfter  models.Instant
	SignedInBefore models.Instant // never is not before anything
	NeverSignedIn  bool
	CreatedAfter   models.Instant
	CreatedBefore  models.Instant
	LeavingBefore  models.Instant // has a leaving date, before this moment

	Attributes []AttributeFilter

	Sort     Sort // "": SortName
	Desc     bool
	Limit    int    // 0: DefaultLimit
	Cursor   string // from Page.Next or Page.Prev
	Backward bool   // Cursor is from Page.Prev
}

// Row is one person in a list.
type Row struct {
	ID             int64
	PublicID       string
	DisplayName    string
	Username       string
	Email          string
	Title          string
	DepartmentID   int64
	DepartmentName string // "" when none
	ManagerID      int64  // Names gives the name
	External       bool
	Provider       string // key, "" when none
	Status         models.Status
	StatusSince    models.Instant
	LeavingAt      models.Instant
	PendingSince   models.Instant
	LastSignInAt   models.Instant
	CreatedAt      models.Instant
	SortName       string
}

// Page is one page of a list. Next and Prev are "" where the list ends.
type Page struct {
	Rows []Row
	Next string
	Prev string
}

// Exact is a person found by one exact value; By says which: "e-mail",
// "username", "subject", "ID" or "external ID".
type Exact struct {
	Row
	By string
}

// Facet is one value of a field with the number of people who have it. Capped
// means at least that many.
type Facet struct {
	Value  string // status, department id in decimal, provider key
	Label  string
	Count  int
	Capped bool
}

// FacetField is a field that Facets can count.
type FacetField string

// The fields with facets.
const (
	FacetStatus     FacetField = "status"
	FacetDepartment FacetField = "department"
	FacetProvider   FacetField = "provider"
)

// CountCap is the largest number Count counts to.
const CountCap = 10_000

const (
	weekAhead   = 7 * 24 * time.Hour
	dormantTime = 90 * 24 * time.Hour
)

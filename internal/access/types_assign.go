package access

import (
	"github.com/rollcall/rollcall/models"
)

// Path is one way by which a role or permission reaches a person.
type Path struct {
	AssignmentID int64
	Source       models.Source
	SourceRef    string
	Via          []RoleRef // the roles it comes through, the assigned one first; empty: assigned itself
	From         models.Instant
	Until        models.Instant
	State        State
	Reason       string
	GrantedByID  int64
	GrantedBy    string
	CreatedAt    models.Instant
	Removable    bool // Unassign takes exactly this path away
}

// ClaimSource is the provider's claim behind an assignment.
type ClaimSource struct {
	Provider string
	Claim    string
	Value    string
}

// HeldRole is a role a person holds, held or will hold, with every path to it.
type HeldRole struct {
	Role        RoleRef
	Sentence    string
	Application string
	State       State // the best of its paths
	Paths       []Path
	MorePaths   int // beyond MaxPaths
}

// EffectivePermission is a permission a person has now, with every path to it.
// The last role of a path is the one that holds the permission.
type EffectivePermission struct {
	PermissionRef
	Paths     []Path
	MorePaths int
}

// Remains says what a person keeps when one assignment goes.
type Remains struct {
	User       UserRef
	Role       RoleRef
	Assignment models.Assignment
	Paths      []Path // by which the person still holds the same role
	Lost       []PermissionRef
	LostMore   int       // beyond what is listed
	LostRoles  []RoleRef // the role and the contained ones that go with it
}

// AssignmentView is one assignment with its names.
type AssignmentView struct {
	models.Assignment
	User       UserRef
	UserStatus models.Status
	Role       RoleRef
	State      State
}

// AssignInput gives a role to a person.
type AssignInput struct {
	UserID       int64 // or
	UserPublicID string
	RoleKey      string
	Reason       string
	From         models.Instant // 0: now
	Until        models.Instant // 0: no end
}

// UntilInput moves the end of an assignment.
type UntilInput struct {
	AssignmentID int64
	Until        models.Instant // 0: no end
	Reason       string
}

// ClaimRole is one role that a mapping made from a claim of the provider.
type ClaimRole struct {
	RoleKey string
	Claim   string
	Value   string
}

// ClaimInput is what a sign-in says about a person's roles.
type ClaimInput struct {
	UserID   int64
	Provider string
	Roles    []ClaimRole
	Unknown  bool // the provider did not say everything (overage): nothing is taken away (OIDC-37)
}

// ClaimResult says what AssignFromClaims did.
type ClaimResult struct {
	Added         []RoleRef
	Removed       []RoleRef
	Kept          int
	UnknownRoles  []string // keys the mapping names and nobody created
	KeptLastAdmin bool     // a role stayed although the claim is gone: its holder is the last admin
}

// LoadRow is one assignment of Load. Zero From is now, zero Until is no end.
type LoadRow struct {
	UserID      int64
	RoleKey     string
	Source      models.Source // "": direct
	SourceRef   string
	Reason      string
	From        models.Instant
	Until       models.Instant
	GrantedByID int64
	GrantedBy   string
	CreatedAt   models.Instant
}

// Ending is an assignment that ends soon.
type Ending struct {
	AssignmentID int64
	User         UserRef
	Role         RoleRef
	Until        models.Instant
}

// EndingPage holds the assignments that end first.
type EndingPage struct {
	Rows []Ending
	More bool
}

// Ask is a question for Can.
type Ask struct {
	Tenant  int64
	UserID  int64
	Epoch   int64 // users.access_epoch
	Version int64 // tenants.access_version, read together with it
	Now     models.Instant
}

// Grant is what a person may do in the console now.
type Grant struct {
	Mask  models.Permission
	Roles []RoleRef      // given to the person and active, privileged first; contained ones are not listed
	Until models.Instant // an assignment begins or ends then
}

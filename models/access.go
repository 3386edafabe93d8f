package models

import "github.com/uptrace/bun"

// ConsoleApplication is the key of the application that stands for Rollcall itself.
const ConsoleApplication = "rollcall"

// Keys of the built-in roles.
const (
	RoleAdmin    = "rollcall.admin"
	RoleHelpdesk = "rollcall.helpdesk"
	RoleManager  = "rollcall.manager"
	RoleAuditor  = "rollcall.auditor"
	RoleEmployee = "rollcall.employee"
)

// Application is a system people have access to.
type Application struct {
	bun.BaseModel `bun:"table:applications,alias:app"`

	ID       int64  `bun:",pk,autoincrement" class:"public"`
	TenantID int64  `class:"public"`
	Key      string `bun:"application_key" class:"public"`
	Name     string `class:"public"`
	BuiltIn  bool   `class:"public"`
}

// AppPermission is one thing an application lets a person do. The console's own
// are kept here too, under ConsoleApplication.
type AppPermission struct {
	bun.BaseModel `bun:"table:permissions,alias:p"`

	ID            int64  `bun:",pk,autoincrement" class:"public"`
	TenantID      int64  `class:"public"`
	ApplicationID int64  `class:"public"`
	Key           string `bun:"permission_key" class:"public"`
	Sentence      string `class:"public"`
}

// Role holds permissions and other roles, and belongs to an application.
type Role struct {
	bun.BaseModel `bun:"table:roles,alias:r"`

	ID            int64   `bun:",pk,autoincrement" class:"public"`
	TenantID      int64   `class:"public"`
	ApplicationID int64   `class:"public"`
	Key           string  `bun:"role_key" class:"public"`
	Name          string  `class:"public"`
	Sentence      string  `class:"public"` // what it lets a person do; required
	Privileged    bool    `class:"public"`
	BuiltIn       bool    `class:"public"`
	MaxDays       int64   `class:"public"` // longest assignment in days; 0: no limit
	Version       int64   `class:"public"`
	CreatedAt     Instant `class:"public"`
	UpdatedAt     Instant `class:"public"`
}

// RolePermission says that a role holds a permission.
type RolePermission struct {
	bun.BaseModel `bun:"table:role_permissions,alias:rp"`

	TenantID     int64 `bun:",pk" class:"public"`
	RoleID       int64 `bun:",pk" class:"public"`
	PermissionID int64 `bun:",pk" class:"public"`
}

// RoleChild says that Parent contains Child: who holds Parent holds Child.
type RoleChild struct {
	bun.BaseModel `bun:"table:role_children,alias:rc"`

	TenantID int64 `bun:",pk" class:"public"`
	ParentID int64 `bun:",pk" class:"public"`
	ChildID  int64 `bun:",pk" class:"public"`
}

// Source says by which path an assignment came.
type Source string

// The paths that exist. SourceRef of the assignment names the thing behind it.
const (
	SourceDirect    Source = "direct"    // a person gave it
	SourceClaim     Source = "claim"     // mapped from a provider's claim; ref is provider/claim=value
	SourceBootstrap Source = "bootstrap" // the first admin
)

// Assignment gives a role to a user.
type Assignment struct {
	bun.BaseModel `bun:"table:assignments,alias:a"`

	ID          int64   `bun:",pk,autoincrement" class:"public"`
	TenantID    int64   `class:"public"`
	UserID      int64   `class:"public"`
	RoleID      int64   `class:"public"`
	Source      Source  `class:"public"`
	SourceRef   string  `class:"public"`
	Reason      string  `class:"personal"`
	FromAt      Instant `class:"public"`
	UntilAt     Instant `class:"public"` // Forever: no end
	GrantedByID int64   `class:"public"`
	GrantedBy   string  `class:"personal"`
	CreatedAt   Instant `class:"public"`
}

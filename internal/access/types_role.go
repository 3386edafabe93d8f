package access

import (
	"fmt"

	"github.com/rollcall/rollcall/models"
)

// ApplicationRef names an application.
type ApplicationRef struct {
	ID   int64
	Key  string
	Name string
}

// ApplicationRow is an application in a list.
type ApplicationRow struct {
	models.Application
	Roles       int
	Permissions int
}

// RoleFilter narrows and pages a list of roles.
type RoleFilter struct {
	Search      string // any part of name, key or sentence
	Application string // key; "" for all
	Privileged  bool   // only roles that are privileged or contain one that is
	After       string // RolePage.Next of the page before
	Limit       int    // 0: PageSize
	Uncounted   bool   // leave out the numbers of holders: for choices
}

// RoleRow is a role in a list.
type RoleRow struct {
	models.Role
	Application ApplicationRef
	Reaches     bool              // privileged, itself or through a role it contains
	Mask        models.Permission // the console permissions it gives, contained roles included
	Holders     int               // people who hold it now by any path, at most CountCap
	Direct      int               // people it was given to, at most CountCap
}

// Ref gives the role's name.
func (r RoleRow) Ref() RoleRef { return roleRef(r.Role) }

// Grantable reports whether somebody who may do can may give this role to others.
func (r RoleRow) Grantable(can models.Permission) bool {
	return roleFacts{role: r.Role, mask: r.Mask, privileged: r.Reaches}.refuse(can) == nil
}

// RolePage is one page of roles, by name.
type RolePage struct {
	Rows []RoleRow
	Next string // "" on the last page
}

// RolePermission is a permission a role gives.
type RolePermission struct {
	PermissionRef
	Via []RoleRef // the contained roles it comes through, nearest first; empty: the role's own
}

// RoleDetail is everything about one role but its holders.
type RoleDetail struct {
	RoleRow
	Permissions     []RolePermission
	MorePermissions int       // beyond what is listed
	Children        []RoleRef // roles it contains
	Parents         []RoleRef // roles that contain it
}

// RoleInput is the form of a role. Application and Key are read when it is created.
type RoleInput struct {
	Key         string // "": made from application and name
	Application string
	Name        string
	Sentence    string
	Privileged  bool
	MaxDays     int64
	Permissions []string // "application/key"
	Children    []string // role keys
	Reason      string   // required to edit
	Version     int64    // of the role that was edited
}

// StaleRole is the cause of the Conflict when a role changed since the form was opened.
type StaleRole struct {
	Yours     RoleInput
	Theirs    RoleDetail
	ChangedBy string
	ChangedAt models.Instant
}

// Error describes the conflict for the log.
func (s *StaleRole) Error() string {
	return fmt.Sprintf("role %d: version %d was edited, %d is stored", s.Theirs.ID, s.Yours.Version, s.Theirs.Version)
}

// ApplicationInput is the form of an application.
type ApplicationInput struct {
	Key  string
	Name string
}

// PermissionInput is the form of a permission of an application.
type PermissionInput struct {
	Application string
	Key         string
	Sentence    string
}

// HolderFilter pages the people who hold a role.
type HolderFilter struct {
	After string
	Limit int // 0: PageSize
}

// Holder is a person who holds a role, with every path.
type Holder struct {
	User   UserRef
	Email  string
	Status models.Status
	Paths  []Path
}

// HolderPage is one page of holders, by name.
type HolderPage struct {
	Rows []Holder
	Next string
}

func roleRef(r models.Role) RoleRef {
	return RoleRef{ID: r.ID, Key: r.Key, Name: r.Name, Privileged: r.Privileged}
}

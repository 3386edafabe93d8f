package models

// Permission is one thing the console lets a person do. Application permissions
// are rows (AppPermission); these are the console's own, so that a decision is
// one AND of two words.
type Permission uint64

// The console's permissions. The bit is only used in memory, the database
// stores the key; the order may change, a key never.
const (
	AttentionRead Permission = 1 << iota
	UsersRead
	UsersUnmask
	UsersCreate
	UsersEdit
	UsersSuspend
	UsersDeactivate
	UsersExport
	SessionsEnd
	AttributesEdit
	RolesRead
	RolesEdit
	RolesAssign
	RolesAssignPrivileged
	TeamRead
	AuditRead
	AuditReadOwn
	AuditExport
	TenantAdminister
	ConnectorsRead
	ConnectorsEdit
	SyncRead
	SyncRun
	LinksRead
	LinksEdit
	AccountsUnlock
	OperationsRead
	OperationsApprove
	permissionEnd
)

// AllPermissions is the mask that holds everything.
const AllPermissions = permissionEnd - 1

// PrivilegedPermissions let a person hand out everything. A role that gains one
// is as sensitive as a privileged role.
const PrivilegedPermissions = RolesAssignPrivileged | TenantAdminister

// PermissionInfo says what a permission is called and what it lets a person do.
type PermissionInfo struct {
	Permission Permission
	Key        string
	Sentence   string
}

// Permissions lists all console permissions: key for the database and the
// pages, sentence for people.
var Permissions = []PermissionInfo{
	{AttentionRead, "attention.read", "See what needs a person"},
	{UsersRead, "users.read", "Find people and open their page"},
	{UsersUnmask, "users.unmask", "See masked fields without asking"},
	{UsersCreate, "users.create", "Create and invite people"},
	{UsersEdit, "users.edit", "Edit people's fields"},
	{UsersSuspend, "users.suspend", "Suspend people and lift a suspension"},
	{UsersDeactivate, "users.deactivate", "Deactivate and reactivate people"},
	{UsersExport, "users.export", "Export people"},
	{SessionsEnd, "sessions.end", "End other people's sessions"},
	{AttributesEdit, "attributes.edit", "Define local attributes"},
	{RolesRead, "roles.read", "See roles and who holds them"},
	{RolesEdit, "roles.edit", "Create and change roles"},
	{RolesAssign, "roles.assign", "Assign and remove roles"},
	{RolesAssignPrivileged, "roles.assign-privileged", "Assign and remove privileged roles"},
	{TeamRead, "team.read", "See own reports and their access"},
	{AuditRead, "audit.read", "Read the audit log"},
	{AuditReadOwn, "audit.read-own", "Read the audit log of own acts"},
	{AuditExport, "audit.export", "Export the audit log"},
	{ConnectorsRead, "connectors.read", "See connected systems and their health"},
	{ConnectorsEdit, "connectors.edit", "Connect systems, change and pause them"},
	{SyncRead, "sync.read", "See what differs between Rollcall and its sources"},
	{SyncRun, "sync.run", "Run syncs, answer safety stops and resolve differences"},
	{LinksRead, "links.read", "See linked accounts and likely duplicates"},
	{LinksEdit, "links.edit", "Link, merge and split people"},
	{AccountsUnlock, "accounts.unlock", "Unlock accounts that wrong passwords locked"},
	{OperationsRead, "operations.read", "See operations, their steps and their certificates"},
	{OperationsApprove, "operations.approve", "Approve operations that somebody else asks for"},
	{TenantAdminister, "tenant.administer", "Administer this installation; the last who can is protected"},
}

// Has reports whether every bit of want is held.
func (p Permission) Has(want Permission) bool { return p&want == want }

// Any reports whether at least one bit of want is held.
func (p Permission) Any(want Permission) bool { return p&want != 0 }

// Key gives the key of a single permission, or "" for a mask of several.
func (p Permission) Key() string {
	for _, i := range Permissions {
		if i.Permission == p {
			return i.Key
		}
	}
	return ""
}

// PermissionByKey gives the permission of a key.
func PermissionByKey(key string) (Permission, bool) {
	for _, i := range Permissions {
		if i.Key == key {
			return i.Permission, true
		}
	}
	return 0, false
}

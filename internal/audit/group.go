package audit

import "github.com/rollcall/rollcall/models"

// Group is a set of actions people filter by.
type Group string

// The groups.
const (
	GroupSignIn     Group = "signin"
	GroupRoles      Group = "roles"
	GroupAccess     Group = "access"
	GroupLifecycle  Group = "lifecycle"
	GroupSettings   Group = "settings"
	GroupSystem     Group = "system"
	GroupSync       Group = "sync"
	GroupOperations Group = "operations"
)

// GroupInfo says what a group is called and what belongs to it.
type GroupInfo struct {
	Group   Group
	Label   string
	Actions []models.Action
}

// Groups lists all groups in the order pages show them. Every action belongs to
// exactly one.
var Groups = []GroupInfo{
	{GroupSignIn, "Sign-in", []models.Action{
		models.SignInDone, models.SignInRefused, models.SignOutDone, models.SessionEnd, models.SessionEndAll,
		models.GrantRefused, models.GrantRevoked,
		models.StepUpDone, models.StepUpRefused, models.StepUpEnd,
	}},
	{GroupRoles, "Roles", []models.Action{
		models.RoleAssign, models.RoleUnassign, models.RoleUntil, models.RoleExpire, models.RoleAssignDenied,
		models.RoleCreate, models.RoleEdit, models.RoleRemove,
	}},
	{GroupAccess, "Access to data", []models.Action{
		models.AccessRefused, models.UserReveal, models.UserExport, models.AuditSearch, models.AuditExported,
	}},
	{GroupLifecycle, "Lifecycle", []models.Action{
		models.UserCreate, models.UserCreateJIT, models.UserInvite, models.UserEdit, models.UserClaims,
		models.UserApprove, models.UserActivate, models.UserSuspend, models.UserResume, models.UserDeactivate,
		models.UserCreateSync, models.AccountMissing, models.AccountBack, models.AccountWrite, models.DriftTake, models.DriftPush,
		models.UserReactivate, models.UserLeaving, models.IdentityLink, models.IdentityUnlink,
		models.LinkSuggest, models.LinkWithdraw, models.LinkAsk, models.LinkReject, models.LinkProve, models.LinkMerge, models.LinkSplit,
		models.AccountLink, models.AccountUnlink,
		models.UserUnlock, models.AccountDisable, models.AccountEnable, models.AccountEndSessions, models.AccountRevokeGrants,
		models.AccountUnlock, models.AccountUnproven, models.AccountNothing, models.TokensRevoke,
	}},
	{GroupOperations, "Operations", []models.Action{
		models.OperationPlan, models.OperationRequest, models.OperationApprove, models.OperationReject, models.OperationAsk, models.OperationAnswer, models.OperationCancel, models.OperationExpire,
		models.OperationLeaveOut, models.OperationTakeIn, models.OperationSettle, models.OperationStart, models.OperationCut, models.OperationRefuseRow, models.OperationPause, models.OperationResume, models.OperationRetry, models.OperationStop,
		models.OperationEnd, models.OperationProbe, models.OperationRemove, models.OperationUndo, models.CertificateIssue, models.CertificateKey, models.SelectionList,
	}},
	{GroupSettings, "Settings", []models.Action{
		models.AttributeSet, models.AttributeDrop, models.ApplicationCreate, models.PermissionAdd,

		models.ConnectorCreate, models.ConnectorEdit, models.ConnectorSecret, models.ConnectorTest,
		models.ConnectorEnable, models.ConnectorPause, models.ConnectorDelete,
	}},
	{GroupSync, "Sync", []models.Action{
		models.SyncStart, models.SyncStop, models.SyncResume, models.SyncCancel, models.SyncPause, models.SyncUnpause, models.DriftIgnore,
	}},
	{GroupSystem, "System", []models.Action{models.TenantCreate, models.FirstAdminClaim, models.RoleBuiltIn, models.Seeded, models.KeyRotate}},
}

var actionsOf, groupOf = byGroup()

func byGroup() (map[Group][]models.Action, map[models.Action]Group) {
	of, group := map[Group][]models.Action{}, map[models.Action]Group{}
	for _, g := range Groups {
		of[g.Group] = g.Actions
		for _, a := range g.Actions {
			group[a] = g.Group
		}
	}
	return of, group
}

// GroupOf gives the group of an action.
func GroupOf(a models.Action) Group { return groupOf[a] }

// ParseGroup reads a group from an address.
func ParseGroup(s string) (Group, bool) {
	_, ok := actionsOf[Group(s)]
	return Group(s), ok
}

// KnownAction reads an action from an address.
func KnownAction(s string) (models.Action, bool) {
	_, ok := groupOf[models.Action(s)]
	return models.Action(s), ok
}

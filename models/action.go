package models

// Action is what happened, as a closed word. The sentence a person reads is
// made from it in package audit; a test there refuses an action without one.
type Action string

// Sign-in and sessions.
const (
	SignInDone      Action = "signin.done"
	SignInRefused   Action = "signin.refused"
	SignOutDone     Action = "signout.done"
	SessionEnd      Action = "session.end"
	SessionEndAll   Action = "session.end-all"
	AccessRefused   Action = "access.refused"
	FirstAdminClaim Action = "tenant.first-admin"
	GrantRefused    Action = "grant.refused" // a provider no longer vouches for somebody signed in
	GrantRevoked    Action = "grant.revoked" // tokens that Rollcall held were taken back
	StepUpDone      Action = "stepup.done"
	StepUpRefused   Action = "stepup.refused"
	StepUpEnd       Action = "stepup.end"
)

// People.
const (
	UserCreate     Action = "user.create"
	UserCreateJIT  Action = "user.create-by-rule"
	UserInvite     Action = "user.invite"
	UserEdit       Action = "user.edit"
	UserClaims     Action = "user.claims"
	UserApprove    Action = "user.approve"
	UserActivate   Action = "user.activate"
	UserSuspend    Action = "user.suspend"
	UserResume     Action = "user.resume"
	UserDeactivate Action = "user.deactivate"
	UserReactivate Action = "user.reactivate"
	UserLeaving    Action = "user.leaving"
	UserReveal     Action = "user.reveal"
	UserExport     Action = "user.export"
	IdentityLink   Action = "identity.link"
	IdentityUnlink Action = "identity.unlink"
	AttributeSet   Action = "attribute.define"
	AttributeDrop  Action = "attribute.remove"
)

// One person, several records.
const (
	LinkSuggest   Action = "link.suggest"
	LinkWithdraw  Action = "link.withdraw" // a suggestion whose evidence is gone, or a request taken back
	LinkAsk       Action = "link.ask"
	LinkReject    Action = "link.reject"
	LinkProve     Action = "link.prove"
	LinkMerge     Action = "link.merge"
	LinkSplit     Action = "link.split"
	AccountLink   Action = "account.link"
	AccountUnlink Action = "account.unlink"
)

// What was done about people's accounts at connected systems, as it came out.
const (
	UserUnlock          Action = "user.unlock" // asked for
	AccountDisable      Action = "account.disable"
	AccountEnable       Action = "account.enable"
	AccountEndSessions  Action = "account.end-sessions"
	AccountRevokeGrants Action = "account.revoke-grants"
	AccountUnlock       Action = "account.unlock"
	AccountUnproven     Action = "account.unproven" // asked for, and nobody can say whether it happened
	AccountNothing      Action = "account.nothing"  // there was nothing to do, or it was left out
	TokensRevoke        Action = "tokens.revoke"
)

// Roles.
const (
	RoleCreate       Action = "role.create"
	RoleEdit         Action = "role.edit"
	RoleRemove       Action = "role.remove"
	RoleAssign       Action = "role.assign"
	RoleUnassign     Action = "role.unassign"
	RoleExpire       Action = "role.expire"
	RoleAssignDenied Action = "role.assign-denied"
	RoleUntil        Action = "role.until"    // the end of an assignment was moved
	RoleBuiltIn      Action = "role.built-in" // roles and permissions that come with the product were put in place

	ApplicationCreate Action = "application.create"
	PermissionAdd     Action = "application.add-permission"
)

// Syncing.
const (
	SyncStart      Action = "sync.start"
	SyncStop       Action = "sync.stop" // the guard stopped a run
	SyncResume     Action = "sync.resume"
	SyncCancel     Action = "sync.cancel"
	SyncPause      Action = "sync.pause"
	SyncUnpause    Action = "sync.unpause"
	UserCreateSync Action = "user.create-by-sync"
	AccountMissing Action = "account.missing"
	AccountBack    Action = "account.back"
	AccountWrite   Action = "account.write" // our value was written to a system and read back
	DriftTake      Action = "drift.take"
	DriftPush      Action = "drift.push"
	DriftIgnore    Action = "drift.ignore"
)

// The log and the installation.
const (
	AuditSearch   Action = "audit.search"
	AuditExported Action = "audit.export"
	TenantCreate  Action = "tenant.create"
	Seeded        Action = "tenant.seed"
	KeyRotate     Action = "tenant.rotate-keys"
)

// Connectors.
const (
	ConnectorCreate Action = "connector.create"
	ConnectorEdit   Action = "connector.edit"
	ConnectorSecret Action = "connector.secret"
	ConnectorTest   Action = "connector.test"
	ConnectorEnable Action = "connector.enable"
	ConnectorPause  Action = "connector.pause"
	ConnectorDelete Action = "connector.delete"
)

// Operations, and the certificates about them. Each person an operation cuts off,
// lets in again or takes roles from has an event of their own as well.
const (
	OperationPlan      Action = "operation.plan"
	OperationRequest   Action = "operation.request"
	OperationApprove   Action = "operation.approve"
	OperationReject    Action = "operation.reject"
	OperationAsk       Action = "operation.ask"
	OperationAnswer    Action = "operation.answer"
	OperationCancel    Action = "operation.cancel"
	OperationExpire    Action = "operation.expire"
	OperationLeaveOut  Action = "operation.leave-out"
	OperationTakeIn    Action = "operation.take-in"
	OperationSettle    Action = "operation.settle"
	OperationStart     Action = "operation.start"
	OperationCut       Action = "operation.cut"
	OperationRefuseRow Action = "operation.refuse-row"
	OperationPause     Action = "operation.pause"
	OperationResume    Action = "operation.resume"
	OperationRetry     Action = "operation.retry"
	OperationStop      Action = "operation.stop"
	OperationEnd       Action = "operation.end"
	OperationProbe     Action = "operation.probe"
	OperationRemove    Action = "operation.remove"
	OperationUndo      Action = "operation.undo"
	CertificateIssue   Action = "certificate.issue"
	CertificateKey     Action = "certificate.key"
	SelectionList      Action = "selection.list"
)

package audit

import (
	"maps"

	"github.com/rollcall/rollcall/models"
)

// wording is how one action reads. Each text is a whole sentence; several are
// separated by " | ", and the first whose names the event has is taken. The last
// one needs no name but the actor's.
type wording struct {
	label   string // in lists of filters
	done    string
	refused string // the rules said no
	failed  string // something broke
	self    string // done, when the actor is the person it happened to; "": as done
}

// wordings holds every action; a test refuses a new one without.
var wordings = together(general, ofAccounts, ofOperations)

func together(parts ...map[models.Action]wording) map[models.Action]wording {
	all := map[models.Action]wording{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// general are the actions of people, roles, the log and the installation.
var general = map[models.Action]wording{
	models.SignInDone: {
		label:   "Signed in",
		done:    "{target} signed in | {actor} signed in",
		refused: "The sign-in of {target} was refused | A sign-in was refused",
		failed:  "The sign-in of {target} failed | A sign-in failed",
	},
	models.SignInRefused: {
		label:   "Sign-in refused",
		done:    "The sign-in of {target} was refused | A sign-in was refused",
		refused: "The sign-in of {target} was refused | A sign-in was refused",
		failed:  "The sign-in of {target} failed | A sign-in failed",
	},
	models.SignOutDone: {
		label:   "Signed out",
		done:    "{actor} signed out",
		refused: "{actor} tried to sign out; it was refused",
		failed:  "{actor} tried to sign out; it failed",
	},
	models.SessionEnd: {
		label:   "Session ended",
		done:    "{actor} ended a session of {target} | {actor} ended a session",
		refused: "{actor} tried to end a session of {target}; it was refused | {actor} tried to end a session; it was refused",
		failed:  "{actor} tried to end a session of {target}; it failed | {actor} tried to end a session; it failed",
		self:    "{actor} ended one of their own sessions",
	},
	models.SessionEndAll: {
		label:   "All sessions ended",
		done:    "{actor} ended all sessions of {target} | {actor} ended all sessions",
		refused: "{actor} tried to end all sessions of {target}; it was refused | {actor} tried to end all sessions; it was refused",
		failed:  "{actor} tried to end all sessions of {target}; it failed | {actor} tried to end all sessions; it failed",
		self:    "{actor} ended all their own sessions",
	},
	models.AccessRefused: {
		label:   "Access refused",
		done:    "{actor} was refused access to {target} | {actor} was refused access to a page",
		refused: "{actor} was refused access to {target} | {actor} was refused access to a page",
		failed:  "{actor} could not reach {target} | {actor} could not reach a page",
	},
	models.FirstAdminClaim: {
		label:   "First admin",
		done:    "{target} became the first admin | {actor} became the first admin",
		refused: "{actor} tried to become the first admin; it was refused",
		failed:  "{actor} tried to become the first admin; it failed",
	},

	models.StepUpDone: {
		label:   "Proved themselves anew",
		done:    "{actor} signed in anew at the provider for a sensitive act",
		refused: "{actor} tried to sign in anew for a sensitive act; it was refused",
		failed:  "{actor} tried to sign in anew for a sensitive act; it failed",
	},
	models.StepUpRefused: {
		label:   "Fresh sign-in refused",
		done:    "A fresh sign-in of {target} for a sensitive act was refused | A fresh sign-in for a sensitive act was refused",
		refused: "A fresh sign-in of {target} for a sensitive act was refused | A fresh sign-in for a sensitive act was refused",
		failed:  "A fresh sign-in of {target} for a sensitive act failed | A fresh sign-in for a sensitive act failed",
	},
	models.StepUpEnd: {
		label:   "Sensitive acts closed",
		done:    "Sensitive acts closed again for {target} | Sensitive acts closed again",
		refused: "{actor} tried to close sensitive acts; it was refused",
		failed:  "{actor} tried to close sensitive acts; it failed",
		self:    "{actor} closed sensitive acts for their own session",
	},

	models.GrantRefused: {
		label:   "No longer vouched for",
		done:    "{object} no longer vouches for {target} | A provider no longer vouches for {target} | A provider no longer vouches for somebody signed in",
		refused: "{object} no longer vouches for {target} | A provider no longer vouches for {target} | A provider no longer vouches for somebody signed in",
		failed:  "{object} could not be asked about {target} | A provider could not be asked about {target} | A provider could not be asked about somebody signed in",
	},
	models.GrantRevoked: {
		label:   "Held token taken back",
		done:    "{actor} took back its token of {target} at {object} | {actor} took back its token of {target} | {actor} took back a token it held",
		refused: "{object} refused to take back the token that {actor} held of {target} | A provider refused to take back a token that {actor} held",
		failed:  "Taking back the token of {target} at {object} failed | Taking back a token of {target} failed | Taking back a token failed",
	},

	models.UserCreate: {
		label:   "Person created",
		done:    "{actor} created a record for {target} | {actor} created a record",
		refused: "{actor} tried to create a record for {target}; it was refused | {actor} tried to create a record; it was refused",
		failed:  "{actor} tried to create a record for {target}; it failed | {actor} tried to create a record; it failed",
	},
	models.UserCreateJIT: {
		label:   "Person created by rule",
		done:    "{target} was created by rule at the first sign-in | A person was created by rule at the first sign-in",
		refused: "{target} was not created at the first sign-in: the rule refused it | A person was not created at the first sign-in: the rule refused it",
		failed:  "Creating {target} at the first sign-in failed | Creating a person at the first sign-in failed",
	},
	models.UserInvite: {
		label:   "Person invited",
		done:    "{actor} invited {target} | {actor} invited a person",
		refused: "{actor} tried to invite {target}; it was refused | {actor} tried to invite a person; it was refused",
		failed:  "{actor} tried to invite {target}; it failed | {actor} tried to invite a person; it failed",
	},
	models.UserEdit: {
		label:   "Person edited",
		done:    "{actor} edited {target} | {actor} edited a person",
		refused: "{actor} tried to edit {target}; it was refused | {actor} tried to edit a person; it was refused",
		failed:  "{actor} tried to edit {target}; it failed | {actor} tried to edit a person; it failed",
		self:    "{actor} edited their own record",
	},
	models.UserClaims: {
		label:   "Fields taken from the provider",
		done:    "Fields of {target} were taken from the provider | Fields of a person were taken from the provider",
		refused: "Fields of {target} were not taken from the provider: a rule refused it | Fields of a person were not taken from the provider: a rule refused it",
		failed:  "Taking fields of {target} from the provider failed | Taking fields of a person from the provider failed",
	},
	models.UserApprove: {
		label:   "Person let in",
		done:    "{actor} let {target} in | {actor} let a person in",
		refused: "{actor} tried to let {target} in; it was refused | {actor} tried to let a person in; it was refused",
		failed:  "{actor} tried to let {target} in; it failed | {actor} tried to let a person in; it failed",
	},
	models.UserActivate: {
		label:   "Person activated",
		done:    "{actor} activated {target} | {actor} activated a person",
		refused: "{actor} tried to activate {target}; it was refused | {actor} tried to activate a person; it was refused",
		failed:  "{actor} tried to activate {target}; it failed | {actor} tried to activate a person; it failed",
		self:    "{actor} became active at the first sign-in",
	},
	models.UserSuspend: {
		label:   "Person suspended",
		done:    "{actor} suspended {target} | {actor} suspended a person",
		refused: "{actor} tried to suspend {target}; it was refused | {actor} tried to suspend a person; it was refused",
		failed:  "{actor} tried to suspend {target}; it failed | {actor} tried to suspend a person; it failed",
	},
	models.UserResume: {
		label:   "Suspension lifted",
		done:    "{actor} lifted the suspension of {target} | {actor} lifted a suspension",
		refused: "{actor} tried to lift the suspension of {target}; it was refused | {actor} tried to lift a suspension; it was refused",
		failed:  "{actor} tried to lift the suspension of {target}; it failed | {actor} tried to lift a suspension; it failed",
	},
	models.UserDeactivate: {
		label:   "Person deactivated",
		done:    "{actor} deactivated {target} | {actor} deactivated a person",
		refused: "{actor} tried to deactivate {target}; it was refused | {actor} tried to deactivate a person; it was refused",
		failed:  "{actor} tried to deactivate {target}; it failed | {actor} tried to deactivate a person; it failed",
	},
	models.UserReactivate: {
		label:   "Person reactivated",
		done:    "{actor} reactivated {target} | {actor} reactivated a person",
		refused: "{actor} tried to reactivate {target}; it was refused | {actor} tried to reactivate a person; it was refused",
		failed:  "{actor} tried to reactivate {target}; it failed | {actor} tried to reactivate a person; it failed",
	},
	models.UserLeaving: {
		label:   "Leaving date set",
		done:    "{actor} set the leaving date of {target} | {actor} set a leaving date",
		refused: "{actor} tried to set the leaving date of {target}; it was refused | {actor} tried to set a leaving date; it was refused",
		failed:  "{actor} tried to set the leaving date of {target}; it failed | {actor} tried to set a leaving date; it failed",
	},
	models.UserReveal: {
		label:   "Masked data shown",
		done:    "{actor} looked at masked data of {target} | {actor} looked at masked data",
		refused: "{actor} tried to look at masked data of {target}; it was refused | {actor} tried to look at masked data; it was refused",
		failed:  "{actor} tried to look at masked data of {target}; it failed | {actor} tried to look at masked data; it failed",
		self:    "{actor} looked at their own masked data",
	},
	models.UserExport: {
		label:   "People exported",
		done:    "{actor} exported people",
		refused: "{actor} tried to export people; it was refused",
		failed:  "{actor} tried to export people; it failed",
	},
	models.IdentityLink: {
		label:   "Identity linked",
		done:    "{actor} linked an identity to {target} | {actor} linked an identity",
		refused: "{actor} tried to link an identity to {target}; it was refused | {actor} tried to link an identity; it was refused",
		failed:  "{actor} tried to link an identity to {target}; it failed | {actor} tried to link an identity; it failed",
		self:    "{actor} linked an identity to their own record",
	},
	models.IdentityUnlink: {
		label:   "Identity unlinked",
		done:    "{actor} unlinked an identity from {target} | {actor} unlinked an identity",
		refused: "{actor} tried to unlink an identity from {target}; it was refused | {actor} tried to unlink an identity; it was refused",
		failed:  "{actor} tried to unlink an identity from {target}; it failed | {actor} tried to unlink an identity; it failed",
	},
	models.LinkSuggest: {
		label:   "Likely duplicate found",
		done:    "{actor} suggested that {target} and {object} are one person | {actor} suggested that two records are one person",
		refused: "{actor} tried to suggest that {target} and {object} are one person; it was refused | A suggestion was refused",
		failed:  "{actor} tried to suggest that {target} and {object} are one person; it failed | A suggestion failed",
	},
	models.LinkWithdraw: {
		label:   "Likely duplicate withdrawn",
		done:    "{actor} took back that {target} and {object} may be one person | {actor} took back that two records may be one person",
		refused: "{actor} tried to take back that {target} and {object} may be one person; it was refused | Taking back a suggestion was refused",
		failed:  "{actor} tried to take back that {target} and {object} may be one person; it failed | Taking back a suggestion failed",
	},
	models.LinkAsk: {
		label:   "Proof of one person asked",
		done:    "{actor} asked for proof that {target} and {object} are one person | {actor} asked for proof that two records are one person",
		refused: "{actor} tried to ask for proof that {target} and {object} are one person; it was refused | Asking for a proof was refused",
		failed:  "{actor} tried to ask for proof that {target} and {object} are one person; it failed | Asking for a proof failed",
	},
	models.LinkReject: {
		label:   "Duplicate rejected",
		done:    "{actor} decided that {target} and {object} are not to be linked | {actor} decided that two records are not to be linked",
		refused: "{actor} tried to decide that {target} and {object} are not to be linked; it was refused | Rejecting a link was refused",
		failed:  "{actor} tried to decide that {target} and {object} are not to be linked; it failed | Rejecting a link failed",
	},
	models.LinkProve: {
		label:   "Proof of one person",
		done:    "{actor} proved that {object} is theirs | {actor} proved that two records are theirs",
		refused: "The proof of {target} with {object} was refused | The proof of {target} was refused | A proof was refused",
		failed:  "The proof of {target} with {object} failed | A proof failed",
	},
	models.LinkMerge: {
		label:   "People merged",
		done:    "{actor} merged {object} into {target} | {actor} merged two people",
		refused: "{actor} tried to merge {object} into {target}; it was refused | {actor} tried to merge two people; it was refused",
		failed:  "{actor} tried to merge {object} into {target}; it failed | {actor} tried to merge two people; it failed",
	},
	models.LinkSplit: {
		label:   "Merge taken apart",
		done:    "{actor} split {object} from {target} again | {actor} took a merge apart",
		refused: "{actor} tried to split {object} from {target} again; it was refused | {actor} tried to take a merge apart; it was refused",
		failed:  "{actor} tried to split {object} from {target} again; it failed | {actor} tried to take a merge apart; it failed",
	},
	models.AccountLink: {
		label:   "Account linked",
		done:    "{actor} linked the account {object} to {target} | {actor} linked an account to {target} | {actor} linked an account",
		refused: "{actor} tried to link an account to {target}; it was refused | {actor} tried to link an account; it was refused",
		failed:  "{actor} tried to link an account to {target}; it failed | {actor} tried to link an account; it failed",
	},
	models.AccountUnlink: {
		label:   "Account unlinked",
		done:    "{actor} unlinked the account {object} from {target} | {actor} unlinked an account from {target} | {actor} unlinked an account",
		refused: "{actor} tried to unlink an account from {target}; it was refused | {actor} tried to unlink an account; it was refused",
		failed:  "{actor} tried to unlink an account from {target}; it failed | {actor} tried to unlink an account; it failed",
	},
	models.AttributeSet: {
		label:   "Attribute defined",
		done:    "{actor} defined the attribute {target} | {actor} defined an attribute",
		refused: "{actor} tried to define the attribute {target}; it was refused | {actor} tried to define an attribute; it was refused",
		failed:  "{actor} tried to define the attribute {target}; it failed | {actor} tried to define an attribute; it failed",
	},
	models.AttributeDrop: {
		label:   "Attribute removed",
		done:    "{actor} removed the attribute {target} | {actor} removed an attribute",
		refused: "{actor} tried to remove the attribute {target}; it was refused | {actor} tried to remove an attribute; it was refused",
		failed:  "{actor} tried to remove the attribute {target}; it failed | {actor} tried to remove an attribute; it failed",
	},

	models.RoleCreate: {
		label:   "Role created",
		done:    "{actor} created the role {target} | {actor} created a role",
		refused: "{actor} tried to create the role {target}; it was refused | {actor} tried to create a role; it was refused",
		failed:  "{actor} tried to create the role {target}; it failed | {actor} tried to create a role; it failed",
	},
	models.RoleEdit: {
		label:   "Role changed",
		done:    "{actor} changed the role {target} | {actor} changed a role",
		refused: "{actor} tried to change the role {target}; it was refused | {actor} tried to change a role; it was refused",
		failed:  "{actor} tried to change the role {target}; it failed | {actor} tried to change a role; it failed",
	},
	models.RoleRemove: {
		label:   "Role deleted",
		done:    "{actor} deleted the role {target} | {actor} deleted a role",
		refused: "{actor} tried to delete the role {target}; it was refused | {actor} tried to delete a role; it was refused",
		failed:  "{actor} tried to delete the role {target}; it failed | {actor} tried to delete a role; it failed",
	},
	models.RoleAssign: {
		label:   "Role given",
		done:    "{actor} gave role {object} to {target} | {actor} gave {target} a role | {actor} gave a role",
		refused: "{actor} tried to give role {object} to {target}; it was refused | {actor} tried to give {target} a role; it was refused | {actor} tried to give a role; it was refused",
		failed:  "{actor} tried to give role {object} to {target}; it failed | {actor} tried to give {target} a role; it failed | {actor} tried to give a role; it failed",
		self:    "{actor} received role {object} | {actor} received a role",
	},
	models.RoleUnassign: {
		label:   "Role removed from a person",
		done:    "{actor} removed role {object} from {target} | {actor} removed a role from {target} | {actor} removed a role",
		refused: "{actor} tried to remove role {object} from {target}; it was refused | {actor} tried to remove a role from {target}; it was refused | {actor} tried to remove a role; it was refused",
		failed:  "{actor} tried to remove role {object} from {target}; it failed | {actor} tried to remove a role from {target}; it failed | {actor} tried to remove a role; it failed",
		self:    "{actor} gave back role {object} | {actor} gave back a role",
	},
	models.RoleExpire: {
		label:   "Role ended by date",
		done:    "Role {object} of {target} ended on its date | A role of {target} ended on its date | A role ended on its date",
		refused: "Role {object} of {target} did not end on its date: a rule refused it | A role did not end on its date: a rule refused it",
		failed:  "Ending role {object} of {target} on its date failed | Ending a role on its date failed",
	},
	models.RoleAssignDenied: {
		label:   "Giving a role refused",
		done:    "{actor} was refused giving role {object} to {target} | {actor} was refused giving a role",
		refused: "{actor} was refused giving role {object} to {target} | {actor} was refused giving a role",
		failed:  "{actor} could not give role {object} to {target} | {actor} could not give a role",
	},

	models.RoleUntil: {
		label:   "End of a role moved",
		done:    "{actor} moved the end of role {object} of {target} | {actor} moved the end of a role of {target} | {actor} moved the end of a role",
		refused: "{actor} tried to move the end of role {object} of {target}; it was refused | {actor} tried to move the end of a role; it was refused",
		failed:  "{actor} tried to move the end of role {object} of {target}; it failed | {actor} tried to move the end of a role; it failed",
	},
	models.RoleBuiltIn: {
		label:   "Built-in roles put in place",
		done:    "{actor} put the built-in roles of {target} in place | {actor} put the built-in roles in place",
		refused: "{actor} tried to put the built-in roles of {target} in place; it was refused | {actor} tried to put the built-in roles in place; it was refused",
		failed:  "{actor} tried to put the built-in roles of {target} in place; it failed | {actor} tried to put the built-in roles in place; it failed",
	},
	models.ApplicationCreate: {
		label:   "Application created",
		done:    "{actor} created the application {target} | {actor} created an application",
		refused: "{actor} tried to create the application {target}; it was refused | {actor} tried to create an application; it was refused",
		failed:  "{actor} tried to create the application {target}; it failed | {actor} tried to create an application; it failed",
	},
	models.PermissionAdd: {
		label:   "Permission added to an application",
		done:    "{actor} added a permission to {target} | {actor} added a permission to an application",
		refused: "{actor} tried to add a permission to {target}; it was refused | {actor} tried to add a permission to an application; it was refused",
		failed:  "{actor} tried to add a permission to {target}; it failed | {actor} tried to add a permission to an application; it failed",
	},

	models.SyncStart: {
		label:   "Sync started",
		done:    "{actor} started a sync with {target} | {actor} started a sync",
		refused: "{actor} tried to start a sync with {target}; it was refused | {actor} tried to start a sync; it was refused",
		failed:  "{actor} tried to start a sync with {target}; it failed | {actor} tried to start a sync; it failed",
	},
	models.SyncStop: {
		label:   "Sync stopped by the guard",
		done:    "The sync with {target} was stopped before it took anything away | A sync was stopped before it took anything away",
		refused: "The sync with {target} was stopped before it took anything away | A sync was stopped before it took anything away",
		failed:  "Stopping the sync with {target} failed | Stopping a sync failed",
	},
	models.SyncResume: {
		label:   "Stopped sync resumed",
		done:    "{actor} resumed the stopped sync with {target} | {actor} resumed a stopped sync",
		refused: "{actor} tried to resume the stopped sync with {target}; it was refused | {actor} tried to resume a stopped sync; it was refused",
		failed:  "{actor} tried to resume the stopped sync with {target}; it failed | {actor} tried to resume a stopped sync; it failed",
	},
	models.SyncCancel: {
		label:   "Stopped sync cancelled",
		done:    "{actor} cancelled the stopped sync with {target} | {actor} cancelled a stopped sync",
		refused: "{actor} tried to cancel the stopped sync with {target}; it was refused | {actor} tried to cancel a stopped sync; it was refused",
		failed:  "{actor} tried to cancel the stopped sync with {target}; it failed | {actor} tried to cancel a stopped sync; it failed",
	},
	models.SyncPause: {
		label:   "Reading a source paused",
		done:    "{actor} paused reading {target} | {actor} paused reading a source",
		refused: "{actor} tried to pause reading {target}; it was refused | {actor} tried to pause reading a source; it was refused",
		failed:  "{actor} tried to pause reading {target}; it failed | {actor} tried to pause reading a source; it failed",
	},
	models.SyncUnpause: {
		label:   "Reading a source resumed",
		done:    "{actor} resumed reading {target} | {actor} resumed reading a source",
		refused: "{actor} tried to resume reading {target}; it was refused | {actor} tried to resume reading a source; it was refused",
		failed:  "{actor} tried to resume reading {target}; it failed | {actor} tried to resume reading a source; it failed",
	},
	models.UserCreateSync: {
		label:   "Person created by a sync",
		done:    "{target} was created by a sync | A person was created by a sync",
		refused: "{target} was not created by a sync: a rule refused it | A person was not created by a sync: a rule refused it",
		failed:  "Creating {target} by a sync failed | Creating a person by a sync failed",
	},
	models.AccountMissing: {
		label:   "Account gone at its source",
		done:    "The account of {target} is gone at {object} | An account of {target} is gone | An account is gone at its source",
		refused: "The account of {target} was not marked as gone: a rule refused it | An account was not marked as gone: a rule refused it",
		failed:  "Marking the account of {target} as gone failed | Marking an account as gone failed",
	},
	models.AccountBack: {
		label:   "Account back at its source",
		done:    "The account of {target} is there again at {object} | An account of {target} is there again | An account is there again at its source",
		refused: "The account of {target} was not marked as back: a rule refused it | An account was not marked as back: a rule refused it",
		failed:  "Marking the account of {target} as back failed | Marking an account as back failed",
	},
	models.AccountWrite: {
		label:   "Written to a connected system",
		done:    "A change of {target} was written to {object} and read back | A change of {target} was written and read back | A change was written to a connected system and read back",
		refused: "Writing a change of {target} to {object} was refused | Writing a change of {target} was refused | Writing a change was refused",
		failed:  "Writing a change of {target} to {object} failed | Writing a change of {target} failed | Writing a change to a connected system failed",
	},
	models.DriftTake: {
		label:   "Value taken from a source",
		done:    "{actor} took what {object} says about {target} | {actor} took what a source says about {target} | {actor} took what a source says",
		refused: "{actor} tried to take what a source says about {target}; it was refused | {actor} tried to take what a source says; it was refused",
		failed:  "{actor} tried to take what a source says about {target}; it failed | {actor} tried to take what a source says; it failed",
	},
	models.DriftPush: {
		label:   "Own value sent to a source",
		done:    "{actor} had what Rollcall says about {target} written to {object} | {actor} had what Rollcall says about {target} written to a source | {actor} had what Rollcall says written to a source",
		refused: "{actor} tried to write what Rollcall says about {target} to a source; it was refused | {actor} tried to write to a source; it was refused",
		failed:  "{actor} tried to write what Rollcall says about {target} to a source; it failed | {actor} tried to write to a source; it failed",
	},
	models.DriftIgnore: {
		label:   "Difference ignored for now",
		done:    "{actor} put differences with {target} aside | {actor} put differences aside",
		refused: "{actor} tried to put differences with {target} aside; it was refused | {actor} tried to put differences aside; it was refused",
		failed:  "{actor} tried to put differences with {target} aside; it failed | {actor} tried to put differences aside; it failed",
	},

	models.AuditSearch: {
		label:   "Audit log searched",
		done:    "{actor} searched the audit log for {object} | {actor} searched the audit log",
		refused: "{actor} tried to search the audit log for {object}; it was refused | {actor} tried to search the audit log; it was refused",
		failed:  "{actor} tried to search the audit log for {object}; it failed | {actor} tried to search the audit log; it failed",
	},
	models.AuditExported: {
		label:   "Audit log exported",
		done:    "{actor} exported the audit log",
		refused: "{actor} tried to export the audit log; it was refused",
		failed:  "{actor} tried to export the audit log; it failed",
	},
	models.TenantCreate: {
		label:   "Organisation created",
		done:    "{actor} created the organisation {target} | {actor} created an organisation",
		refused: "{actor} tried to create the organisation {target}; it was refused | {actor} tried to create an organisation; it was refused",
		failed:  "{actor} tried to create the organisation {target}; it failed | {actor} tried to create an organisation; it failed",
	},
	models.KeyRotate: {
		label:   "Sealing key changed",
		done:    "{actor} sealed secrets again with the first key",
		refused: "{actor} tried to seal secrets again with the first key; it was refused",
		failed:  "{actor} tried to seal secrets again with the first key; it failed",
	},
	models.Seeded: {
		label:   "Sample data written",
		done:    "{actor} filled {target} with sample data | {actor} wrote sample data",
		refused: "{actor} tried to fill {target} with sample data; it was refused | {actor} tried to write sample data; it was refused",
		failed:  "{actor} tried to fill {target} with sample data; it failed | {actor} tried to write sample data; it failed",
	},

	models.ConnectorCreate: {
		label:   "Connector created",
		done:    "{actor} created the connector {target} | {actor} created a connector",
		refused: "{actor} tried to create the connector {target}; it was refused | {actor} tried to create a connector; it was refused",
		failed:  "{actor} tried to create the connector {target}; it failed | {actor} tried to create a connector; it failed",
	},
	models.ConnectorEdit: {
		label:   "Connector changed",
		done:    "{actor} changed the connector {target} | {actor} changed a connector",
		refused: "{actor} tried to change the connector {target}; it was refused | {actor} tried to change a connector; it was refused",
		failed:  "{actor} tried to change the connector {target}; it failed | {actor} tried to change a connector; it failed",
	},
	models.ConnectorSecret: {
		label:   "Connector secret changed",
		done:    "{actor} changed the secrets of the connector {target} | {actor} changed the secrets of a connector",
		refused: "{actor} tried to change the secrets of the connector {target}; it was refused | {actor} tried to change the secrets of a connector; it was refused",
		failed:  "{actor} tried to change the secrets of the connector {target}; it failed | {actor} tried to change the secrets of a connector; it failed",
	},
	models.ConnectorTest: {
		label:   "Connector tested",
		done:    "{actor} tested the connector {target} | {actor} tested a connector",
		refused: "{actor} tried to test the connector {target}; it was refused | {actor} tried to test a connector; it was refused",
		failed:  "{actor} tried to test the connector {target}; it failed | {actor} tried to test a connector; it failed",
	},
	models.ConnectorEnable: {
		label:   "Connector enabled",
		done:    "{actor} enabled the connector {target} | {actor} enabled a connector",
		refused: "{actor} tried to enable the connector {target}; it was refused | {actor} tried to enable a connector; it was refused",
		failed:  "{actor} tried to enable the connector {target}; it failed | {actor} tried to enable a connector; it failed",
	},
	models.ConnectorPause: {
		label:   "Connector paused",
		done:    "{actor} paused the connector {target} | {actor} paused a connector",
		refused: "{actor} tried to pause the connector {target}; it was refused | {actor} tried to pause a connector; it was refused",
		failed:  "{actor} tried to pause the connector {target}; it failed | {actor} tried to pause a connector; it failed",
	},
	models.ConnectorDelete: {
		label:   "Connector deleted",
		done:    "{actor} deleted the connector {target} | {actor} deleted a connector",
		refused: "{actor} tried to delete the connector {target}; it was refused | {actor} tried to delete a connector; it was refused",
		failed:  "{actor} tried to delete the connector {target}; it failed | {actor} tried to delete a connector; it failed",
	},
}

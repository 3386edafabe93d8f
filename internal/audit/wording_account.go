package audit

import "github.com/rollcall/rollcall/models"

// ofAccounts are the actions at connected systems.
var ofAccounts = map[models.Action]wording{
	models.UserUnlock: {
		label:   "Unlocking asked for",
		done:    "{actor} unlocks the account of {target} at {object} | {actor} unlocks an account",
		refused: "{actor} tried to unlock the account of {target} at {object}; it was refused | {actor} tried to unlock an account; it was refused",
		failed:  "{actor} tried to unlock the account of {target} at {object}; it failed | {actor} tried to unlock an account; it failed",
	},
	models.AccountDisable: {
		label:   "Account deactivated at a system",
		done:    "The account of {target} at {object} was deactivated: read before and after | The account was deactivated: read before and after",
		refused: "Deactivating the account of {target} at {object} was refused | Deactivating the account was refused",
		failed:  "Deactivating the account of {target} at {object} failed | Deactivating the account failed",
	},
	models.AccountEnable: {
		label:   "Account active at a system again",
		done:    "The account of {target} at {object} was activated: read before and after | The account was activated: read before and after",
		refused: "Activating the account of {target} at {object} was refused | Activating the account was refused",
		failed:  "Activating the account of {target} at {object} failed | Activating the account failed",
	},
	models.AccountEndSessions: {
		label:   "Sessions ended at a system",
		done:    "The sessions of {target} at {object} were ended: read before and after | The sessions were ended: read before and after",
		refused: "Ending the sessions of {target} at {object} was refused | Ending the sessions was refused",
		failed:  "Ending the sessions of {target} at {object} failed | Ending the sessions failed",
	},
	models.AccountRevokeGrants: {
		label:   "Offline access taken back",
		done:    "The offline access of {target} at {object} was taken back: read before and after | The offline access was taken back: read before and after",
		refused: "Taking back the offline access of {target} at {object} was refused | Taking back the offline access was refused",
		failed:  "Taking back the offline access of {target} at {object} failed | Taking back the offline access failed",
	},
	models.AccountUnlock: {
		label:   "Account unlocked at a system",
		done:    "The account of {target} at {object} was unlocked: read before and after | The account was unlocked: read before and after",
		refused: "Unlocking the account of {target} at {object} was refused | Unlocking the account was refused",
		failed:  "Unlocking the account of {target} at {object} failed | Unlocking the account failed",
	},
	models.AccountUnproven: {
		label:   "Asked for, not proven",
		done:    "Not proven: {object} accepted a request about {target} | A request to a system is not proven",
		refused: "{object} refused a request about {target} | A system refused a request",
		failed:  "A request to {object} about {target} failed | A request to a system failed",
	},
	models.AccountNothing: {
		label:   "Nothing to do at a system",
		done:    "There was nothing to do for {target} at {object} | There was nothing to do at a system",
		refused: "{object} refused a request about {target} | A system refused a request",
		failed:  "A request to {object} about {target} failed | A request to a system failed",
	},
	models.TokensRevoke: {
		label:   "Held tokens revoked",
		done:    "Tried before and after: the refresh tokens Rollcall held for {target} were revoked | Refresh tokens Rollcall held were revoked",
		refused: "Revoking the refresh tokens Rollcall held for {target} was refused | Revoking refresh tokens was refused",
		failed:  "Revoking the refresh tokens Rollcall held for {target} failed | Revoking refresh tokens failed",
	},
}

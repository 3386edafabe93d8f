package audit

import "github.com/rollcall/rollcall/models"

// ofOperations are the actions of operations and of the certificates about them.
var ofOperations = map[models.Action]wording{
	models.OperationPlan: {
		label:   "Operation planned",
		done:    "{actor} planned {target} | {actor} planned an operation",
		refused: "{actor} tried to plan {target}; it was refused | {actor} tried to plan an operation; it was refused",
		failed:  "{actor} tried to plan {target}; it failed | {actor} tried to plan an operation; it failed",
	},
	models.OperationRequest: {
		label:   "Operation asked for",
		done:    "{actor} asked for {target} | {actor} asked for an operation",
		refused: "{actor} tried to ask for {target}; it was refused | {actor} tried to ask for an operation; it was refused",
		failed:  "{actor} tried to ask for {target}; it failed | {actor} tried to ask for an operation; it failed",
	},
	models.OperationApprove: {
		label:   "Operation approved",
		done:    "{actor} approved {target} | {actor} approved an operation",
		refused: "{actor} tried to approve {target}; it was refused | {actor} tried to approve an operation; it was refused",
		failed:  "{actor} tried to approve {target}; it failed | {actor} tried to approve an operation; it failed",
	},
	models.OperationReject: {
		label:   "Operation rejected",
		done:    "{actor} rejected {target} | {actor} rejected an operation",
		refused: "{actor} tried to reject {target}; it was refused | {actor} tried to reject an operation; it was refused",
		failed:  "{actor} tried to reject {target}; it failed | {actor} tried to reject an operation; it failed",
	},
	models.OperationAsk: {
		label:   "Question about an operation",
		done:    "{actor} asked a question about {target} | {actor} asked a question about an operation",
		refused: "{actor} tried to ask about {target}; it was refused | {actor} tried to ask about an operation; it was refused",
		failed:  "{actor} tried to ask about {target}; it failed | {actor} tried to ask about an operation; it failed",
	},
	models.OperationAnswer: {
		label:   "Answer about an operation",
		done:    "{actor} answered a question about {target} | {actor} answered a question about an operation",
		refused: "{actor} tried to answer about {target}; it was refused | {actor} tried to answer about an operation; it was refused",
		failed:  "{actor} tried to answer about {target}; it failed | {actor} tried to answer about an operation; it failed",
	},
	models.OperationCancel: {
		label:   "Operation cancelled",
		done:    "{actor} cancelled {target} | {actor} cancelled an operation",
		refused: "{actor} tried to cancel {target}; it was refused | {actor} tried to cancel an operation; it was refused",
		failed:  "{actor} tried to cancel {target}; it failed | {actor} tried to cancel an operation; it failed",
	},
	models.OperationExpire: {
		label:   "Operation expired",
		done:    "{actor} let expire {target} | {actor} let expire an operation",
		refused: "{actor} tried to let expire {target}; it was refused | {actor} tried to let expire an operation; it was refused",
		failed:  "{actor} tried to let expire {target}; it failed | {actor} tried to let expire an operation; it failed",
	},
	models.OperationLeaveOut: {
		label:   "Person left out",
		done:    "{actor} left {target} out of {object} | {actor} left somebody out of an operation",
		refused: "{actor} tried to leave {target} out of {object}; it was refused | Leaving somebody out of an operation was refused",
		failed:  "{actor} tried to leave {target} out of {object}; it failed | Leaving somebody out of an operation failed",
	},
	models.OperationTakeIn: {
		label:   "Person taken back in",
		done:    "{actor} took {target} back into {object} | {actor} took somebody back into an operation",
		refused: "{actor} tried to take {target} back into {object}; it was refused | Taking somebody back into an operation was refused",
		failed:  "{actor} tried to take {target} back into {object}; it failed | Taking somebody back into an operation failed",
	},
	models.OperationSettle: {
		label:   "New manager chosen",
		done:    "{actor} chose a new manager for the people of {target} | {actor} chose a new manager",
		refused: "{actor} tried to choose a new manager for the people of {target}; it was refused | Choosing a new manager was refused",
		failed:  "{actor} tried to choose a new manager for the people of {target}; it failed | Choosing a new manager failed",
	},
	models.OperationStart: {
		label:   "Operation started",
		done:    "{actor} started {target} | {actor} started an operation",
		refused: "{actor} tried to start {target}; it was refused | {actor} tried to start an operation; it was refused",
		failed:  "{actor} tried to start {target}; it failed | {actor} tried to start an operation; it failed",
	},
	models.OperationCut: {
		label:   "People cut off",
		done:    "{target} cut a group of people off from Rollcall | People were cut off from Rollcall",
		refused: "{target} was refused to cut a group of people off | Cutting people off was refused",
		failed:  "{target} could not cut a group of people off | Cutting people off failed",
	},
	models.OperationRefuseRow: {
		label:   "Person refused by an operation",
		done:    "{object} left {target} as they were, because they had changed | A person was left as they were",
		refused: "{object} left {target} as they were, because they had changed | A person was left as they were",
		failed:  "{object} could not be applied to {target} | An operation could not be applied to a person",
	},
	models.OperationPause: {
		label:   "Operation paused",
		done:    "{actor} paused {target} | {actor} paused an operation",
		refused: "{actor} tried to pause {target}; it was refused | {actor} tried to pause an operation; it was refused",
		failed:  "{actor} tried to pause {target}; it failed | {actor} tried to pause an operation; it failed",
	},
	models.OperationResume: {
		label:   "Operation resumed",
		done:    "{actor} resumed {target} | {actor} resumed an operation",
		refused: "{actor} tried to resume {target}; it was refused | {actor} tried to resume an operation; it was refused",
		failed:  "{actor} tried to resume {target}; it failed | {actor} tried to resume an operation; it failed",
	},
	models.OperationRetry: {
		label:   "Failed steps tried again",
		done:    "{actor} tried the failed steps again of {target} | {actor} tried the failed steps again of an operation",
		refused: "{actor} tried to try the failed steps again of {target}; it was refused | {actor} tried to try the failed steps again of an operation; it was refused",
		failed:  "{actor} tried to try the failed steps again of {target}; it failed | {actor} tried to try the failed steps again of an operation; it failed",
	},
	models.OperationStop: {
		label:   "Rest of an operation stopped",
		done:    "{actor} stopped the rest of {target} | {actor} stopped the rest of an operation",
		refused: "{actor} tried to stop the rest of {target}; it was refused | {actor} tried to stop the rest of an operation; it was refused",
		failed:  "{actor} tried to stop the rest of {target}; it failed | {actor} tried to stop the rest of an operation; it failed",
	},
	models.OperationEnd: {
		label:   "Operation done",
		done:    "{actor} finished {target} | {actor} finished an operation",
		refused: "{actor} tried to finish {target}; it was refused | {actor} tried to finish an operation; it was refused",
		failed:  "{actor} tried to finish {target}; it failed | {actor} tried to finish an operation; it failed",
	},
	models.OperationProbe: {
		label:   "Looked at again after a cut-off",
		done:    "{target} is out of {object} again: looked at once more | Somebody is out again: looked at once more",
		refused: "{target} could not be looked at again at {object} | Somebody could not be looked at again",
		failed:  "{target} was cut off and is not out of {object} any more | Somebody was cut off and is not out any more",
	},
	models.OperationRemove: {
		label:   "Access removed after the undo window",
		done:    "{object} removed the access of {target} | The access of {target} was removed | Access was removed",
		refused: "{object} left the access of {target} as it is | Access was left as it is",
		failed:  "{object} could not remove the access of {target} | Access could not be removed",
	},
	models.OperationUndo: {
		label:   "Operation undone",
		done:    "{actor} undid {target} | {actor} undid an operation",
		refused: "{actor} tried to undo {target}; it was refused | {actor} tried to undo an operation; it was refused",
		failed:  "{actor} tried to undo {target}; it failed | {actor} tried to undo an operation; it failed",
	},
	models.CertificateIssue: {
		label:   "Certificate issued",
		done:    "{actor} issued a certificate about {target} | {actor} issued a certificate",
		refused: "{actor} tried to issue a certificate about {target}; it was refused | Issuing a certificate was refused",
		failed:  "{actor} tried to issue a certificate about {target}; it failed | Issuing a certificate failed",
	},
	models.CertificateKey: {
		label:   "Signing key made",
		done:    "{actor} made a new key that certificates are signed with",
		refused: "{actor} tried to make a new signing key; it was refused",
		failed:  "{actor} tried to make a new signing key; it failed",
	},
	models.SelectionList: {
		label:   "List of people uploaded",
		done:    "{actor} uploaded a list of people",
		refused: "{actor} tried to upload a list of people; it was refused",
		failed:  "{actor} tried to upload a list of people; it failed",
	},
}

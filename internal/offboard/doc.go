// Package offboard changes whether a person may be in: let in, suspended,
// leaving on a date, deactivated, and back.
//
// Each verb is one transaction: the status, the end of every session, the
// protection of the actor and of the last admin, and the audit event. What the
// person has at other systems is not touched here. It is not a place for edits
// of fields (directory) or for roles (access).
package offboard

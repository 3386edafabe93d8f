// Package offboard changes whether a person may be in: let in, suspended,
// leaving on a date, deactivated, and back; and it ends sessions everywhere.
//
// Each verb is one transaction: the status, the end of every session here, the
// protection of the actor and of the last admin, the audit event, and one step
// of work for everything that has to happen at each connected system. The steps
// run after it (package jobs), each the same way: read how things are, keep that,
// act, read again. Only what was alive before and is gone after is confirmed.
// What a system cannot do is said, and what an application does that was told of
// it is never known from the one who told it.
//
// It is not a place for edits of fields (directory), for roles (access), or for
// what systems say about people who are not acted upon (insight, sync).
package offboard

// Package sync answers what people see of the connection to outside systems:
// sources and runs, a run that stopped and waits for a decision, the differences
// between both sides, and who stands on one side alone. It translates; what may
// be done about a difference and what that does is decided by package sync below.
package sync

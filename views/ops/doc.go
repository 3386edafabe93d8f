// Package ops draws operations before and beside their run: the list, the plan
// with everything it does, the reason, the request, the approver's page, and what
// waits for an approver. It draws what it is given and decides nothing.
package ops

// Package roles answers the pages of roles, permissions and applications, and
// those that give a role to a person, change its end or take it away. It also
// draws the Access section of a person's page for other handlers, who get it
// through package app.
//
// It decides nothing: who may give what, and who the last admin is, the engine
// of access knows. Here its answers become view models and its refusals become
// the same form again.
package roles

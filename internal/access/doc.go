// Package access decides who may do what, and can say why.
//
// It owns applications, permissions, roles and assignments. A role holds
// permissions and other roles; an assignment gives a role to a user, by a
// source (a person, a provider's claim, the bootstrap), with a reason, from a
// moment until a moment. An assignment acts by the clock alone: nothing has to
// run for it to begin or to end.
//
// Can answers for the console's own permissions from memory. Its answers are
// kept under users.access_epoch and tenants.access_version, which the session
// lookup reads with every request and which rise in the same transaction as the
// change: so a change on one replica is right on the next request of every
// other, without polling.
//
// Three rules hold on every path in: nobody gives or takes more than they hold
// themselves, nobody widens their own access, and the last person who can
// administer the tenant stays (GuardLastAdmin, also called by the verbs that
// change a person's status).
//
// The package does not know sessions, pages or providers. It writes no user but
// the access epoch.
package access

// Package store owns the connection to the database and is the only place that
// starts a transaction.
//
// Three dialects (SQLite, PostgreSQL, MariaDB/MySQL) are hidden here, and only
// their few real differences: see dialect.go. Reading is Store.Read(tenant),
// writing is Store.Change(ctx, actor, fn); both are born scoped to one tenant.
// Change refuses to commit when fn recorded no audit event, and runs fn again
// when the database reports a conflict: fn must not reach outside the
// transaction. Technical writes without an event go through Store.Maintain, and
// the few reads across tenants through Store.System; both take a reason from a
// closed list that the architecture test guards.
//
// The package holds no rule of the product and knows no noun but the audit row.
package store

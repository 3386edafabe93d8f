// Package migrations shapes the tables: one SQL file per step, written once and
// rendered for SQLite, PostgreSQL and MariaDB/MySQL.
//
// The few differences between the dialects are words of the template ({{.ID}},
// {{.Text 200}}, {{.Index `name` `columns`}} ...), explained in Words. On
// MySQL no DDL can be rolled back, so a step holds one statement there. Nothing
// here runs a migration: that is store.Migrate.
package migrations

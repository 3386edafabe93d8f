// Package models names the rows of the database and the closed words of the
// product: Status, Permission, Action, Source and the like.
//
// A row struct says how a table looks, nothing more: no query, no rule, no
// formatting. Rules live with the engine that owns the table. The package
// imports nothing of ours and may be imported by everybody.
//
// Every column carries a class in its `class` tag (see Class); a column without
// one is a secret, and a test refuses it.
package models

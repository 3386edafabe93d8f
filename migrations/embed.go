package migrations

import "embed"

// Files holds every step: NNN_name.tx.up.sql and NNN_name.tx.down.sql.
//
//go:embed *.sql
var Files embed.FS

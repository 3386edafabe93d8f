package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/store"
)

// index is an index that is not needed while a database is filled.
type index struct {
	table, name string
	create      string // the statement, or for MariaDB the columns
}

// secondIndexes finds the indexes that are there for reading only.
var secondIndexes = map[store.Dialect]string{
	store.SQLite:   `SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX %'`,
	store.Postgres: `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE INDEX %'`,
	store.MySQL: `SELECT table_name, index_name, GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics
 WHERE table_schema = DATABASE() AND non_unique = 1 AND index_name LIKE '%\_by\_%' GROUP BY table_name, index_name`,
}

// withoutIndexes fills the database while the indexes for reading are away, and
// makes them afterwards: sorting once is many times faster than finding the
// place of every row in each of them.
func (o Options) withoutIndexes(ctx context.Context, d *direct, fill func() error) error {
	found, err := collect(ctx, d.write, secondIndexes[d.dialect], func(i *index) []any { return []any{&i.table, &i.name, &i.create} })
	if err != nil {
		return err
	}
	var away []index
	for _, i := range found {
		statement := "DROP INDEX " + i.name
		if d.dialect == store.MySQL {
			statement = "ALTER TABLE " + i.table + " DROP KEY " + i.name
		}
		switch err := d.exec(ctx, statement); {
		case err == nil:
			away = append(away, i)
		case d.dialect != store.MySQL: // there, some are needed by foreign keys
			return err
		}
	}
	if d.dialect == store.SQLite {
		for _, pragma := range []string{"PRAGMA cache_size = -524288", "PRAGMA wal_autocheckpoint = 20000"} {
			if err := d.exec(ctx, pragma); err != nil {
				return err
			}
		}
	}
	if err := fill(); err != nil {
		return err
	}
	begin := time.Now()
	if err := d.restoreIndexes(ctx, away); err != nil {
		return fmt.Errorf("make the indexes: %w", err)
	}
	o.say("made %d indexes in %s", len(away), time.Since(begin).Round(time.Second))
	return nil
}

// restoreIndexes makes indexes; MariaDB reads a table once for all of its own.
func (d *direct) restoreIndexes(ctx context.Context, away []index) error {
	adds := map[string]string{}
	for _, i := range away {
		if d.dialect != store.MySQL {
			if err := d.exec(ctx, i.create); err != nil {
				return err
			}
			continue
		}
		if adds[i.table] != "" {
			adds[i.table] += ", "
		}
		adds[i.table] += "ADD KEY " + i.name + " (" + i.create + ")"
	}
	for table, add := range adds {
		if err := d.exec(ctx, "ALTER TABLE "+table+" "+add); err != nil {
			return err
		}
	}
	return nil
}

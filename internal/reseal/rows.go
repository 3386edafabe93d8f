package reseal

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
)

// marksListed bounds how many different keys one column may have been sealed with.
const marksListed = 1000

// countMarks counts the sealed texts of a column by the key they name.
func countMarks(ctx context.Context, r store.Reader, c secret.Column) (map[string]int, error) {
	var found []struct {
		Mark string
		N    int
	}
	err := r.Raw(`SELECT SUBSTR(?, 1, ?) AS mark, COUNT(*) AS n FROM ? WHERE tenant_id = ?tenant AND ? <> '' GROUP BY 1 ORDER BY 1 LIMIT ?`,
		bun.Ident(c.Column), secret.MarkSize, bun.Ident(c.Table), bun.Ident(c.Column), marksListed).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("count %s: %w", c.Name(), err)
	}
	marks := make(map[string]int, len(found))
	for _, f := range found {
		marks[f.Mark] = f.N
	}
	return marks, nil
}

// lockStale takes the next rows after a key whose text another key sealed.
func lockStale(ctx context.Context, tx *store.Tx, c secret.Column, mark, after string) ([]map[string]string, error) {
	names := append([]string{c.Key, c.Column}, c.Needs...)
	q := tx.Subquery().TableExpr("?", bun.Ident(c.Table)).Where("tenant_id = ?", tx.Tenant()).
		Where("? > ?", bun.Ident(c.Key), after).Where("? <> ''", bun.Ident(c.Column)).
		Where("SUBSTR(?, 1, ?) <> ?", bun.Ident(c.Column), secret.MarkSize, mark).
		OrderExpr("?", bun.Ident(c.Key)).Limit(batch)
	for _, name := range names {
		q = q.ColumnExpr("?", bun.Ident(name))
	}
	found, err := tx.Lock(q).Rows(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", c.Name(), err)
	}
	defer found.Close() //nolint:errcheck // Err below says what went wrong
	return readRows(found, names, c)
}

func readRows(found *sql.Rows, names []string, c secret.Column) ([]map[string]string, error) {
	var rows []map[string]string
	size := 0
	for size < batchSize && found.Next() {
		values, into := make([]string, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, fmt.Errorf("read %s: %w", c.Name(), err)
		}
		row := make(map[string]string, len(names))
		for i, name := range names {
			row[name] = values[i]
		}
		size += len(row[c.Column])
		rows = append(rows, row)
	}
	return rows, found.Err()
}

// update writes a batch in one statement.
func update(ctx context.Context, tx *store.Tx, c secret.Column, fresh map[string]string) error {
	keys := slices.Sorted(maps.Keys(fresh))
	args := []any{bun.Ident(c.Table), bun.Ident(c.Column), bun.Ident(c.Key)}
	cases := ""
	for _, key := range keys {
		cases += " WHEN ? THEN ?"
		args = append(args, key, fresh[key])
	}
	args = append(args, bun.Ident(c.Column), bun.Ident(c.Key), bun.List(keys))
	done, err := tx.Raw(`UPDATE ? SET ? = CASE ?`+cases+` ELSE ? END WHERE tenant_id = ?tenant AND ? IN (?)`, args...).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Name(), err)
	}
	n, err := done.RowsAffected()
	if err == nil && int(n) != len(keys) {
		err = fmt.Errorf("write %s: %d of %d rows", c.Name(), n, len(keys))
	}
	return err
}

package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// direct is the database without our engines, through the very pools the store
// uses. Statements are sent as text with their values written in, as the query
// builder sends ours.
type direct struct {
	read    *bun.DB
	write   *bun.DB
	dialect store.Dialect
	tenant  int64

	began  models.Instant  // events since then are of this run
	epochs map[int64]int64 // access epochs that people had before
}

var errSeen = errors.New("bench: the pool was seen, nothing shall be written")

// newDirect borrows the pools of a store. The one for writing shows only inside
// a transaction, which is given up.
func newDirect(ctx context.Context, st *store.Store, tenant int64) (*direct, error) {
	const anything = "SELECT ?tenant"
	d := &direct{dialect: st.Dialect(), tenant: tenant, read: st.Read(tenant).Raw(anything).DB()}
	err := st.Change(ctx, models.SystemActor(tenant, "Bench"), func(_ context.Context, tx *store.Tx) error {
		d.write = tx.Raw(anything).DB()
		return errSeen
	})
	if !errors.Is(err, errSeen) {
		return nil, fmt.Errorf("borrow the pools: %w", err)
	}
	return d, nil
}

// text writes values into the question marks of a statement. The tenant is the
// mark ?t.
func (d *direct) text(query string, args ...any) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			break
		}
		if after, is := strings.CutPrefix(rest, "t"); is {
			b.WriteString(strconv.FormatInt(d.tenant, 10))
			query = after
			continue
		}
		d.literal(&b, args[0])
		query, args = rest, args[1:]
	}
	if len(args) > 0 {
		panic("bench: more values than question marks in " + query)
	}
	return b.String()
}

func (d *direct) literal(b *strings.Builder, value any) {
	switch v := value.(type) {
	case int:
		b.WriteString(strconv.Itoa(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case models.Instant:
		b.WriteString(strconv.FormatInt(int64(v), 10))
	case []int64:
		for i, n := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.FormatInt(n, 10))
		}
	case string:
		v = strings.ReplaceAll(v, "'", "''")
		if d.dialect == store.MySQL {
			v = strings.ReplaceAll(v, `\`, `\\`)
		}
		b.WriteByte('\'')
		b.WriteString(v)
		b.WriteByte('\'')
	default:
		panic(fmt.Sprintf("bench: no literal for %T", value))
	}
}

// force names an index where the planner may take a worse one, or takes long to
// find it.
func (d *direct) force(index string) string {
	switch d.dialect {
	case store.MySQL:
		return " FORCE INDEX (" + index + ")"
	case store.SQLite:
		return " INDEXED BY " + index
	}
	return ""
}

// lock ends a SELECT that holds its row.
func (d *direct) lock() string {
	if d.dialect == store.SQLite {
		return ""
	}
	return " FOR UPDATE"
}

// collect reads all rows of a statement; fields gives where a row's columns go.
func collect[T any](ctx context.Context, db *bun.DB, text string, fields func(*T) []any) ([]T, error) {
	rows, err := db.DB.QueryContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, text)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, fmt.Errorf("%w in %s", err, text)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// itself is for rows of one column.
func itself[T any](v *T) []any { return []any{v} }

// number reads one number.
func (d *direct) number(ctx context.Context, query string, args ...any) (int64, error) {
	var n sql.NullInt64
	err := d.read.DB.QueryRowContext(ctx, d.text(query, args...)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("%w in %s", err, query)
	}
	return n.Int64, nil
}

// exec runs a statement on the pool for writing.
func (d *direct) exec(ctx context.Context, query string, args ...any) error {
	if _, err := d.write.DB.ExecContext(ctx, d.text(query, args...)); err != nil {
		return fmt.Errorf("%w in %s", err, query)
	}
	return nil
}

// analyze gives the database what a running one has: statistics, and on
// PostgreSQL a map of the pages that need no second look.
func (d *direct) analyze(ctx context.Context) error {
	switch d.dialect {
	case store.SQLite:
		return d.exec(ctx, "ANALYZE")
	case store.Postgres:
		return d.exec(ctx, "VACUUM ANALYZE")
	}
	for _, table := range store.Tables() {
		if err := d.exec(ctx, "ANALYZE TABLE "+table); err != nil {
			return err
		}
	}
	return nil
}

package connector

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var columns = []string{
	"id", "tenant_id", "public_id", "connector_key", "kind", "name", "state", "settings", "secret", "secret_hint", "secret_at",
	"secret_notes", "sign_in", "mapping", "sync", "owner_id", "health", "health_sentence", "health_since", "last_read_at", "last_write_at",
	"version", "created_at", "updated_at", "updated_by",
}

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.New(errs.NotFound, "There is no such connector. Somebody may have deleted it.")
	}
	return fmt.Errorf("read a connector: %w", err)
}

// selectBy gives the row whose column has a value.
func selectBy(ctx context.Context, r store.Reader, column string, value any) (*models.Connector, error) {
	row := new(models.Connector)
	if err := r.Select(row).Column(columns...).Where(column+" = ?", value).Limit(1).Scan(ctx); err != nil {
		return nil, missing(err)
	}
	return row, nil
}

// selectVersion reads what says whether an opened system is still the right one.
func selectVersion(ctx context.Context, r store.Reader, id int64) (*models.Connector, error) {
	row := new(models.Connector)
	if err := r.Select(row).Column("id", "version", "state").Where("id = ?", id).Limit(1).Scan(ctx); err != nil {
		return nil, missing(err)
	}
	return row, nil
}

// lock takes a row.
func lock(ctx context.Context, tx *store.Tx, publicID string) (*models.Connector, error) {
	row := new(models.Connector)
	if err := tx.Lock(tx.Select(row).Column(columns...).Where("public_id = ?", publicID)).Scan(ctx); err != nil {
		return nil, missing(err)
	}
	return row, nil
}

// selectAll gives all rows, by name.
func selectAll(ctx context.Context, r store.Reader) ([]models.Connector, error) {
	var rows []models.Connector
	if err := r.Select(&rows).Column(columns...).Order("name", "id").Limit(MaxConnectors).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list connectors: %w", err)
	}
	return rows, nil
}

func insert(ctx context.Context, tx *store.Tx, row *models.Connector) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		if store.IsUniqueViolation(err) { // somebody took the key at the same moment
			return errs.Input(errs.Field{Name: "key", Message: "Another connector has this key. Choose a different one."})
		}
		return fmt.Errorf("write a connector: %w", err)
	}
	return nil
}

// update writes what people may change, and raises the version.
func update(ctx context.Context, tx *store.Tx, row *models.Connector) error {
	row.Version++
	row.UpdatedAt, row.UpdatedBy = tx.Now, tx.Actor.Name
	_, err := tx.Update(row).Column(
		"name", "state", "settings", "secret", "secret_hint", "secret_at", "secret_notes", "sign_in", "mapping", "sync", "owner_id",
		"version", "updated_at", "updated_by",
	).Where("id = ?", row.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write a connector: %w", err)
	}
	return nil
}

func remove(ctx context.Context, tx *store.Tx, id int64) error {
	if err := removeTrials(ctx, tx, id); err != nil {
		return err
	}
	if _, err := tx.Delete((*models.Connector)(nil)).Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete a connector: %w", err)
	}
	return nil
}

// heard is what a use of a system says, for its row.
type heard struct {
	condition   Condition
	read, wrote models.Instant // 0: not
}

// updateHealth writes it. The moment since when stays while the word stays. It
// stands before the word: MariaDB sets columns in order.
func updateHealth(ctx context.Context, tx *store.Tx, id int64, h heard) error {
	q := tx.Update((*models.Connector)(nil)).
		Set("health_since = CASE WHEN health = ? THEN health_since ELSE ? END", h.condition.Health, h.condition.Since).
		Set("health = ?", h.condition.Health).Set("health_sentence = ?", h.condition.Sentence).Where("id = ?", id)
	if h.read != 0 {
		q = q.Set("last_read_at = ?", h.read)
	}
	if h.wrote != 0 {
		q = q.Set("last_write_at = ?", h.wrote)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("write the health of a connector: %w", err)
	}
	return nil
}

// selectMark gives count, newest id and sum of versions: a connector's version
// only rises and ids are not given twice, so no two states look the same.
func selectMark(ctx context.Context, r store.Reader) (string, error) {
	var mark string
	var n, newest, versions int64
	err := r.Raw("SELECT COUNT(*), COALESCE(MAX(id), 0), COALESCE(SUM(version), 0) FROM connectors WHERE tenant_id = ?tenant").Scan(ctx, &n, &newest, &versions)
	if err != nil {
		return "", fmt.Errorf("read the state of connectors: %w", err)
	}
	mark = fmt.Sprintf("%d.%d.%d", n, newest, versions)
	return mark, nil
}

// selectKeys gives the keys that are taken.
func selectKeys(ctx context.Context, r store.Reader) ([]string, error) {
	var keys []string
	err := r.Select((*models.Connector)(nil)).Column("connector_key").Order("connector_key").Limit(MaxConnectors).Scan(ctx, &keys)
	if err != nil {
		return nil, fmt.Errorf("read the keys of connectors: %w", err)
	}
	return keys, nil
}

// countCap is as far as dependents are counted.
const countCap = 10_000

// dependents counts what would lose its meaning without a connector.
func dependents(ctx context.Context, r store.Reader, c Connector) ([]Dependent, error) {
	var out []Dependent
	for _, q := range []struct {
		one, many, sql string
		args           []any
	}{
		{"account read from it", "accounts read from it", "SELECT COUNT(*) FROM (SELECT 1 FROM accounts WHERE tenant_id = ?tenant AND connector_id = ? LIMIT ?) x", []any{c.ID}},
		{"identity of a person who signed in through it", "identities of people who signed in through it", "SELECT COUNT(*) FROM (SELECT 1 FROM identities WHERE tenant_id = ?tenant AND issuer = ? AND provider = ? LIMIT ?) x", []any{c.Settings.EffectiveIssuer(), c.Key}},
		{"piece of work that waits for it", "pieces of work that wait for it", "SELECT COUNT(*) FROM (SELECT 1 FROM work_steps WHERE tenant_id = ?tenant AND connector_id = ? AND state <> 'done' LIMIT ?) x", []any{c.ID}},
	} {
		var n int
		if err := r.Raw(q.sql, append(q.args, countCap+1)...).Scan(ctx, &n); err != nil {
			return nil, fmt.Errorf("count what depends on a connector: %w", err)
		}
		switch {
		case n == 1:
			out = append(out, Dependent{n, q.one})
		case n > 1:
			out = append(out, Dependent{n, q.many})
		}
	}
	return out, nil
}

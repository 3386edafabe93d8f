package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var selectionColumns = []string{
	"id", "tenant_id", "public_id", "owner_id", "kind", "query", "title", "people", "capped",
	"created_at", "expires_at", "used_at", "filled_to", "version",
}

// oneSelection reads one selection, or says that there is none.
func oneSelection(ctx context.Context, narrowed func(row *models.Selection) *bun.SelectQuery) (models.Selection, error) {
	var row models.Selection
	err := narrowed(&row).Column(selectionColumns...).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return row, errNoSelection()
	}
	if err != nil {
		return row, fmt.Errorf("read selection: %w", err)
	}
	return row, nil
}

func findSelection(ctx context.Context, r store.Reader, owner int64, publicID string) (models.Selection, error) {
	if uuid.Validate(publicID) != nil {
		return models.Selection{}, errNoSelection()
	}
	return oneSelection(ctx, func(row *models.Selection) *bun.SelectQuery {
		return r.Select(row).Where("public_id = ?", publicID).Where("owner_id = ?", owner)
	})
}

func lockSelection(ctx context.Context, tx *store.Tx, owner int64, publicID string) (models.Selection, error) {
	if uuid.Validate(publicID) != nil {
		return models.Selection{}, errNoSelection()
	}
	return oneSelection(ctx, func(row *models.Selection) *bun.SelectQuery {
		return tx.Lock(tx.Select(row).Where("public_id = ?", publicID).Where("owner_id = ?", owner))
	})
}

func lockSelectionByID(ctx context.Context, tx *store.Tx, id int64) (models.Selection, error) {
	return oneSelection(ctx, func(row *models.Selection) *bun.SelectQuery { return tx.Lock(tx.Select(row).Where("id = ?", id)) })
}

func insertSelection(ctx context.Context, tx *store.Tx, row *models.Selection) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("insert selection: %w", err)
	}
	return nil
}

func saveSelection(ctx context.Context, tx *store.Tx, row *models.Selection, columns ...string) error {
	row.Version++
	_, err := tx.Update(row).Column(append(columns, "version")...).Where("id = ?", row.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("save selection: %w", err)
	}
	return nil
}

// addPeople puts people into a selection who are not in it yet. The selection is
// locked, so nobody else adds them meanwhile.
func addPeople(ctx context.Context, tx *store.Tx, selectionID int64, ids []int64) error {
	there, err := among(ctx, tx.Reader, selectionID, ids)
	if err != nil {
		return err
	}
	rows := make([]models.SelectionPerson, 0, len(ids))
	for _, id := range ids {
		if !there[id] {
			rows = append(rows, models.SelectionPerson{SelectionID: selectionID, UserID: id})
		}
	}
	return insertPeople(ctx, tx, rows)
}

func insertPeople(ctx context.Context, tx *store.Tx, rows []models.SelectionPerson) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(&rows).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("select %d people: %w", len(rows), err)
	}
	return nil
}

func removePeople(ctx context.Context, tx *store.Tx, selectionID int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Delete((*models.SelectionPerson)(nil)).Where("selection_id = ?", selectionID).Where("user_id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take people out of a selection: %w", err)
	}
	return nil
}

// among tells which of the people are in a selection.
func among(ctx context.Context, r store.Reader, selectionID int64, ids []int64) (map[int64]bool, error) {
	in := make(map[int64]bool, len(ids))
	if len(ids) == 0 {
		return in, nil
	}
	var found []int64
	err := r.Select((*models.SelectionPerson)(nil)).Column("user_id").Where("selection_id = ?", selectionID).
		Where("user_id IN (?)", bun.List(ids)).Limit(int64(len(ids))).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("read who is selected: %w", err)
	}
	for _, id := range found {
		in[id] = true
	}
	return in, nil
}

// recount writes how many people are in a selection.
func recount(ctx context.Context, tx *store.Tx, sel *models.Selection) error {
	n, err := tx.Select((*models.SelectionPerson)(nil)).Where("selection_id = ?", sel.ID).Count(ctx)
	if err != nil {
		return fmt.Errorf("count selection: %w", err)
	}
	sel.People = int64(n)
	return saveSelection(ctx, tx, sel, "people")
}

func copyPeople(ctx context.Context, tx *store.Tx, from, to int64) error {
	_, err := tx.Raw(`INSERT INTO selection_people (tenant_id, selection_id, user_id)
		SELECT ?tenant, ?, user_id FROM selection_people WHERE tenant_id = ?tenant AND selection_id = ?`, to, from).Exec(ctx)
	if err != nil {
		return fmt.Errorf("copy selection: %w", err)
	}
	return nil
}

func walkSelection(ctx context.Context, r store.Reader, selectionID, afterUser int64, limit int) ([]int64, error) {
	ids := []int64{}
	err := r.Select((*models.SelectionPerson)(nil)).Column("user_id").Where("selection_id = ?", selectionID).
		Where("user_id > ?", afterUser).Order("user_id").Limit(int64(limit)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("walk selection: %w", err)
	}
	return ids, nil
}

// lastPerson gives the highest user id in a selection.
func lastPerson(ctx context.Context, r store.Reader, selectionID int64) (int64, error) {
	var last int64
	err := r.Raw("SELECT COALESCE(MAX(user_id), 0) FROM selection_people WHERE tenant_id = ?tenant AND selection_id = ?", selectionID).Scan(ctx, &last)
	if err != nil {
		return 0, fmt.Errorf("read selection: %w", err)
	}
	return last, nil
}

// overSelections lists selections whose time is over and that still hold something.
func overSelections(ctx context.Context, tx *store.Tx, limit int) ([]int64, error) {
	var ids []int64
	err := tx.Select((*models.Selection)(nil)).Column("id").Where("expires_at <= ?", tx.Now).Where("title <> ''").
		Order("expires_at", "id").Limit(int64(limit)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("list expired selections: %w", err)
	}
	return ids, nil
}

// emptySelections removes people and lines, at most limit of each, and reports
// whether there may be more.
func emptySelections(ctx context.Context, tx *store.Tx, selections []int64, limit int) (more bool, err error) {
	for _, model := range []any{(*models.SelectionPerson)(nil), (*models.SelectionLine)(nil)} {
		var ids []int64
		err := tx.Select(model).Column("id").Where("selection_id IN (?)", bun.List(selections)).Limit(int64(limit)).Scan(ctx, &ids)
		if err != nil {
			return false, fmt.Errorf("list expired selections: %w", err)
		}
		for part := range slices.Chunk(ids, 1_000) {
			if _, err := tx.Delete(model).Where("id IN (?)", bun.List(part)).Exec(ctx); err != nil {
				return false, fmt.Errorf("empty expired selections: %w", err)
			}
		}
		more = more || len(ids) == limit
	}
	return more, nil
}

// forgetSelections takes out of emptied selections what says who was in them.
func forgetSelections(ctx context.Context, tx *store.Tx, ids []int64) error {
	_, err := tx.Update((*models.Selection)(nil)).Set("title = ''").Set("query = ''").Set("people = 0").
		Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget expired selections: %w", err)
	}
	return nil
}

func deleteSelections(ctx context.Context, tx *store.Tx, before models.Instant, limit int) error {
	var ids []int64
	err := tx.Select((*models.Selection)(nil)).Column("id").Where("expires_at <= ?", before).Where("title = ''").
		Order("expires_at", "id").Limit(int64(limit)).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	if _, err := tx.Delete((*models.Selection)(nil)).Where("id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
		return fmt.Errorf("delete expired selections: %w", err)
	}
	return nil
}

package directory

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func insertLines(ctx context.Context, tx *store.Tx, rows []models.SelectionLine) error {
	if _, err := tx.Insert(&rows).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("keep %d lines of a list: %w", len(rows), err)
	}
	return nil
}

func lineStates(ctx context.Context, r store.Reader, selectionID int64) (map[models.LineState]int, error) {
	found := []tally{}
	err := r.Raw("SELECT state AS v, COUNT(*) AS n FROM selection_lines WHERE tenant_id = ?tenant AND selection_id = ? GROUP BY state", selectionID).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("count the lines of a list: %w", err)
	}
	states := map[models.LineState]int{}
	for _, t := range found {
		states[models.LineState(t.V)] = t.N
	}
	return states, nil
}

// statusesOf counts the people of a selection by status.
func statusesOf(ctx context.Context, r store.Reader, selectionID int64) (map[models.Status]int, error) {
	found := []tally{}
	err := r.Raw(`SELECT u.status AS v, COUNT(*) AS n FROM selection_people sp JOIN users u ON u.tenant_id = ?tenant AND u.id = sp.user_id
		WHERE sp.tenant_id = ?tenant AND sp.selection_id = ? GROUP BY u.status`, selectionID).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("count a selection by status: %w", err)
	}
	statuses := map[models.Status]int{}
	for _, t := range found {
		statuses[models.Status(t.V)] = t.N
	}
	return statuses, nil
}

func readLines(ctx context.Context, r store.Reader, selectionID int64, q LineQuery) ([]Line, error) {
	var s statement
	s.add(`SELECT l.line, l.given, l.state, l.user_id, COALESCE(u.public_id, '') AS public_id, COALESCE(u.display_name, '') AS name,
		COALESCE(u.email, '') AS email, COALESCE(u.status, '') AS status
		FROM selection_lines l LEFT JOIN users u ON u.tenant_id = ?tenant AND u.id = l.user_id
		WHERE l.tenant_id = ?tenant AND l.selection_id = ? AND l.line > ?`, selectionID, q.After)
	if q.State != "" {
		s.add(" AND l.state = ?", q.State)
	}
	if q.Out != nil {
		not := "NOT "
		if *q.Out {
			not = ""
		}
		s.add(" AND u.status "+not+"IN ("+marks(len(out))+")", toAny(out)...)
	}
	if q.Inside {
		s.add(" AND "+isInside, true)
	}
	s.add(" ORDER BY l.line LIMIT ?", q.Limit)
	lines := []Line{}
	if err := s.scan(ctx, r, &lines); err != nil {
		return nil, fmt.Errorf("read the lines of a list: %w", err)
	}
	return lines, nil
}

// ambiguousLines gives those of the chosen lines that still wait for a choice.
func ambiguousLines(ctx context.Context, r store.Reader, selectionID int64, choices map[int64]string) ([]models.SelectionLine, error) {
	numbers := make([]int64, 0, len(choices))
	for number := range choices {
		numbers = append(numbers, number)
	}
	lines := []models.SelectionLine{}
	err := r.Select(&lines).Column("line", "given").Where("selection_id = ?", selectionID).Where("state = ?", models.LineAmbiguous).
		Where("line IN (?)", bun.List(numbers)).Order("line").Limit(maxLimit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read ambiguous lines: %w", err)
	}
	return lines, nil
}

// settleLines writes lines anew with what was chosen for them.
func settleLines(ctx context.Context, tx *store.Tx, selectionID int64, lines []models.SelectionLine) error {
	if len(lines) == 0 {
		return nil
	}
	numbers := make([]int64, len(lines))
	for i := range lines {
		numbers[i] = lines[i].Line
	}
	_, err := tx.Delete((*models.SelectionLine)(nil)).Where("selection_id = ?", selectionID).Where("line IN (?)", bun.List(numbers)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("settle lines: %w", err)
	}
	return insertLines(ctx, tx, lines)
}

// someOut names a few people of a selection who are out already.
func someOut(ctx context.Context, r store.Reader, selectionID int64, limit int) ([]named, error) {
	found := []named{}
	var s statement
	s.add(`SELECT u.id, u.public_id, u.display_name, u.status FROM selection_people sp JOIN users u ON u.tenant_id = ?tenant AND u.id = sp.user_id
		WHERE sp.tenant_id = ?tenant AND sp.selection_id = ? AND u.status IN (`+marks(len(out))+`) ORDER BY sp.user_id LIMIT ?`,
		append(append([]any{selectionID}, toAny(out)...), limit)...)
	if err := s.scan(ctx, r, &found); err != nil {
		return nil, fmt.Errorf("name who is out already: %w", err)
	}
	return found, nil
}

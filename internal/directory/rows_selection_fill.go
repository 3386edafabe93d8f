package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// writeDown puts the next people a plan matches into a selection and gives how
// many. Where few people meet one condition, all are written at once from its
// index; otherwise the people are walked by id from where the last chunk ended.
func (p *plan) writeDown(ctx context.Context, tx *store.Tx, sel *models.Selection, limit int) (int64, error) {
	var s statement
	s.add("INSERT INTO selection_people (tenant_id, selection_id, user_id) ")
	if p.start >= 0 {
		p.matching(&s, "u.id", 0)
		s.add(" SELECT ?tenant, ?, v FROM m", sel.ID)
	} else {
		s.add("SELECT ?tenant, ?, u.id FROM users u WHERE u.tenant_id = ?tenant AND u.id > ?", sel.ID, sel.FilledTo)
		for _, f := range p.filters {
			s.condition(f, "u.id")
		}
		s.add(" ORDER BY u.id LIMIT ?", limit)
	}
	result, err := tx.Raw(s.text.String(), s.args...).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("write a selection down: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("write a selection down: %w", err)
	}
	return n, nil
}

// dropOutside takes everybody out of a selection who does not meet the conditions.
func (p *plan) dropOutside(ctx context.Context, tx *store.Tx, selectionID int64) error {
	var s statement
	s.add(`DELETE FROM selection_people WHERE tenant_id = ?tenant AND selection_id = ? AND NOT EXISTS (
		SELECT 1 FROM users u WHERE u.tenant_id = ?tenant AND u.id = selection_people.user_id`, selectionID)
	for _, f := range p.filters {
		s.condition(f, "u.id")
	}
	s.add(")")
	if _, err := tx.Raw(s.text.String(), s.args...).Exec(ctx); err != nil {
		return fmt.Errorf("take people out of a selection: %w", err)
	}
	return nil
}

// inside counts the people of a selection who meet the conditions.
func (p *plan) inside(ctx context.Context, selectionID int64) (int, error) {
	var s statement
	s.add(`SELECT COUNT(*) FROM selection_people sp JOIN users u ON u.tenant_id = ?tenant AND u.id = sp.user_id
		WHERE sp.tenant_id = ?tenant AND sp.selection_id = ?`, selectionID)
	for _, f := range p.filters {
		s.condition(f, "u.id")
	}
	var n int
	if err := s.scan(ctx, p.r, &n); err != nil {
		return 0, fmt.Errorf("count selection: %w", err)
	}
	return n, nil
}

// meeting tells which of the people meet the conditions.
func (p *plan) meeting(ctx context.Context, ids []int64) (map[int64]bool, error) {
	in := make(map[int64]bool, len(ids))
	if len(ids) == 0 {
		return in, nil
	}
	var s statement
	s.add("SELECT u.id FROM users u WHERE u.tenant_id = ?tenant AND u.id IN ("+marks(len(ids))+")", toAny(ids)...)
	for _, f := range p.filters {
		s.condition(f, "u.id")
	}
	found := []int64{}
	if err := s.scan(ctx, p.r, &found); err != nil {
		return nil, fmt.Errorf("read who is selected: %w", err)
	}
	for _, id := range found {
		in[id] = true
	}
	return in, nil
}

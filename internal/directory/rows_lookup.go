package directory

import (
	"context"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// exact reads the people one key names. MariaDB takes texts that differ only in
// spaces at the end for equal, so the value is compared once more here.
func exact(ctx context.Context, r store.Reader, by exactKey) ([]Row, error) {
	if by.value == "" {
		return nil, nil
	}
	if by.column == "subject" {
		ids, err := subjectHolders(ctx, r, by.value)
		if err != nil {
			return nil, err
		}
		return rowsByID(ctx, r, ids)
	}
	var s statement
	s.add("SELECT "+rowColumns+" FROM users u"+force(r, by.index)+withDepartment+
		" WHERE u.tenant_id = ?tenant AND u."+by.column+" = ? ORDER BY u.id LIMIT ?", by.value, lookupLimit)
	rows := []Row{}
	if err := s.scan(ctx, r, &rows); err != nil {
		return nil, fmt.Errorf("look up %s: %w", by.name, err)
	}
	return rows, nil
}

func subjectHolders(ctx context.Context, r store.Reader, subject string) ([]int64, error) {
	found := []struct {
		UserID  int64
		Subject string
	}{}
	err := r.Raw("SELECT user_id, subject FROM identities WHERE tenant_id = ?tenant AND subject = ? ORDER BY id LIMIT ?",
		subject, lookupLimit).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("look up subject: %w", err)
	}
	var ids []int64
	for _, f := range found {
		if f.Subject == subject {
			ids = append(ids, f.UserID)
		}
	}
	return ids, nil
}

// rowsByID reads rows in the order of the ids.
func rowsByID(ctx context.Context, r store.Reader, ids []int64) ([]Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var s statement
	s.add("SELECT "+rowColumns+" FROM users u"+withDepartment+" WHERE u.tenant_id = ?tenant AND u.id IN ("+marks(len(ids))+")", toAny(ids)...)
	rows := []Row{}
	if err := s.scan(ctx, r, &rows); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	slices.SortFunc(rows, func(a, b Row) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return rows, nil
}

// named is what Names reads.
type named struct {
	ID          int64
	PublicID    string
	DisplayName string
	Status      models.Status
}

// readNames reads the names of at most namesBatch people.
func readNames(ctx context.Context, r store.Reader, ids []int64) ([]named, error) {
	found := []named{}
	err := r.Raw("SELECT id, public_id, display_name, status FROM users WHERE tenant_id = ?tenant AND id IN ("+marks(len(ids))+")", toAny(ids)...).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	return found, nil
}

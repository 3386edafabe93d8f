package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

type departmentName struct {
	ID   int64
	Name string
}

// departments reads departments by name.
func departments(ctx context.Context, r store.Reader, limit int) ([]departmentName, error) {
	found := []departmentName{}
	err := r.Raw("SELECT id, name FROM departments WHERE tenant_id = ?tenant ORDER BY name, id LIMIT ?", limit).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list departments: %w", err)
	}
	return found, nil
}

// departmentNames gives the names of departments by id.
func departmentNames(ctx context.Context, r store.Reader, ids []int64) (map[int64]string, error) {
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	found := []departmentName{}
	err := r.Raw("SELECT id, name FROM departments WHERE tenant_id = ?tenant AND id IN ("+marks(len(ids))+")", toAny(ids)...).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("name departments: %w", err)
	}
	for _, d := range found {
		names[d.ID] = d.Name
	}
	return names, nil
}

// departmentNamed gives the id of a department, 0 when there is none.
func departmentNamed(ctx context.Context, r store.Reader, name string) (int64, error) {
	var ids []int64
	err := r.Raw("SELECT id FROM departments WHERE tenant_id = ?tenant AND name = ?", name).Scan(ctx, &ids)
	if err != nil {
		return 0, fmt.Errorf("find department: %w", err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return ids[0], nil
}

// insertDepartment makes a department, or finds the one somebody else made at
// the same moment: a refused insert would end the whole transaction on PostgreSQL.
func insertDepartment(ctx context.Context, tx *store.Tx, name string) (int64, error) {
	if _, err := tx.Insert(&models.Department{Name: name}).Ignore().Returning("NULL").Exec(ctx); err != nil {
		return 0, fmt.Errorf("insert department: %w", err)
	}
	id, err := departmentNamed(ctx, tx.Reader, name)
	if err == nil && id == 0 {
		err = fmt.Errorf("department %q is missing after its insert", name)
	}
	return id, err
}

package directory

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// maxDepartments is how many departments are looked through by name.
const maxDepartments = 2_000

// Departments lists departments by name, at most limit of them; a search keeps
// those whose name contains it.
func (e *Engine) Departments(ctx context.Context, tenant int64, search string, limit int) ([]models.Department, error) {
	found, err := departments(ctx, e.db.Read(tenant), maxDepartments)
	if err != nil {
		return nil, err
	}
	search = fold(tidy(strings.ToValidUTF8(search, "")))
	kept := []models.Department{}
	for _, d := range found {
		if len(kept) < limit && strings.Contains(fold(d.Name), search) {
			kept = append(kept, models.Department{ID: d.ID, TenantID: tenant, Name: d.Name})
		}
	}
	return kept, nil
}

// EnsureDepartment gives the id of a department by its name and makes it when
// it is new. Capitals and accents do not make a new one.
func (e *Engine) EnsureDepartment(ctx context.Context, tx *store.Tx, name string) (int64, error) {
	id, err := departmentNamed(ctx, tx.Reader, name)
	if err != nil || id != 0 {
		return id, err
	}
	known, err := departments(ctx, tx.Reader, maxDepartments)
	if err != nil {
		return 0, err
	}
	for _, d := range known {
		if fold(d.Name) == fold(name) {
			return d.ID, nil
		}
	}
	return insertDepartment(ctx, tx, name)
}

package access

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/store"
)

// Matrix shows what roles give beside each other. An unknown application is not
// found; unknown roles are named in the answer.
func (e *Engine) Matrix(ctx context.Context, tenant int64, f MatrixFilter) (Matrix, error) {
	f.Search = strings.TrimSpace(f.Search)
	r := e.db.Read(tenant)
	var m Matrix
	if f.Application != "" {
		app, err := selectApplicationByKey(ctx, r, f.Application)
		if err != nil {
			return m, err
		}
		m.Application = ApplicationRef{ID: app.ID, Key: app.Key, Name: app.Name}
	}
	if err := e.columns(ctx, r, f, &m); err != nil {
		return m, err
	}
	g, err := loadGraph(ctx, r, m.roleIDs())
	if err != nil {
		return m, err
	}
	if err := m.fill(ctx, r, f, g); err != nil {
		return m, err
	}
	if len(m.Roles) == 2 {
		m.Both, err = e.both(ctx, r, m.Roles[0].ID, m.Roles[1].ID)
	}
	return m, err
}

func (m *Matrix) roleIDs() []int64 {
	ids := make([]int64, len(m.Roles))
	for i, role := range m.Roles {
		ids[i] = role.ID
	}
	return ids
}

// columns finds the roles: those chosen, or the first of the application.
func (e *Engine) columns(ctx context.Context, r store.Reader, f MatrixFilter, m *Matrix) error {
	privileged, err := selectPrivileged(ctx, r)
	if err != nil {
		return err
	}
	var rows []listRow
	if len(f.Roles) == 0 {
		if f.Application == "" {
			return nil
		}
		rows, err = selectRolePage(ctx, r, RoleFilter{Application: f.Application, Limit: MatrixRoles - 1}, nil)
	} else {
		chosen := f.Roles[:min(len(f.Roles), MatrixRoles)]
		m.Left = len(f.Roles) - len(chosen)
		rows, m.Missing, err = chosenRoles(ctx, r, chosen)
	}
	if err != nil {
		return err
	}
	m.Roles, err = e.fill(ctx, r, rows, privileged, false)
	return err
}

// chosenRoles reads roles in the order of their keys, and says which do not exist.
func chosenRoles(ctx context.Context, r store.Reader, keys []string) (rows []listRow, missing []string, err error) {
	found, err := selectListRows(ctx, r, keys)
	if err != nil {
		return nil, nil, err
	}
	byKey := make(map[string]listRow, len(found))
	for _, row := range found {
		byKey[row.Key] = row
	}
	for _, key := range keys {
		row, there := byKey[key]
		if !there {
			missing = append(missing, key)
			continue
		}
		rows = append(rows, row)
		delete(byKey, key) // named twice, shown once
	}
	return rows, missing, nil
}

// fill reads the permissions and says of each which roles give it.
func (m *Matrix) fill(ctx context.Context, r store.Reader, f MatrixFilter, g graph) error {
	ids := g.ids()
	if f.Application == "" && len(ids) == 0 {
		return nil
	}
	permissions, err := selectMatrixPermissions(ctx, r, f, ids)
	if err != nil {
		return err
	}
	if m.More = len(permissions) > matrixRows; m.More {
		permissions = permissions[:matrixRows]
	}
	own, err := selectOwners(ctx, r, f.Application, ids)
	if err != nil {
		return err
	}
	columns := make([]map[int64]MatrixCell, len(m.Roles))
	for i, role := range m.Roles {
		columns[i] = g.cells(role.ID, own)
	}
	m.All = len(permissions)
	for _, p := range permissions {
		row := MatrixRow{PermissionRef: p, Cells: make([]MatrixCell, len(columns))}
		for i := range columns {
			row.Cells[i] = columns[i][p.ID]
		}
		if !f.Differences || row.Differs() {
			m.Rows = append(m.Rows, row)
		}
	}
	return nil
}

// cells says by which way a role gives each permission; own is what the roles of
// the graph hold themselves.
func (g graph) cells(role int64, own map[int64][]int64) map[int64]MatrixCell {
	cells := make(map[int64]MatrixCell)
	came, order := g.tree(role)
	for _, id := range order { // the nearest first
		var via []RoleRef
		for _, p := range own[id] {
			c := cells[p]
			switch {
			case id == role:
				c.Own = true
			case c.Via == nil:
				if via == nil {
					via = g.way(came, id)[1:]
				}
				c.Via = via
			}
			cells[p] = c
		}
	}
	return cells
}

// both counts who holds two roles now, by any path.
func (e *Engine) both(ctx context.Context, r store.Reader, a, b int64) (PeopleCount, error) {
	over, err := selectRootsAbove(ctx, r, []int64{a, b})
	if err != nil {
		return PeopleCount{}, err
	}
	now := e.db.Now()
	held, err := countHolders(ctx, r, []holderCount{{tag: a, roles: over[a]}, {tag: b, roles: over[b]}}, now)
	if err != nil {
		return PeopleCount{}, err
	}
	if held[b] < held[a] { // look at the few
		a, b = b, a
	}
	counts, err := countMoved(ctx, r, []movedCount{{roles: over[a], others: over[b], with: true}}, now)
	if err != nil {
		return PeopleCount{}, err
	}
	return counts[0], nil
}

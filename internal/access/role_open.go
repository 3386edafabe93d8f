package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// fewHolders is up to how many holders a page starts from their assignments.
const fewHolders = 2_000

// Role gives everything about one role but its holders.
func (e *Engine) Role(ctx context.Context, tenant int64, key string) (RoleDetail, error) {
	return e.detail(ctx, e.db.Read(tenant), key)
}

func (e *Engine) detail(ctx context.Context, r store.Reader, key string) (RoleDetail, error) {
	role, err := selectRoleByKey(ctx, r, key)
	if err != nil {
		return RoleDetail{}, err
	}
	out := RoleDetail{RoleRow: RoleRow{Role: role}}
	app, err := selectApplicationByID(ctx, r, role.ApplicationID)
	if err != nil {
		return out, err
	}
	out.Application = ApplicationRef{ID: app.ID, Key: app.Key, Name: app.Name}
	if out.Mask, out.Reaches, err = selectFacts(ctx, r, []int64{role.ID}); err != nil {
		return out, err
	}
	if out.Children, err = selectNear(ctx, r, role.ID, true); err != nil {
		return out, err
	}
	if out.Parents, err = selectNear(ctx, r, role.ID, false); err != nil {
		return out, err
	}
	direct, holders, err := e.count(ctx, r, []int64{role.ID})
	if err != nil {
		return out, err
	}
	out.Direct, out.Holders = direct[role.ID], holders[role.ID]
	return out, out.permissions(ctx, r)
}

// permissions lists what the role gives, its own permissions first.
func (d *RoleDetail) permissions(ctx context.Context, r store.Reader) error {
	g, err := loadGraph(ctx, r, []int64{d.ID})
	if err != nil || len(g.nodes) == 0 {
		return err
	}
	rows, err := selectHeldPermissions(ctx, r, g.ids(), maxEdges)
	if err != nil {
		return err
	}
	at := make(map[int64]int, len(rows))
	for _, row := range rows {
		chain := g.chain(d.ID, row.RoleID)
		if len(chain) == 0 {
			continue // taken out while we read
		}
		via := chain[1:]
		if i, seen := at[row.ID]; seen {
			if len(via) < len(d.Permissions[i].Via) {
				d.Permissions[i].Via = via
			}
			continue
		}
		if len(d.Permissions) == maxListed {
			d.MorePermissions++
			continue
		}
		at[row.ID] = len(d.Permissions)
		d.Permissions = append(d.Permissions, RolePermission{PermissionRef: row.ref(), Via: via})
	}
	slices.SortStableFunc(d.Permissions, func(a, b RolePermission) int { return min(len(a.Via), 1) - min(len(b.Via), 1) })
	return nil
}

// Holders gives one page of the people who hold a role now, by any path, by name.
func (e *Engine) Holders(ctx context.Context, tenant int64, key string, f HolderFilter) (HolderPage, error) {
	if err := checkCursor(f.After); err != nil {
		return HolderPage{}, err
	}
	f.Limit = pageSize(f.Limit)
	r, now := e.db.Read(tenant), e.db.Now()
	role, err := selectRoleByKey(ctx, r, key)
	if err != nil {
		return HolderPage{}, err
	}
	over, err := selectAbove(ctx, r, []int64{role.ID})
	if err != nil {
		return HolderPage{}, err
	}
	count, err := countHolders(ctx, r, []holderCount{{tag: role.ID, roles: over}}, now)
	if err != nil {
		return HolderPage{}, err
	}
	rows, err := selectHolders(ctx, r, over, f, count[role.ID] <= fewHolders, now)
	if err != nil {
		return HolderPage{}, err
	}
	var page HolderPage
	rows, page.Next = userPage(rows, f.Limit)
	page.Rows, err = holders(ctx, r, role, rows, over, now)
	return page, err
}

// holders adds to people the paths by which they hold the role.
func holders(ctx context.Context, r store.Reader, role models.Role, people []models.User, over []int64, now models.Instant) ([]Holder, error) {
	if len(people) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(people))
	for i, u := range people {
		ids[i] = u.ID
	}
	given, err := selectAssignmentsTo(ctx, r, ids, over, now)
	if err != nil {
		return nil, err
	}
	g, err := loadGraph(ctx, r, over)
	if err != nil {
		return nil, err
	}
	byUser := make(map[int64][]models.Assignment, len(people))
	for _, a := range given {
		byUser[a.UserID] = append(byUser[a.UserID], a)
	}
	out := make([]Holder, len(people))
	for i, u := range people {
		out[i] = Holder{User: userRef(u), Email: u.Email, Status: u.Status}
		if list := g.paths(byUser[u.ID], now)[role.ID]; list != nil {
			out[i].Paths = list.paths
		}
	}
	return out, nil
}

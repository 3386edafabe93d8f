package access

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// ListRoles gives one page of roles by name.
func (e *Engine) ListRoles(ctx context.Context, tenant int64, f RoleFilter) (RolePage, error) {
	if err := checkCursor(f.After); err != nil {
		return RolePage{}, err
	}
	f.Limit = pageSize(f.Limit)
	f.Search = strings.TrimSpace(f.Search)
	r := e.db.Read(tenant)
	privileged, err := selectPrivileged(ctx, r)
	if err != nil {
		return RolePage{}, err
	}
	rows, err := selectRolePage(ctx, r, f, privileged)
	if err != nil {
		return RolePage{}, err
	}
	var page RolePage
	if len(rows) > f.Limit {
		rows = rows[:f.Limit]
		last := rows[len(rows)-1]
		page.Next = cursor(last.Name, last.ID)
	}
	page.Rows, err = e.fill(ctx, r, rows, privileged, !f.Uncounted)
	return page, err
}

// fill adds to rows of roles what is computed and, if wanted, counted.
func (e *Engine) fill(ctx context.Context, r store.Reader, rows []listRow, privileged []int64, counted bool) ([]RoleRow, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	masks, err := e.compile(ctx, r.Tenant(), 0)
	if err != nil {
		return nil, err
	}
	var direct, holders map[int64]int
	if counted {
		if direct, holders, err = e.count(ctx, r, ids); err != nil {
			return nil, err
		}
	}
	reaches := make(map[int64]bool, len(privileged))
	for _, id := range privileged {
		reaches[id] = true
	}
	out := make([]RoleRow, len(rows))
	for i, row := range rows {
		out[i] = RoleRow{
			Role:        row.Role,
			Application: ApplicationRef{ID: row.ApplicationID, Key: row.ApplicationKey, Name: row.ApplicationName},
			Reaches:     reaches[row.ID], Mask: masks.masks[row.ID],
			Direct: direct[row.ID], Holders: holders[row.ID],
		}
	}
	return out, nil
}

// count gives, for each role, how many people were given it and how many hold
// it by any path.
func (e *Engine) count(ctx context.Context, r store.Reader, ids []int64) (direct, holders map[int64]int, err error) {
	over, err := selectRootsAbove(ctx, r, ids)
	if err != nil {
		return nil, nil, err
	}
	var single, all []holderCount
	for _, id := range ids {
		single = append(single, holderCount{tag: id, roles: []int64{id}})
		if len(over[id]) > 1 {
			all = append(all, holderCount{tag: id, roles: over[id]})
		}
	}
	now := e.db.Now()
	if direct, err = countHolders(ctx, r, single, now); err != nil {
		return nil, nil, err
	}
	inherited, err := countHolders(ctx, r, all, now)
	if err != nil {
		return nil, nil, err
	}
	holders = make(map[int64]int, len(ids))
	for _, id := range ids {
		holders[id] = direct[id]
		if n, ok := inherited[id]; ok {
			holders[id] = n
		}
	}
	return direct, holders, nil
}

func pageSize(limit int) int {
	if limit <= 0 {
		return PageSize
	}
	return min(limit, MaxPageSize)
}

// cursor says after which row a page ended.
func cursor(name string, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(id, 10) + " " + name))
}

func parseCursor(text string) (name string, id int64, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 {
		return "", 0, false
	}
	number, name, ok := strings.Cut(string(raw), " ")
	if !ok || strings.ContainsRune(name, 0) || !utf8.ValidString(name) {
		return "", 0, false
	}
	id, err = strconv.ParseInt(number, 10, 64)
	return name, id, err == nil
}

func checkCursor(text string) error {
	if text == "" {
		return nil
	}
	if _, _, ok := parseCursor(text); !ok {
		return errs.Input(errs.Field{Name: "after", Message: "This page address is not complete. Start again from the first page."})
	}
	return nil
}

// userPage cuts rows to a page and gives the cursor of the next.
func userPage(rows []models.User, limit int) ([]models.User, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	rows = rows[:limit]
	last := rows[len(rows)-1]
	return rows, cursor(last.SortName, last.ID)
}

package team

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/team"
	"github.com/rollcall/rollcall/views/ui"
)

// present are the statuses of people who are still here.
var present = []models.Status{models.Active, models.Invited, models.Leaving, models.Suspended}

// The most that is shown of leavers, and of a person's roles.
const (
	shownLeavers = 25
	shownRoles   = 2
)

// List answers GET /team. Its fragment is one page of people.
func (p *Pages) List(c *web.Call) error {
	me := c.Actor().UserID
	q := directory.Query{Statuses: present, Limit: c.Rows()}
	if q.Cursor = c.Query("after"); q.Cursor == "" && c.Query("before") != "" {
		q.Cursor, q.Backward = c.Query("before"), true
	}
	page, err := p.People.Reports(c.Ctx(), c.Tenant(), me, q)
	if err != nil {
		return err
	}
	m := team.ListModel{Now: c.Now()}
	if m.Members, err = p.members(c, page.Rows); err != nil {
		return err
	}
	if page.Next != "" {
		m.Next = "/team?" + url.Values{"after": {page.Next}}.Encode()
	}
	if page.Prev != "" {
		m.Previous = "/team?" + url.Values{"before": {page.Prev}}.Encode()
	}
	if err := p.leavers(c, &m); err != nil {
		return err
	}
	return c.Render(web.Page{Title: "My team", Fragment: team.Members(m), Status: ui.People(len(m.Members)) + " shown"}, team.List(m))
}

// leavers puts those who leave first, the next one on top.
func (p *Pages) leavers(c *web.Call, m *team.ListModel) error {
	if c.Htmx() { // a page of the list below: the leavers stay as they are
		return nil
	}
	far := models.At(c.Now().AddDate(100, 0, 0))
	page, err := p.People.Reports(c.Ctx(), c.Tenant(), c.Actor().UserID, directory.Query{Statuses: present, LeavingBefore: far, Limit: shownLeavers})
	if err != nil {
		return err
	}
	slices.SortStableFunc(page.Rows, func(a, b directory.Row) int { return cmp.Compare(a.LeavingAt, b.LeavingAt) })
	if page.Next != "" {
		m.LeaversMore = "There are more: the list below names everybody."
	}
	m.Leavers, err = p.members(c, page.Rows)
	return err
}

func (p *Pages) members(c *web.Call, rows []directory.Row) ([]team.Member, error) {
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	held, err := p.Access.RolesOf(c.Ctx(), c.Tenant(), ids)
	if err != nil {
		return nil, err
	}
	out := make([]team.Member, 0, len(rows))
	for _, r := range rows {
		out = append(out, member(r, held[r.ID], c.Now()))
	}
	return out, nil
}

func member(r directory.Row, held []access.RoleRef, now time.Time) team.Member {
	m := team.Member{
		Name: r.DisplayName, Href: "/team/" + url.PathEscape(r.PublicID), Email: r.Email, Title: r.Title, External: r.External,
		Status: string(r.Status), StatusText: statusText(r.Status, r.LeavingAt, now),
		Leaving: r.LeavingAt.Time(), LastSeen: r.LastSignInAt.Time(), MoreRoles: max(0, len(held)-shownRoles),
	}
	for _, role := range held[:min(len(held), shownRoles)] {
		m.Roles = append(m.Roles, role.Name)
	}
	return m
}

func statusText(s models.Status, leaving models.Instant, now time.Time) string {
	if s == models.Leaving && leaving != 0 {
		return "Leaving " + ui.DayText(leaving.Time(), now)
	}
	return ui.StatusLabel(string(s))
}

package users

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// The parameters of the list's address. after and before are cursors.
const (
	paramText     = "q"
	paramView     = "view"
	paramStatus   = "status"
	paramDept     = "dept"
	paramRole     = "role"
	paramProvider = "provider"
	paramManager  = "manager"
	paramSeen     = "seen" // never, 30, 90: not seen for so many days
	paramBefore   = "seen_before"
	paramExternal = "external"
	paramSort     = "sort"
	paramNext     = "after"
	paramPrev     = "before"
)

var known = []string{
	paramText, paramView, paramStatus, paramDept, paramRole, paramProvider, paramManager, paramSeen, paramBefore, paramExternal,
	paramSort, paramNext, paramPrev, "rows", "ok",
}

// request is a list as its address asks for it, with the names for its chips.
type request struct {
	query       directory.Query
	values      url.Values // only what was understood, without cursors
	role        string     // name of the role that is filtered by
	manager     string
	departments []string // names of the departments that are filtered by
	notice      string   // parameters that were not understood
}

// viewPending is a view of ours beside the directory's: who waits to be let in.
const viewPending = "pending"

// parse reads the address of a list. What it does not understand is named in a
// notice and left out; a cursor that cannot be read is an error.
func (p *Pages) parse(ctx context.Context, c *web.Call, in url.Values) (request, error) {
	r := request{values: url.Values{}}
	q := &r.query
	var odd []string
	for name := range in {
		if !slices.Contains(known, name) {
			odd = append(odd, name)
		}
	}
	q.Text = strings.TrimSpace(in.Get(paramText))
	odd = append(odd, r.parseView(in.Get(paramView), c)...)
	odd = append(odd, r.parseStatus(in[paramStatus])...)
	odd = append(odd, r.parseSeen(in, c.Now())...)
	odd = append(odd, r.parseSort(in.Get(paramSort))...)
	switch in.Get(paramExternal) {
	case "yes", "no":
		yes := in.Get(paramExternal) == "yes"
		q.External = &yes
	case "":
	default:
		odd = append(odd, paramExternal)
	}
	for _, d := range in[paramDept] {
		if d == "" {
			continue
		}
		id, err := strconv.ParseInt(d, 10, 64)
		if err != nil || id < 0 {
			odd = append(odd, paramDept)
			continue
		}
		q.DepartmentIDs = append(q.DepartmentIDs, id)
	}
	if v := in.Get(paramProvider); v != "" {
		q.Providers = []string{strings.TrimPrefix(v, "-")}
	}
	more, err := p.parseRefs(ctx, c, in, &r)
	if err != nil {
		return r, err
	}
	odd = append(odd, more...)
	q.Limit = c.Rows()
	if q.Cursor = in.Get(paramNext); q.Cursor == "" && in.Get(paramPrev) != "" {
		q.Cursor, q.Backward = in.Get(paramPrev), true
	}
	r.keep(in, odd)
	return r, nil
}

// keep remembers what was understood, for the links of the page.
func (r *request) keep(in url.Values, odd []string) {
	for name, values := range in {
		if !slices.Contains(known, name) || slices.Contains(odd, name) || name == paramNext || name == paramPrev || name == "ok" || name == "rows" {
			continue
		}
		for _, v := range values {
			if v = strings.TrimSpace(v); v != "" {
				r.values.Add(name, v)
			}
		}
	}
	if len(odd) > 0 {
		slices.Sort(odd)
		r.notice = "Not understood in the address and left out: " + strings.Join(slices.Compact(odd), ", ") + "."
	}
}

func (r *request) parseView(view string, c *web.Call) []string {
	if view == viewPending {
		r.query.Pending = true
		return nil
	}
	for _, v := range directory.Views {
		if string(v.View) == view {
			r.query.View = v.View
			return nil
		}
	}
	return []string{paramView}
}

func (r *request) parseStatus(values []string) []string {
	for _, v := range values {
		for word := range strings.SplitSeq(v, ",") {
			s := models.Status(strings.TrimSpace(word))
			switch {
			case s == "":
			case !s.Known():
				return []string{paramStatus}
			case !slices.Contains(r.query.Statuses, s):
				r.query.Statuses = append(r.query.Statuses, s)
			}
		}
	}
	return nil
}

func (r *request) parseSeen(in url.Values, now time.Time) []string {
	var odd []string
	switch v := in.Get(paramSeen); v {
	case "":
	case "never":
		r.query.NeverSignedIn = true
	case "30", "90":
		days, _ := strconv.Atoi(v) // one of the two above
		r.query.SignedInBefore = models.At(now.AddDate(0, 0, -days))
	default:
		odd = append(odd, paramSeen)
	}
	if v := in.Get(paramBefore); v != "" {
		day, err := time.Parse(time.DateOnly, v)
		if err != nil {
			return append(odd, paramBefore)
		}
		r.query.SignedInBefore = models.At(day)
	}
	return odd
}

func (r *request) parseSort(v string) []string {
	name, desc := strings.CutPrefix(v, "-")
	switch s := directory.Sort(name); s {
	case "", directory.SortName, directory.SortSignIn, directory.SortCreated:
		r.query.Sort, r.query.Desc = s, desc
		return nil
	}
	return []string{paramSort}
}

// parseRefs looks up the things that an address names by key.
func (p *Pages) parseRefs(ctx context.Context, c *web.Call, in url.Values, r *request) ([]string, error) {
	var odd []string
	if key := in.Get(paramRole); key != "" {
		role, err := p.Access.Role(ctx, c.Tenant(), key)
		switch {
		case errs.Is(err, errs.NotFound):
			odd = append(odd, paramRole)
		case err != nil:
			return nil, err
		default:
			r.role = role.Name
			if r.query.RoleIDs, err = p.Access.ContainingRoles(ctx, c.Tenant(), role.ID); err != nil {
				return nil, err
			}
		}
	}
	if id := in.Get(paramManager); id == "none" {
		r.query.NoManager, r.manager = true, "None"
	} else if id != "" {
		person, err := p.People.Get(ctx, c.Tenant(), id)
		switch {
		case errs.Is(err, errs.NotFound):
			odd = append(odd, paramManager)
		case err != nil:
			return nil, err
		default:
			r.query.ManagerID, r.manager = person.ID, person.DisplayName
		}
	}
	for _, id := range r.query.DepartmentIDs {
		name, err := p.departmentName(ctx, c.Tenant(), id, c.Now())
		if err != nil {
			return nil, err
		}
		r.departments = append(r.departments, name)
	}
	if r.query.View == directory.ViewPrivileged {
		ids, err := p.Access.PrivilegedRoleIDs(ctx, c.Tenant())
		if err != nil {
			return nil, err
		}
		r.query.PrivilegedRoleIDs = ids
	}
	return odd, nil
}

// link gives the list's address with some parameters changed; "" removes one.
func (r request) link(path string, changes map[string]string) string {
	v := url.Values{}
	for name, values := range r.values {
		v[name] = slices.Clone(values)
	}
	for name, value := range changes {
		v.Del(name)
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

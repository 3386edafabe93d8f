package users

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// keptFor is how long what the list offers (choices of filters, counts of views)
// may be old. It is a hint for people; no decision is made with it.
const keptFor = 20 * time.Second

// kept remembers per tenant what every list page would ask for again.
type kept struct {
	mu      sync.Mutex
	options map[int64]options
	counts  map[int64]counts
}

type options struct {
	at          time.Time
	departments []models.Department
	roles       []ui.Option
	definitions []directory.Definition
}

type counts struct {
	at time.Time
	of map[directory.View]string
}

func newKept() kept { return kept{options: map[int64]options{}, counts: map[int64]counts{}} }

// options gives the departments, roles and attributes a filter offers.
func (p *Pages) options(ctx context.Context, tenant int64, now time.Time) (options, error) {
	p.kept.mu.Lock()
	o, ok := p.kept.options[tenant]
	p.kept.mu.Unlock()
	if ok && now.Sub(o.at).Abs() < keptFor {
		return o, nil
	}
	o = options{at: now}
	var err error
	if o.departments, err = p.People.Departments(ctx, tenant, "", choices); err != nil {
		return o, err
	}
	if o.definitions, err = p.People.Definitions(ctx, tenant); err != nil {
		return o, err
	}
	roles, err := p.Access.ListRoles(ctx, tenant, access.RoleFilter{Limit: choices, Uncounted: true})
	if err != nil {
		return o, err
	}
	for _, role := range roles.Rows {
		o.roles = append(o.roles, ui.Option{Value: role.Key, Label: role.Name + " (" + role.Application.Name + ")"})
	}
	p.kept.mu.Lock()
	p.kept.options[tenant] = o
	p.kept.mu.Unlock()
	return o, nil
}

// departmentName gives the name of a department a filter names.
func (p *Pages) departmentName(ctx context.Context, tenant, id int64, now time.Time) (string, error) {
	if id == 0 {
		return "None", nil
	}
	o, err := p.options(ctx, tenant, now)
	if err != nil {
		return "", err
	}
	for _, d := range o.departments {
		if d.ID == id {
			return d.Name, nil
		}
	}
	return "number " + strconv.FormatInt(id, 10), nil
}

// viewCounts counts the people of each view, as words for its tab.
func (p *Pages) viewCounts(ctx context.Context, tenant int64, now time.Time) (map[directory.View]string, error) {
	p.kept.mu.Lock()
	c, ok := p.kept.counts[tenant]
	p.kept.mu.Unlock()
	if ok && now.Sub(c.at).Abs() < keptFor {
		return c.of, nil
	}
	privileged, err := p.Access.PrivilegedRoleIDs(ctx, tenant)
	if err != nil {
		return nil, err
	}
	of := map[directory.View]string{}
	for _, v := range directory.Views {
		n, capped, err := p.People.Count(ctx, tenant, directory.Query{View: v.View, PrivilegedRoleIDs: privileged})
		if err != nil {
			continue // a view that takes too long to count is shown without its number
		}
		of[v.View] = ui.Count(n)
		if capped {
			of[v.View] = ui.Count(directory.CountCap) + "+"
		}
	}
	p.kept.mu.Lock()
	p.kept.counts[tenant] = counts{at: now, of: of}
	p.kept.mu.Unlock()
	return of, nil
}

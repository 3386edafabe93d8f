package access

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rollcall/rollcall/models"
)

// closure says, for one version of a tenant's roles, which console permissions
// each role gives. Roles that give none are not in it. It is never changed.
type closure struct {
	version int64
	masks   map[int64]models.Permission
}

// tenantClosure holds the newest closure of a tenant that was compiled.
type tenantClosure struct {
	current atomic.Pointer[closure]
	compile sync.Mutex
}

// Can says what a person may do in the console. Epoch and Version must come
// from the request's own look at the database; the answer is then as new as
// they are, whatever another replica did a moment ago.
func (e *Engine) Can(ctx context.Context, ask Ask) (Grant, error) {
	if grant, ok := e.grants.get(ask); ok {
		return grant, nil
	}
	roles, err := e.closure(ctx, ask.Tenant, ask.Version)
	if err != nil {
		return Grant{}, err
	}
	rows, err := selectGrants(ctx, e.db.Read(ask.Tenant), ask.UserID)
	if err != nil {
		return Grant{}, err
	}
	entry := decide(ask, roles, rows)
	e.grants.put(ask, entry)
	return entry.grant, nil
}

// decide computes a grant and the span of time in which it is true.
func decide(ask Ask, roles *closure, rows []grantRow) grantEntry {
	entry := grantEntry{epoch: ask.Epoch, version: ask.Version, until: models.Forever}
	for _, row := range rows {
		for _, turn := range []models.Instant{row.FromAt, row.UntilAt} {
			if turn <= ask.Now {
				entry.since = max(entry.since, turn)
			} else {
				entry.until = min(entry.until, turn)
			}
		}
		if row.FromAt <= ask.Now && ask.Now < row.UntilAt {
			entry.grant.Mask |= roles.masks[row.RoleID]
			entry.grant.Roles = append(entry.grant.Roles, row.ref())
		}
	}
	entry.grant.Roles = tidy(entry.grant.Roles)
	entry.grant.Until = entry.until
	return entry
}

// closure gives the compiled roles of a tenant at a version or newer.
func (e *Engine) closure(ctx context.Context, tenant, version int64) (*closure, error) {
	slot, ok := e.closures.Load(tenant)
	if !ok {
		slot, _ = e.closures.LoadOrStore(tenant, new(tenantClosure))
	}
	holder := slot.(*tenantClosure)
	if c := holder.current.Load(); c != nil && c.version == version {
		return c, nil
	}
	holder.compile.Lock()
	defer holder.compile.Unlock()
	if c := holder.current.Load(); c != nil && c.version == version { // compiled while we waited
		return c, nil
	}
	c, err := e.compile(ctx, tenant, version)
	if err != nil {
		return nil, err
	}
	holder.current.Store(c)
	return c, nil
}

// compile reads the closure as it is now.
func (e *Engine) compile(ctx context.Context, tenant, version int64) (*closure, error) {
	rows, err := selectClosure(ctx, e.db.Read(tenant))
	if err != nil {
		return nil, err
	}
	c := &closure{version: version, masks: make(map[int64]models.Permission)}
	for _, row := range rows {
		c.version = row.Version
		p, _ := models.PermissionByKey(row.PermissionKey)
		c.masks[row.RoleID] |= p
	}
	return c, nil
}

// tidy puts privileged roles first, then by name, each once.
func tidy(roles []RoleRef) []RoleRef {
	slices.SortFunc(roles, byPrivilege)
	return slices.CompactFunc(roles, func(a, b RoleRef) bool { return a.ID == b.ID })
}

func byPrivilege(a, b RoleRef) int {
	switch {
	case a.Privileged && !b.Privileged:
		return -1
	case b.Privileged && !a.Privileged:
		return 1
	}
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return int(a.ID - b.ID)
}

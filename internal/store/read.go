package store

import (
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// Reader reads inside one tenant, outside or inside a transaction.
type Reader struct {
	db     bun.IDB
	tenant int64
	store  *Store
}

// Read gives a Reader for a tenant. In raw SQL its id is ?tenant.
func (s *Store) Read(tenant int64) Reader {
	if r, ok := s.scoped.Load(tenant); ok {
		return r.(Reader)
	}
	r := Reader{db: s.read.WithNamedArg("tenant", tenant), tenant: tenant, store: s}
	s.scoped.Store(tenant, r)
	return r
}

// Tenant gives the tenant the reader is scoped to.
func (r Reader) Tenant() int64 { return r.tenant }

// Dialect tells which kind of database this is.
func (r Reader) Dialect() Dialect { return r.store.dialect }

// Select starts a query over the model's table, already limited to the tenant.
// Joined tables need their own `x.tenant_id = ?tenant`.
func (r Reader) Select(model any) *bun.SelectQuery {
	return r.db.NewSelect().Model(model).Where("?TableAlias.tenant_id = ?", r.tenant)
}

// Raw runs hand-written SQL. It must name ?tenant: a query that forgets the
// tenant is a programming error and panics before it reaches the database.
func (r Reader) Raw(query string, args ...any) *bun.RawQuery {
	mustNameTenant(query)
	return r.db.NewRaw(query, args...)
}

// Subquery starts a query without a table of its own, for EXISTS and FROM
// (SELECT ...). The caller names the tenant in it.
func (r Reader) Subquery() *bun.SelectQuery { return r.db.NewSelect() }

func mustNameTenant(query string) {
	if !strings.Contains(query, "?tenant") {
		panic(fmt.Sprintf("store: query without ?tenant: %s", query))
	}
}

// SystemReason says why a read may cross tenants. The list is closed; the
// architecture test checks that it is not used elsewhere.
type SystemReason string

// The reasons.
const (
	TenantLookup  SystemReason = "find the tenant of an installation or a request"
	SessionLookup SystemReason = "a session cookie says which tenant it belongs to"
)

// System reads across tenants, for one of the closed reasons.
func (s *Store) System(_ SystemReason) SystemReader { return SystemReader{db: s.read} }

// SystemReader reads across tenants.
type SystemReader struct{ db bun.IDB }

// Select starts a query over the model's table in all tenants.
func (r SystemReader) Select(model any) *bun.SelectQuery { return r.db.NewSelect().Model(model) }

// Raw runs hand-written SQL over all tenants.
func (r SystemReader) Raw(query string, args ...any) *bun.RawQuery {
	return r.db.NewRaw(query, args...)
}

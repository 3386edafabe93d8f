package directory

import (
	"context"
	"io"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// List gives one page of people.
func (e *Engine) List(ctx context.Context, tenant int64, q Query) (Page, error) { panic("x") }

func (e *Engine) Lookup(ctx context.Context, tenant int64, text string) ([]Exact, error) { panic("x") }

func (e *Engine) Count(ctx context.Context, tenant int64, q Query) (n int, capped bool, err error) {
	panic("x")
}
func (e *Engine) CountExactly(ctx context.Context, tenant int64, q Query) (int, error) { panic("x") }
func (e *Engine) Facets(ctx context.Context, tenant int64, q Query, field FacetField) ([]Facet, error) {
	panic("x")
}
func (e *Engine) Each(ctx context.Context, tenant int64, q Query, fn func(Row) error) error {
	panic("x")
}
func (e *Engine) WriteCSV(ctx context.Context, w io.Writer, tenant int64, q Query, o CSVOptions) (int, error) {
	panic("x")
}
func (e *Engine) RecordExport(ctx context.Context, actor models.Actor, what string, n int, reason string) error {
	panic("x")
}
func (e *Engine) Get(ctx context.Context, tenant int64, publicID string) (Person, error) { panic("x") }
func (e *Engine) GetByID(ctx context.Context, tenant, id int64) (Person, error)          { panic("x") }
func (e *Engine) FindIdentity(ctx context.Context, tenant int64, issuer, subject string) (models.User, models.Identity, error) {
	panic("x")
}
func (e *Engine) Names(ctx context.Context, tenant int64, ids []int64) (map[int64]PersonRef, error) {
	panic("x")
}
func (e *Engine) Reports(ctx context.Context, tenant, managerID int64, q Query) (Page, error) {
	panic("x")
}
func (e *Engine) Create(ctx context.Context, actor models.Actor, in NewPerson) (Person, error) {
	panic("x")
}
func (e *Engine) Invite(ctx context.Context, actor models.Actor, in NewPerson) (Person, error) {
	panic("x")
}
func (e *Engine) Edit(ctx context.Context, actor models.Actor, publicID string, version int64, in EditInput) (Person, error) {
	panic("x")
}
func (e *Engine) Reveal(ctx context.Context, actor models.Actor, publicID, reason string) (Revealed, error) {
	panic("x")
}
func (e *Engine) Definitions(ctx context.Context, tenant int64) ([]Definition, error) { panic("x") }
func (e *Engine) DefineAttribute(ctx context.Context, actor models.Actor, d Definition) error {
	panic("x")
}
func (e *Engine) RemoveAttribute(ctx context.Context, actor models.Actor, key string) error {
	panic("x")
}
func (e *Engine) Departments(ctx context.Context, tenant int64, search string, limit int) ([]models.Department, error) {
	panic("x")
}
func (e *Engine) EnsureDepartment(ctx context.Context, tx *store.Tx, name string) (int64, error) {
	panic("x")
}
func (e *Engine) Attention(ctx context.Context, tenant int64) (Attention, error) { panic("x") }
func (e *Engine) Load(ctx context.Context, actor models.Actor, records []NewRecord) ([]Loaded, error) {
	panic("x")
}

func (e *Engine) Lock(ctx context.Context, tx *store.Tx, publicID string) (models.User, error) {
	panic("x")
}
func (e *Engine) LockByID(ctx context.Context, tx *store.Tx, id int64) (models.User, error) {
	panic("x")
}
func (e *Engine) SetStatus(ctx context.Context, tx *store.Tx, userID int64, c StatusChange) (before, after models.User, err error) {
	panic("x")
}
func (e *Engine) CreateFromClaims(ctx context.Context, tx *store.Tx, n NewFromClaims) (models.User, models.Identity, error) {
	panic("x")
}
func (e *Engine) ApplyClaims(ctx context.Context, tx *store.Tx, userID int64, c Claims, source string) (user models.User, before, after map[string]any, err error) {
	panic("x")
}
func (e *Engine) LinkIdentity(ctx context.Context, tx *store.Tx, n NewIdentity) (models.Identity, error) {
	panic("x")
}
func (e *Engine) TouchSignIn(ctx context.Context, tx *store.Tx, userID, identityID int64) error {
	panic("x")
}
func (e *Engine) FindInvited(ctx context.Context, tx *store.Tx, emailNorm string) (models.User, bool, error) {
	panic("x")
}
func (e *Engine) IdentityIn(ctx context.Context, tx *store.Tx, issuer, subject string) (models.User, models.Identity, error) {
	panic("x")
}

func NormEmail(email string) string { panic("x") }
func mask(s string) string          { panic("x") }

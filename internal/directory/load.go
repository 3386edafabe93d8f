package directory

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// loadChunk is how many people one transaction of Load writes.
const loadChunk = 1_000

// Load writes many people at once, for seeds and imports by the operator: one
// transaction and one audit event for each chunk, in the order of the records.
// It gives what was written even when a later chunk fails. Texts are made to
// fit like claims, not refused.
//
// A manager stands before their reports, so that records go level by level: a
// chunk ends where somebody's manager is in it.
func (e *Engine) Load(ctx context.Context, actor models.Actor, records []NewRecord) ([]Loaded, error) {
	if err := permit(actor, models.TenantAdminister, "load people"); err != nil {
		return nil, err
	}
	records, err := withIDs(records)
	if err != nil {
		return nil, err
	}
	done := make([]Loaded, 0, len(records))
	for len(records) > 0 {
		n := chunk(records)
		var written []Loaded
		err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
			var err error
			written, err = e.loadChunk(ctx, tx, records[:n])
			return err
		})
		if err != nil {
			return done, err
		}
		done = append(done, written...)
		records = records[n:]
	}
	return done, nil
}

// withIDs gives a copy in which everybody has a public id.
func withIDs(records []NewRecord) ([]NewRecord, error) {
	all := make([]NewRecord, len(records))
	copy(all, records)
	for i := range all {
		if all[i].PublicID != "" {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("make a public id: %w", err)
		}
		all[i].PublicID = id.String()
	}
	return all, nil
}

// chunk tells how many records go into the next transaction.
func chunk(records []NewRecord) int {
	inside := make(map[string]bool, loadChunk)
	for i := range records {
		if i == loadChunk || records[i].Manager != "" && inside[records[i].Manager] {
			return i
		}
		inside[records[i].PublicID] = true
	}
	return len(records)
}

func (e *Engine) loadChunk(ctx context.Context, tx *store.Tx, records []NewRecord) ([]Loaded, error) {
	managers, err := idsOf(ctx, tx.Reader, managersOf(records))
	if err != nil {
		return nil, err
	}
	departments, err := e.loadDepartments(ctx, tx, records)
	if err != nil {
		return nil, err
	}
	users := make([]models.User, len(records))
	for i := range records {
		n := &records[i]
		if n.Manager != "" && managers[n.Manager] == 0 {
			return nil, errs.New(errs.Invalid, "The manager %s of %s is not there yet. Managers come first.", n.Manager, n.PublicID)
		}
		users[i] = n.user(tx)
		users[i].DepartmentID, users[i].ManagerID = departments[n.Department], managers[n.Manager]
	}
	if err := insertUsers(ctx, tx, users); err != nil {
		return nil, err
	}
	if err := insertBelongings(ctx, tx, users, records); err != nil {
		return nil, err
	}
	loaded := make([]Loaded, len(users))
	for i := range users {
		loaded[i] = Loaded{ID: users[i].ID, PublicID: users[i].PublicID}
	}
	target, err := tenantRef(ctx, tx.Reader)
	if err != nil {
		return nil, err
	}
	return loaded, tx.Record(ctx, store.Event{
		Action: models.Seeded, Target: target,
		After: map[string]any{"people": len(users), "first": loaded[0].PublicID, "last": loaded[len(loaded)-1].PublicID},
	})
}

func managersOf(records []NewRecord) []string {
	var all []string
	seen := map[string]bool{"": true}
	for i := range records {
		if !seen[records[i].Manager] {
			seen[records[i].Manager] = true
			all = append(all, records[i].Manager)
		}
	}
	return all
}

func (e *Engine) loadDepartments(ctx context.Context, tx *store.Tx, records []NewRecord) (map[string]int64, error) {
	ids := map[string]int64{"": 0}
	for i := range records {
		name := records[i].Department
		if _, known := ids[name]; known {
			continue
		}
		id, err := e.EnsureDepartment(ctx, tx, accept(name, maxDepartment))
		if err != nil {
			return nil, err
		}
		ids[name] = id
	}
	return ids, nil
}

// user gives the row of a record.
func (n *NewRecord) user(tx *store.Tx) models.User {
	u := models.User{
		PublicID: n.PublicID, DisplayName: accept(n.DisplayName, maxName), GivenName: accept(n.GivenName, maxName),
		FamilyName: accept(n.FamilyName, maxName), Username: accept(n.Username, maxName), Email: accept(n.Email, maxEmail),
		Phone: accept(n.Phone, maxPhone), ExternalID: accept(n.ExternalID, maxExternalID), Title: accept(n.Title, maxName),
		External: n.External, Status: n.Status, StatusReason: accept(n.StatusReason, maxReason), StatusBy: accept(n.StatusBy, maxName),
		StatusSince: or(n.StatusSince, n.CreatedAt, tx.Now), LeavingAt: n.LeavingAt, PendingSince: n.PendingSince,
		LastSignInAt: n.LastSignInAt, CreatedAt: or(n.CreatedAt, tx.Now), UpdatedAt: or(n.CreatedAt, tx.Now),
		UpdatedBy: cut(tx.Actor.Name, maxName), Version: 1, FieldSources: "{}",
	}
	if u.Status == "" {
		u.Status = models.Active
	}
	if u.StatusBy == "" {
		u.StatusBy = u.UpdatedBy
	}
	if u.DisplayName == "" {
		u.DisplayName = anyName(&u)
	}
	if len(n.Identities) > 0 {
		u.Provider = n.Identities[0].Provider
		if n.Owned {
			u.FieldSources = ownedBy(u.Provider)
		}
	}
	u.SortName, u.UsernameNorm, u.EmailNorm = sortName(u.DisplayName), normUsername(u.Username), cut(NormEmail(u.Email), maxEmail)
	return u
}

// ownedBy says that a provider owns what providers usually say.
func ownedBy(provider string) string {
	sources := Sources{}
	for _, field := range []string{FieldDisplayName, FieldGivenName, FieldFamilyName, FieldUsername, FieldEmail, FieldTitle, FieldDepartment} {
		sources[field] = provider
	}
	return sources.Text()
}

func or(moments ...models.Instant) models.Instant {
	for _, at := range moments {
		if at != 0 {
			return at
		}
	}
	return 0
}

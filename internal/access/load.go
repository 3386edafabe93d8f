package access

import (
	"context"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// loadChunk is how many assignments Load writes in one transaction.
const loadChunk = 1_000

// Load writes many assignments at once, for seeds and imports from the command
// line: no rule but the database's own is asked, so only the system and the
// operator of the machine may. Each chunk has one event. It says how many were
// written before an error.
func (e *Engine) Load(ctx context.Context, actor models.Actor, rows []LoadRow) (int, error) {
	if actor.Kind != models.ActorSystem && actor.Kind != models.ActorOperator {
		return 0, errs.New(errs.Forbidden, "Only the command line loads assignments.")
	}
	done := 0
	for chunk := range slices.Chunk(rows, loadChunk) {
		err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error { return load(ctx, tx, chunk) })
		if err != nil {
			return done, err
		}
		done += len(chunk)
	}
	return done, nil
}

func load(ctx context.Context, tx *store.Tx, chunk []LoadRow) error {
	var wanted []string
	for _, row := range chunk {
		wanted = append(wanted, row.RoleKey)
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	roles, err := selectRolesByKey(ctx, tx.Reader, wanted)
	if err != nil {
		return err
	}
	rows, users, perRole := make([]models.Assignment, 0, len(chunk)), make([]int64, 0, len(chunk)), make(map[string]any)
	for _, in := range chunk {
		role, ok := roles[in.RoleKey]
		if !ok {
			return errs.New(errs.Invalid, "There is no role with the key %s.", in.RoleKey)
		}
		rows = append(rows, in.assignment(tx, role.ID))
		users = append(users, in.UserID)
		n, _ := perRole[in.RoleKey].(int)
		perRole[in.RoleKey] = n + 1
	}
	if err := insertRow(ctx, tx, &rows); err != nil {
		return err
	}
	slices.Sort(users)
	if err := raiseEpoch(ctx, tx, slices.Compact(users)...); err != nil {
		return err
	}
	tenant, err := selectTenantName(ctx, tx.Reader)
	if err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant(), Name: tenant},
		After: perRole, Detail: fmt.Sprintf("%d assignments", len(rows)),
	})
}

func (in LoadRow) assignment(tx *store.Tx, role int64) models.Assignment {
	row := models.Assignment{
		UserID: in.UserID, RoleID: role, Source: in.Source, SourceRef: in.SourceRef, Reason: in.Reason,
		FromAt: in.From, UntilAt: in.Until, GrantedByID: in.GrantedByID, GrantedBy: in.GrantedBy, CreatedAt: in.CreatedAt,
	}
	if row.Source == "" {
		row.Source = models.SourceDirect
	}
	if row.FromAt == 0 {
		row.FromAt = tx.Now
	}
	if row.UntilAt == 0 {
		row.UntilAt = models.Forever
	}
	if row.CreatedAt == 0 {
		row.CreatedAt = tx.Now
	}
	if row.GrantedBy == "" {
		row.GrantedBy = tx.Actor.Name
	}
	return row
}

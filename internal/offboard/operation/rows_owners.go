package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// owned is a connector that gets another owner.
type owned struct {
	ID       int64
	Name     string
	OwnerID  int64
	Owner    string // name
	Next     int64
	NextName string
}

// takeOwned gives the connectors of people who go to whoever asked for it, and
// keeps whose they were.
func takeOwned(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) ([]owned, error) {
	var rows []owned
	err := tx.Raw(`SELECT c.id, c.name, c.owner_id, u.display_name AS owner FROM connectors c
		JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.owner_id
		WHERE c.tenant_id = ?tenant AND c.owner_id IN (?) ORDER BY c.id`, bun.List(users)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list what people own: %w", err)
	}
	kept := make([]models.OperationOwner, len(rows))
	for i := range rows {
		rows[i].Next, rows[i].NextName = op.RequestedByID, op.RequestedBy
		kept[i] = models.OperationOwner{OperationID: op.ID, ConnectorID: rows[i].ID, OldOwnerID: rows[i].OwnerID, NewOwnerID: op.RequestedByID, MovedAt: tx.Now}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	if _, err := tx.Insert(&kept).Returning("NULL").Exec(ctx); err != nil {
		return nil, fmt.Errorf("keep whose connectors were: %w", err)
	}
	return rows, setOwners(ctx, tx, rows)
}

// giveOwnedBack gives people back what they owned, where nobody else was made
// the owner meanwhile.
func giveOwnedBack(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) ([]owned, error) {
	var rows []owned
	err := tx.Raw(`SELECT c.id, c.name, c.owner_id, COALESCE(n.display_name, '') AS owner, oo.old_owner_id AS next, u.display_name AS next_name FROM operation_owners oo
		JOIN connectors c ON c.tenant_id = oo.tenant_id AND c.id = oo.connector_id AND c.owner_id = oo.new_owner_id
		JOIN users u ON u.tenant_id = oo.tenant_id AND u.id = oo.old_owner_id
		LEFT JOIN users n ON n.tenant_id = c.tenant_id AND n.id = c.owner_id
		WHERE oo.tenant_id = ?tenant AND oo.operation_id = ? AND oo.old_owner_id IN (?) ORDER BY c.id`, op.ID, bun.List(users)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list what people owned: %w", err)
	}
	return rows, setOwners(ctx, tx, rows)
}

// setOwners writes owners; people own few connectors, and an installation has few.
func setOwners(ctx context.Context, tx *store.Tx, rows []owned) error {
	by := map[int64][]int64{}
	for _, r := range rows {
		by[r.Next] = append(by[r.Next], r.ID)
	}
	for owner, ids := range by {
		q := tx.Update((*models.Connector)(nil)).Set("owner_id = ?", owner).Where("id IN (?)", bun.List(ids))
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("write owners of connectors: %w", err)
		}
	}
	return nil
}

// lockPending reads what people planned or asked for and nobody approved yet.
func lockPending(ctx context.Context, tx *store.Tx, but int64, users []int64) ([]models.Operation, error) {
	var ops []models.Operation
	q := tx.Select(&ops).Where("op.state IN (?, ?)", models.OperationDraft, models.OperationWaiting).Where("op.id <> ?", but).
		Where("op.created_by_id IN (?)", bun.List(users)).Order("op.id").Limit(100)
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list what people asked for: %w", err)
	}
	return ops, nil
}

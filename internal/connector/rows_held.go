package connector

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// heldRow is an account, or an identity that stands for one, with its connector.
type heldRow struct {
	ConnectorID  int64
	System       string `bun:"system_key"`
	Name         string
	Kind         models.ConnectorKind
	State        models.ConnectorState
	Settings     string
	AccountID    int64
	Account      string
	Username     string
	Enabled      bool
	LastReadAt   models.Instant
	MissingSince models.Instant
}

const connectorOfHeld = `cn.id AS connector_id, cn.connector_key AS system_key, cn.name, cn.kind, cn.state, cn.settings`

// selectHeld gives the accounts of a person, then the identities whose provider
// is a connector. Connectors that are being set up are left out.
func selectHeld(ctx context.Context, r store.Reader, user int64) ([]heldRow, error) {
	var rows, signedIn []heldRow
	err := r.Select((*models.Account)(nil)).ColumnExpr(connectorOfHeld).
		ColumnExpr("ac.id AS account_id, ac.account_key AS account, ac.username, ac.enabled, ac.last_read_at, ac.missing_since").
		Join("JOIN connectors AS cn ON cn.tenant_id = ac.tenant_id AND cn.id = ac.connector_id").
		Where("ac.user_id = ?", user).Where("cn.state <> ?", models.ConnectorDraft).
		Order("ac.connector_id", "ac.id").Limit(maxHeld).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list the accounts of a person: %w", err)
	}
	err = r.Select((*models.Identity)(nil)).ColumnExpr(connectorOfHeld).
		ColumnExpr("i.subject AS account, i.username").
		Join("JOIN connectors AS cn ON cn.tenant_id = i.tenant_id AND cn.connector_key = i.provider").
		Where("i.user_id = ?", user).Where("cn.state <> ?", models.ConnectorDraft).
		Order("i.id").Limit(maxHeld).Scan(ctx, &signedIn)
	if err != nil {
		return nil, fmt.Errorf("list the identities of a person at connected systems: %w", err)
	}
	return append(rows, signedIn...), nil
}

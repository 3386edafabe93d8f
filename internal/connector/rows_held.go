package connector

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectInUse gives every connector that is not just being set up.
func selectInUse(ctx context.Context, r store.Reader) ([]models.Connector, error) {
	var rows []models.Connector
	err := r.Select(&rows).Column("id", "connector_key", "kind", "name", "state", "settings").Where("state <> ?", models.ConnectorDraft).
		Order("id").Limit(MaxConnectors).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list connectors: %w", err)
	}
	return rows, nil
}

// selectHeld gives the accounts of a person as they were read last, and what
// they signed in with.
func selectHeld(ctx context.Context, r store.Reader, user int64) ([]models.Account, []models.Identity, error) {
	var accounts []models.Account
	err := r.Select(&accounts).Column("id", "connector_id", "account_key", "username", "enabled", "last_read_at", "missing_since").
		Where("user_id = ?", user).Order("connector_id", "id").Limit(maxHeld).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list the accounts of a person: %w", err)
	}
	var identities []models.Identity
	err = r.Select(&identities).Column("provider", "issuer", "subject", "username").Where("user_id = ?", user).Order("id").Limit(maxHeld).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list the identities of a person: %w", err)
	}
	return accounts, identities, nil
}

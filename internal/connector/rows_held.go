package connector

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

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

// selectHeld gives the accounts of people as they were read last, and what they
// signed in with, by person.
func selectHeld(ctx context.Context, r store.Reader, users []int64) (map[int64][]models.Account, map[int64][]models.Identity, error) {
	var accounts []models.Account
	limit := int64(len(users) * maxHeld)
	err := r.Select(&accounts).Column("id", "connector_id", "user_id", "account_key", "username", "enabled", "last_read_at", "missing_since").
		Where("user_id IN (?)", bun.List(users)).Order("user_id", "connector_id", "id").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list accounts of people: %w", err)
	}
	var identities []models.Identity
	err = r.Select(&identities).Column("user_id", "provider", "issuer", "subject", "username").
		Where("user_id IN (?)", bun.List(users)).Order("user_id", "id").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list identities of people: %w", err)
	}
	accountsOf, identitiesOf := map[int64][]models.Account{}, map[int64][]models.Identity{}
	for _, a := range accounts {
		accountsOf[a.UserID] = append(accountsOf[a.UserID], a)
	}
	for _, i := range identities {
		identitiesOf[i.UserID] = append(identitiesOf[i.UserID], i)
	}
	return accountsOf, identitiesOf, nil
}

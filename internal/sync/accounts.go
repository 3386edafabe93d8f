package sync

import (
	"context"

	"github.com/rollcall/rollcall/models"
)

// AccountView is a person's account at a source, as it was read last.
type AccountView struct {
	models.Account
	Connector ConnectorRef
}

// AccountsOf gives the accounts of a person, by connector.
func (e *Engine) AccountsOf(ctx context.Context, tenant, userID int64) ([]AccountView, error) {
	r := e.db.Read(tenant)
	rows, err := selectAccountsOf(ctx, r, userID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	sources, err := selectSources(ctx, r)
	if err != nil {
		return nil, err
	}
	var views []AccountView
	for i := range sources {
		for _, row := range rows {
			if row.ConnectorID == sources[i].ID {
				views = append(views, AccountView{Account: row, Connector: sources[i].connectorRef()})
			}
		}
	}
	return views, nil
}

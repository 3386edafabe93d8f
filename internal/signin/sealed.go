package signin

import "github.com/rollcall/rollcall/internal/secret"

// SealedColumns lists what this package seals, for sealing it with another key.
func SealedColumns() []secret.Column {
	return []secret.Column{
		{
			Table: "signin_transactions", Column: "sealed", Key: "state_hash", Needs: []string{"provider"},
			Place: func(tenant int64, row map[string]string) secret.Place {
				return pendingPlace(tenant, row["provider"], row["state_hash"])
			},
		},
		{
			Table: "signin_grants", Column: "sealed", Key: "public_id", Needs: []string{"user_id", "provider"},
			Place: func(tenant int64, row map[string]string) secret.Place {
				return grantPlaceOf(tenant, row["user_id"], row["provider"], row["public_id"])
			},
		},
	}
}

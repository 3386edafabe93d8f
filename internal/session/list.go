package session

import (
	"context"

	"github.com/rollcall/rollcall/models"
)

// List gives a person's live sessions, the newest first.
func (m *Manager) List(ctx context.Context, tenant, user int64) ([]Info, error) {
	found, err := list(ctx, m.store.Read(tenant), user, m.store.Now())
	if err != nil {
		return nil, err
	}
	infos := make([]Info, 0, len(found))
	for i := range found {
		infos = append(infos, info(&found[i]))
	}
	return infos, nil
}

func info(s *models.Session) Info {
	return Info{
		PublicID: s.PublicID, Device: Device(s.UserAgent), IP: s.IP, Provider: s.Provider, Methods: s.MethodWords,
		AuthTime: s.AuthTime, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, EndsAt: min(s.IdleUntil, s.ExpiresAt),
	}
}

// Counts gives the number of live sessions of each person who has one.
func (m *Manager) Counts(ctx context.Context, tenant int64, users []int64) (map[int64]int, error) {
	if len(users) == 0 {
		return map[int64]int{}, nil
	}
	return counts(ctx, m.store.Read(tenant), users, m.store.Now())
}

// IDToken gives the ID token the session began with, as the hint for signing
// out at the provider; "" when there is none.
func (m *Manager) IDToken(ctx context.Context, l Live) (string, error) {
	row, err := idToken(ctx, m.store.Read(l.Tenant.ID), l.PublicID)
	if err != nil || row.IDToken == "" {
		return "", err
	}
	b, err := m.keyring.Open(row.IDToken, idTokenPlace(l.Tenant.ID, row.UserID, row.Provider, row.PublicID))
	return string(b), err
}

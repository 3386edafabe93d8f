package session

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Proof is a fresh sign-in of the person whose session it is, at the provider
// the session came from. The caller has checked that it is the same person.
type Proof struct {
	Session string // public id of the session it was asked for
	Token   string // what the browser holds; it is dead afterwards (WEB-02)

	SID      string // the provider's session, which may be another one now
	IDToken  string
	Methods  []string
	AuthTime time.Time
}

// Elevated is a session that sensitive acts are open to, if the transaction commits.
type Elevated struct {
	Token string // for the cookie, and nowhere else
	Until models.Instant
}

// Elevate opens sensitive acts to a session for a while, inside the caller's
// transaction, which records it. The session goes on as the same one under a
// fresh token. The error is one of the Err values when it does not hold.
func (m *Manager) Elevate(ctx context.Context, tx *store.Tx, p Proof) (Elevated, error) {
	if len(p.Token) != tokenSize {
		return Elevated{}, ErrEnded
	}
	b := &beginning{tx: tx, row: new(models.Session), renew: true}
	ctx, err := m.scs.Load(context.WithValue(ctx, beginKey{}, b), p.Token)
	if err != nil {
		return Elevated{}, fmt.Errorf("find the session to renew: %w", err)
	}
	if b.row.PublicID == "" || b.row.PublicID != p.Session {
		return Elevated{}, ErrEnded
	}
	if err := m.raise(b.row, tx, p); err != nil {
		return Elevated{}, err
	}
	if err := m.scs.RenewToken(ctx); err != nil {
		return Elevated{}, fmt.Errorf("end the token before: %w", err)
	}
	m.scs.SetDeadline(ctx, b.row.ExpiresAt.Time())
	token, _, err := m.scs.Commit(ctx)
	if err != nil {
		return Elevated{}, fmt.Errorf("renew session: %w", err)
	}
	return Elevated{Token: token, Until: b.row.ElevatedUntil}, nil
}

// raise writes the proof into the row, unless the session has run out.
func (m *Manager) raise(row *models.Session, tx *store.Tx, p Proof) error {
	switch {
	case tx.Now >= row.ExpiresAt:
		return ErrExpired
	case tx.Now >= row.IdleUntil:
		return ErrIdle
	}
	row.ElevatedUntil = min(tx.Now.Add(m.elevation), row.ExpiresAt)
	row.LastSeenAt, row.IdleUntil = tx.Now, min(tx.Now.Add(m.idle), row.ExpiresAt)
	row.AuthTime = models.At(p.AuthTime)
	row.MethodWords = fit(strings.Join(p.Methods, " "), 200)
	if fit(p.SID, 255) == p.SID {
		row.SID = p.SID
	}
	if p.IDToken != "" {
		row.IDToken = m.keyring.Seal([]byte(p.IDToken), idTokenPlace(tx.Tenant(), row.UserID, row.Provider, row.PublicID))
	}
	return nil
}

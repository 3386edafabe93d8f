package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Start describes a session that begins.
type Start struct {
	UserID     int64
	UserName   string // for the log, when another session makes room
	IdentityID int64

	Provider, Issuer, Subject string
	SID                       string // the provider's session
	IDToken                   string // kept sealed, as the hint for signing out
	Methods                   []string
	AuthTime                  time.Time // zero: the provider did not say

	IP, UserAgent string

	Replaces string         // the token the browser held before; it ends (WEB-02)
	Until    models.Instant // an earlier end than the longest duration; 0: none (SES-02)
}

// Begun is a session that has begun, if the transaction commits.
type Begun struct {
	Token     string // for the cookie, and nowhere else
	PublicID  string
	ExpiresAt models.Instant
}

// Begin opens a session inside the caller's transaction, which records the
// sign-in. The token is fresh whatever the browser held before. Sessions beyond
// the limit end, the oldest first, and are recorded here.
func (m *Manager) Begin(ctx context.Context, tx *store.Tx, s Start) (Begun, error) {
	if s.UserID == 0 {
		return Begun{}, errors.New("session: begin without a user")
	}
	row, err := m.row(tx, s)
	if err != nil {
		return Begun{}, err
	}
	if err := m.makeRoom(ctx, tx, s); err != nil {
		return Begun{}, err
	}
	ctx = context.WithValue(ctx, beginKey{}, &beginning{tx: tx, row: row})
	ctx, err = m.scs.Load(ctx, s.Replaces)
	if err != nil {
		return Begun{}, fmt.Errorf("find the session before: %w", err)
	}
	if err := m.scs.Clear(ctx); err != nil {
		return Begun{}, fmt.Errorf("drop the values of the session before: %w", err)
	}
	if err := m.scs.RenewToken(ctx); err != nil {
		return Begun{}, fmt.Errorf("end the session before: %w", err)
	}
	m.scs.SetDeadline(ctx, row.ExpiresAt.Time())
	token, _, err := m.scs.Commit(ctx)
	if err != nil {
		return Begun{}, fmt.Errorf("begin session: %w", err)
	}
	return Begun{Token: token, PublicID: row.PublicID, ExpiresAt: row.ExpiresAt}, nil
}

func (m *Manager) row(tx *store.Tx, s Start) (*models.Session, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("session id: %w", err)
	}
	row := &models.Session{
		PublicID: id.String(), UserID: s.UserID, IdentityID: s.IdentityID,
		Provider: s.Provider, Issuer: s.Issuer, Subject: s.Subject,
		IP: fit(s.IP, 64), UserAgent: fit(s.UserAgent, 512), MethodWords: fit(strings.Join(s.Methods, " "), 200),
		AuthTime: models.At(s.AuthTime), CreatedAt: tx.Now, LastSeenAt: tx.Now,
	}
	row.ExpiresAt = tx.Now.Add(m.absolute)
	if s.Until != 0 {
		row.ExpiresAt = min(row.ExpiresAt, s.Until)
	}
	row.IdleUntil = min(tx.Now.Add(m.idle), row.ExpiresAt)
	if Keepable(s.SID) {
		row.SID = s.SID
	}
	if s.IDToken != "" {
		row.IDToken = m.keyring.Seal([]byte(s.IDToken), idTokenPlace(tx.Tenant(), row.UserID, row.Provider, row.PublicID))
	}
	return row, nil
}

func idTokenPlace(tenant, user int64, provider, session string) secret.Place {
	return place(tenant, strconv.FormatInt(user, 10), provider, session)
}

func place(tenant int64, user, provider, session string) secret.Place {
	return secret.Place{Tenant: tenant, Column: "sessions.id_token", Owner: user + "/" + provider, Row: session}
}

// SealedColumns lists what this package seals, for sealing it with another key.
func SealedColumns() []secret.Column {
	return []secret.Column{{
		Table: "sessions", Column: "id_token", Key: "public_id", Needs: []string{"user_id", "provider"},
		Place: func(tenant int64, row map[string]string) secret.Place {
			return place(tenant, row["user_id"], row["provider"], row["public_id"])
		},
	}}
}

// makeRoom ends the oldest sessions so that one more fits.
func (m *Manager) makeRoom(ctx context.Context, tx *store.Tx, s Start) error {
	if err := deleteDead(ctx, tx, s.UserID); err != nil {
		return err
	}
	ids, err := oldestFirst(ctx, tx, s.UserID)
	if err != nil {
		return err
	}
	for len(ids) >= m.max {
		id := ids[0]
		ids = ids[1:]
		if err := deleteOne(ctx, tx, id); err != nil {
			return err
		}
		err := tx.Record(ctx, store.Event{
			Action: models.SessionEnd,
			Target: store.Ref{Kind: models.KindUser, ID: s.UserID, Name: s.UserName},
			Object: store.Ref{Kind: models.KindSession, Name: id},
			Reason: fmt.Sprintf("More than %d sessions at once: the oldest ends.", m.max),
			Detail: "limit",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Keepable reports whether a provider's name of a session can be kept whole: one
// that cannot could not be matched either.
func Keepable(sid string) bool { return fit(sid, 255) == sid }

// fit makes foreign text storable everywhere: valid, without control
// characters, and at most n characters.
func fit(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	if utf8.RuneCountInString(text) > n {
		text = string([]rune(text)[:n])
	}
	return text
}

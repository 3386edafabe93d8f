package session

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
)

// known is a session as its provider knows it, with its person.
type known struct {
	owned
	Subject string
	SID     string `bun:"sid"`
}

// knownSQL reads living sessions of an issuer. Databases may take texts for
// equal that are not: what is read is compared again.
const knownSQL = `SELECT s.public_id, s.user_id, s.subject, s.sid, u.display_name AS name FROM sessions AS s
 JOIN users AS u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
 WHERE s.tenant_id = ?tenant AND s.issuer = ? AND ? AND +s.idle_until > ? AND +s.expires_at > ? LIMIT ?`

func knownBySID(ctx context.Context, tx *store.Tx, at AtProvider) ([]known, error) {
	found, err := scanKnown(ctx, tx, at.Issuer, bun.SafeQuery("s.sid = ?", at.SID))
	return slices.DeleteFunc(found, func(k known) bool { return k.SID != at.SID }), err
}

// knownBySubject gives all sessions of a subject, or those without a name of
// the provider.
func knownBySubject(ctx context.Context, tx *store.Tx, at AtProvider, unnamed bool) ([]known, error) {
	where := bun.SafeQuery("s.subject = ?", at.Subject)
	if unnamed {
		where = bun.SafeQuery("s.subject = ? AND s.sid = ''", at.Subject)
	}
	found, err := scanKnown(ctx, tx, at.Issuer, where)
	return slices.DeleteFunc(found, func(k known) bool { return k.Subject != at.Subject }), err
}

func scanKnown(ctx context.Context, tx *store.Tx, issuer string, where any) ([]known, error) {
	var found []known
	if err := tx.Raw(knownSQL, issuer, where, tx.Now, tx.Now, listed).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("find sessions of a provider: %w", err)
	}
	return found, nil
}

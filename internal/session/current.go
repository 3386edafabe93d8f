package session

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	// touchEvery is how stale "last seen" may be: it spares a write per request.
	touchEvery = models.Instant(time.Minute / time.Microsecond)
	// touchTime bounds the wait for that write: a page is worth more than it.
	touchTime = 250 * time.Millisecond
)

// Current gives the session of a request. The error says why there is none: one
// of the Err values of this package, or errs.Unavailable when the database does
// not answer, which says nothing about the session.
func (m *Manager) Current(r *http.Request) (Live, error) {
	return m.Find(r.Context(), m.Token(r))
}

// Find gives the session of a token, with the errors of Current.
func (m *Manager) Find(ctx context.Context, token string) (Live, error) {
	if token == "" {
		return Live{}, ErrNone
	}
	if len(token) != tokenSize {
		return Live{}, ErrEnded
	}
	l, err := m.look(ctx, token)
	if err != nil {
		return Live{}, err
	}
	if l == nil {
		return Live{}, ErrEnded
	}
	now := m.store.Now()
	if err := l.refusal(now); err != nil {
		return Live{}, err
	}
	m.touch(ctx, l, now)
	return *l, nil
}

// Lapsed gives the session of a token that ran out by itself not long ago, and
// whose person may still sign in: only to keep what they typed, so that it is
// theirs again when they return. There is no such thing for a session that was
// ended. The second result is false for everything else.
func (m *Manager) Lapsed(ctx context.Context, token string) (Live, bool, error) {
	if len(token) != tokenSize {
		return Live{}, false, nil
	}
	l, err := m.look(ctx, token)
	if err != nil || l == nil {
		return Live{}, false, err
	}
	now := m.store.Now()
	if l.blocked(now) || l.refusal(now) == nil {
		return Live{}, false, nil
	}
	return *l, true, nil
}

// look reads the session of a token, whatever its state; nil when there is none.
func (m *Manager) look(ctx context.Context, token string) (*Live, error) {
	got := new(found)
	if _, err := m.scs.Load(context.WithValue(ctx, foundKey{}, got), token); err != nil {
		return nil, unavailable(err)
	}
	return got.live, nil
}

func unavailable(err error) error {
	if _, ok := errs.As(err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return errs.Wrap(err, errs.Unavailable, "Rollcall could not read your session: the database does not answer. You are still signed in.")
}

type unattendedKey struct{}

// Unattended marks a request that a page makes by itself, such as a refresh every
// 30 seconds: it does not keep the session alive (WEB-03).
func Unattended(ctx context.Context) context.Context {
	return context.WithValue(ctx, unattendedKey{}, true)
}

// touch moves the idle end on. When it cannot, the next request tries again:
// the session then ends earlier than it might, never later.
func (m *Manager) touch(ctx context.Context, l *Live, now models.Instant) {
	if now-l.LastSeenAt < touchEvery || ctx.Value(unattendedKey{}) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, touchTime)
	defer cancel()
	until := min(now.Add(m.idle), l.ExpiresAt)
	err := m.store.Maintain(ctx, l.Tenant.ID, store.SessionTouch, func(ctx context.Context, tx *store.Tx) error {
		return touchRow(ctx, tx, l, now, until)
	})
	if err != nil {
		m.log.WarnContext(ctx, "session not touched", "session", l.PublicID, "error", err)
		return
	}
	l.LastSeenAt, l.IdleUntil = now, until
}

package session

import (
	"context"
	"net/http"
	"time"
)

// tokenSize is the length of a token as text: 256 bits in base64.
const tokenSize = 43

// Token gives the session token the browser sent, or "".
func (m *Manager) Token(r *http.Request) string {
	c, err := r.Cookie(m.scs.Cookie.Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// SetCookie hands the browser its token. The cookie is a session cookie of the
// browser: when it ends for good is written in the row.
func (m *Manager) SetCookie(w http.ResponseWriter, token string) {
	m.write(w, token, time.Unix(1<<33, 0)) // only its not being zero matters: the cookie does not persist
}

// ClearCookie takes the token from the browser.
func (m *Manager) ClearCookie(w http.ResponseWriter) { m.write(w, "", time.Time{}) }

func (m *Manager) write(w http.ResponseWriter, token string, expiry time.Time) {
	ctx, err := m.scs.Load(context.Background(), "") // an empty token is not looked up and cannot fail
	if err != nil {
		return
	}
	m.scs.WriteSessionCookie(ctx, w, token, expiry)
}

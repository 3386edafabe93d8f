package demo

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

// seatLife is how long the provider remembers a browser.
const seatLife = 12 * time.Hour

// seatCookie names the provider's own cookie; the console never reads it.
const seatCookie = "northwind-id"

// seat is a browser that is signed in at the provider.
type seat struct {
	sid     string // the claim; differs from the cookie, which nobody else may know
	account string
	since   time.Time
}

// seats are the provider's sessions, in memory.
type seats struct {
	mu  sync.Mutex
	all map[string]seat // by cookie
}

func newSeats() *seats { return &seats{all: map[string]seat{}} }

// of gives the seat of a browser.
func (s *seats) of(r *http.Request, now time.Time) (seat, bool) {
	cookie, err := r.Cookie(seatCookie)
	if err != nil {
		return seat{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.all[cookie.Value]
	return found, ok && now.Sub(found.since) < seatLife
}

// take signs a browser in, with a new session in place of an older one.
func (s *seats) take(w http.ResponseWriter, r *http.Request, fresh seat) {
	s.leave(w, r)
	now := fresh.since
	key := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, old := range s.all {
		if now.Sub(old.since) >= seatLife {
			delete(s.all, k)
		}
	}
	s.all[key] = fresh
	http.SetCookie(w, &http.Cookie{
		Name: seatCookie, Value: key, Path: ProviderPath + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(seatLife.Seconds()),
	})
}

// leave signs a browser out.
func (s *seats) leave(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(seatCookie)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, cookie.Value)
	http.SetCookie(w, &http.Cookie{Name: seatCookie, Path: ProviderPath + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}

package keeper

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// Kind says what a token is.
type Kind string

// The kinds.
const (
	Refresh Kind = "refresh" // hangs on a session of a browser
	Offline Kind = "offline" // lives on without one
	Access  Kind = "access"
)

// Token is one that a person was given.
type Token struct {
	Person string // username
	App    App
	Kind   Kind
	value  string
}

// Keeper holds tokens. It is safe for use by many goroutines.
type Keeper struct {
	*Realm

	Eye   App // may see access tokens by introspection: it is in their audience
	Blind App // may not

	mu     sync.Mutex
	tokens []Token
}

// Count says how many tokens are held.
func (k *Keeper) Count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.tokens)
}

func (k *Keeper) keep(tokens ...Token) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tokens = append(k.tokens, tokens...)
}

func (k *Keeper) all() []Token {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]Token(nil), k.tokens...)
}

// SignIn signs a person in at an application and keeps what they are given.
func (k *Keeper) SignIn(ctx context.Context, a App, person, password string, offline bool) error {
	kind, scope := Refresh, "openid"
	if offline {
		kind, scope = Offline, "openid offline_access"
	}
	got, ok, err := k.grant(ctx, a, url.Values{"grant_type": {"password"}, "username": {person}, "password": {password}, "scope": {scope}})
	if err == nil && (!ok || got.Refresh == "" || got.Access == "") {
		err = fmt.Errorf("keeper: %s cannot sign in at %s: %s", person, a.ID, got.refused)
	}
	if err != nil {
		return err
	}
	k.keep(Token{person, a, kind, got.Refresh}, Token{person, a, Access, got.Access})
	return nil
}

// Sight is one way in which a token was tried.
type Sight struct {
	Token

	How   string // "use", "introspection", "userinfo"
	Alive bool
}

// Try tries every token that is held, in every way there is, a few at once. What a
// refresh token gives is kept and tried the next time as well.
func (k *Keeper) Try(ctx context.Context, atOnce int) ([]Sight, error) {
	var mu sync.Mutex
	var seen []Sight
	err := Each(ctx, k.all(), atOnce, func(ctx context.Context, t Token) error {
		got, err := k.try(ctx, t)
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, got...)
		return err
	})
	return seen, err
}

func (k *Keeper) try(ctx context.Context, t Token) ([]Sight, error) {
	if t.Kind != Access {
		got, alive, err := k.grant(ctx, t.App, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.value}})
		if alive {
			k.keep(Token{t.Person, t.App, Access, got.Access})
			if got.Refresh != "" && got.Refresh != t.value {
				k.keep(Token{t.Person, t.App, t.Kind, got.Refresh})
			}
		}
		return []Sight{{t, "use", alive}}, err
	}
	active, err := k.introspect(ctx, k.Eye, t)
	if err != nil {
		return nil, err
	}
	shown, err := k.send(ctx, http.MethodGet, k.protocol("userinfo"), "Bearer "+t.value, nil)
	if err != nil {
		return nil, err
	}
	if shown.status != http.StatusOK && shown.status != http.StatusUnauthorized && shown.status != http.StatusForbidden {
		return nil, fmt.Errorf("keeper: userinfo answered %d %s", shown.status, shown.body)
	}
	return []Sight{{t, "introspection", active}, {t, "userinfo", shown.status == http.StatusOK}}, nil
}

func (k *Keeper) introspect(ctx context.Context, as App, t Token) (bool, error) {
	got, err := k.send(ctx, http.MethodPost, k.protocol("token/introspect"), as.basic(), url.Values{"token": {t.value}, "token_type_hint": {"access_token"}})
	if err != nil {
		return false, err
	}
	var said struct {
		Active bool `json:"active"`
	}
	if err := json.Unmarshal(got.body, &said); err != nil || got.status != http.StatusOK {
		return false, fmt.Errorf("keeper: introspection answered %d %s", got.status, got.body)
	}
	return said.Active, nil
}

// Outside says how many access tokens the client outside of their audience is
// shown alive, of how many. While they live, none is what makes it blind.
func (k *Keeper) Outside(ctx context.Context, atOnce int) (alive, of int, err error) {
	var mu sync.Mutex
	err = Each(ctx, k.all(), atOnce, func(ctx context.Context, t Token) error {
		if t.Kind != Access {
			return nil
		}
		active, err := k.introspect(ctx, k.Blind, t)
		mu.Lock()
		defer mu.Unlock()
		of++
		if active {
			alive++
		}
		return err
	})
	return alive, of, err
}

// Standing is how an account stands at Keycloak.
type Standing struct {
	Enabled  bool
	Sessions int // of browsers
	Offline  int // that live on without one, at the applications that were asked about
}

// Stands reads how an account stands; keys are Keycloak's own ids of applications.
func (k *Keeper) Stands(ctx context.Context, account string, keys []string) (Standing, error) {
	var person struct {
		Enabled bool `json:"enabled"`
	}
	path := "/users/" + url.PathEscape(account)
	if err := k.Admin(ctx, http.MethodGet, path, nil, &person); err != nil {
		return Standing{}, err
	}
	s := Standing{Enabled: person.Enabled}
	var list []json.RawMessage
	if err := k.Admin(ctx, http.MethodGet, path+"/sessions", nil, &list); err != nil {
		return s, err
	}
	s.Sessions = len(list)
	for _, key := range keys {
		if err := k.Admin(ctx, http.MethodGet, path+"/offline-sessions/"+url.PathEscape(key), nil, &list); err != nil {
			return s, err
		}
		s.Offline += len(list)
	}
	return s, nil
}

// LetIn switches an account on again, and nothing else: a colleague's click.
func (k *Keeper) LetIn(ctx context.Context, account string) error {
	return k.Admin(ctx, http.MethodPut, "/users/"+url.PathEscape(account), map[string]bool{"enabled": true}, nil)
}

// Each does something for each of a list, a few at once, and ends with the first
// fault.
func Each[T any](ctx context.Context, list []T, atOnce int, do func(context.Context, T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan T)
	var lanes sync.WaitGroup
	for range max(1, min(atOnce, len(list))) {
		lanes.Go(func() {
			for one := range work {
				if ctx.Err() == nil {
					if err := do(ctx, one); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	for _, one := range list {
		work <- one
	}
	close(work)
	lanes.Wait()
	return context.Cause(ctx)
}

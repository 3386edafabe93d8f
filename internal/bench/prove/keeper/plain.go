package keeper

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Plain is a client without anything around it: it asks the admin API as a service
// account for the same as the product does to cut somebody off, keeps nothing of
// it, and believes every answer. It is what the product's speed is compared with.
type Plain struct {
	*Realm

	Service App // the service account
	Console App // whose token is taken back first

	mu     sync.Mutex
	token  string
	expiry time.Time
}

// plainLife is how long a token of the service account is used.
const plainLife = 30 * time.Second

func (p *Plain) held(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.expiry) {
		return p.token, nil
	}
	got, ok, err := p.grant(ctx, p.Service, url.Values{"grant_type": {"client_credentials"}})
	if err == nil && !ok {
		err = fmt.Errorf("keeper: no token for %s", p.Service.ID)
	}
	if err != nil {
		return "", err
	}
	p.token, p.expiry = got.Access, time.Now().Add(plainLife)
	return p.token, nil
}

// cutting is what is asked about one account.
type cutting struct {
	*Plain

	path  string
	calls int
}

func (c *cutting) ask(ctx context.Context, method, path string, content, into any) error {
	token, err := c.held(ctx)
	if err != nil {
		return err
	}
	c.calls++
	got, err := c.send(ctx, method, "/admin/realms/"+url.PathEscape(c.Name)+path, "Bearer "+token, content)
	if err != nil {
		return err
	}
	if got.status > 299 && got.status != http.StatusNotFound { // what is gone has ended
		return fmt.Errorf("keeper: %s %s: %d %s", method, path, got.status, got.body)
	}
	if into == nil || got.status == http.StatusNotFound {
		return nil
	}
	return json.Unmarshal(got.body, into)
}

// consent is what an application was granted.
type consent struct {
	Client  string `json:"clientId"`
	Further []struct {
		Client string `json:"client"`
	} `json:"additionalGrants"`
}

// list reads sessions, and the offline ones of each application that has any.
func (c *cutting) list(ctx context.Context) (online, offline []string, err error) {
	var found []struct {
		ID string `json:"id"`
	}
	if err := c.ask(ctx, http.MethodGet, c.path+"/sessions", nil, &found); err != nil {
		return nil, nil, err
	}
	for _, s := range found {
		online = append(online, s.ID)
	}
	var granted []consent
	if err := c.ask(ctx, http.MethodGet, c.path+"/consents", nil, &granted); err != nil {
		return nil, nil, err
	}
	for _, g := range granted {
		for _, f := range g.Further {
			found = nil
			if err := c.ask(ctx, http.MethodGet, c.path+"/offline-sessions/"+url.PathEscape(f.Client), nil, &found); err != nil {
				return nil, nil, err
			}
			for _, s := range found {
				offline = append(offline, s.ID)
			}
		}
	}
	return online, offline, nil
}

// end signs the person out and ends what is left one by one.
func (c *cutting) end(ctx context.Context) error {
	if err := c.ask(ctx, http.MethodPost, c.path+"/logout", nil, nil); err != nil {
		return err
	}
	online, offline, err := c.list(ctx)
	if err != nil {
		return err
	}
	for _, id := range online {
		if err := c.ask(ctx, http.MethodDelete, "/sessions/"+url.PathEscape(id), nil, nil); err != nil {
			return err
		}
	}
	for _, id := range offline {
		if err := c.ask(ctx, http.MethodDelete, "/sessions/"+url.PathEscape(id)+"?isOffline=true", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// CutOff does it for one account, and says how many calls that took. console is
// the tokens of the person at the console; nil when there are none.
func (p *Plain) CutOff(ctx context.Context, account string, console *Pair) (calls int, err error) {
	c := &cutting{Plain: p, path: "/users/" + url.PathEscape(account)}
	if console != nil {
		if err := c.takeBack(ctx, *console); err != nil {
			return c.calls, err
		}
	}
	steps := []func(context.Context) error{c.read, c.disable, c.read, c.look, c.end, c.look, c.look, c.revoke, c.end, c.look}
	for _, do := range steps {
		if err := do(ctx); err != nil {
			return c.calls, err
		}
	}
	return c.calls, nil
}

func (c *cutting) read(ctx context.Context) error {
	return c.ask(ctx, http.MethodGet, c.path, nil, new(json.RawMessage))
}

func (c *cutting) disable(ctx context.Context) error {
	return c.ask(ctx, http.MethodPut, c.path, map[string]bool{"enabled": false}, nil)
}

func (c *cutting) look(ctx context.Context) error {
	_, _, err := c.list(ctx)
	return err
}

func (c *cutting) revoke(ctx context.Context) error {
	var granted []consent
	if err := c.ask(ctx, http.MethodGet, c.path+"/consents", nil, &granted); err != nil {
		return err
	}
	for _, g := range granted {
		if err := c.ask(ctx, http.MethodDelete, c.path+"/consents/"+url.PathEscape(g.Client), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// Pair is the two tokens of one sign-in.
type Pair struct{ refresh, access string }

// SignIn signs a person in at the console, as the product holds them.
func (p *Plain) SignIn(ctx context.Context, person, password string) (*Pair, error) {
	got, ok, err := p.grant(ctx, p.Console, url.Values{"grant_type": {"password"}, "username": {person}, "password": {password}, "scope": {"openid"}})
	if err == nil && !ok {
		err = fmt.Errorf("keeper: %s cannot sign in at %s", person, p.Console.ID)
	}
	return &Pair{got.Refresh, got.Access}, err
}

// takeBack uses the token, looks at it, takes it back, and does the same again.
func (c *cutting) takeBack(ctx context.Context, t Pair) error {
	at := func(endpoint, token, kind string) error {
		c.calls++
		_, err := c.send(ctx, http.MethodPost, c.protocol(endpoint), c.Console.basic(), url.Values{"token": {token}, "token_type_hint": {kind}})
		return err
	}
	use := func() error {
		c.calls++
		got, ok, err := c.grant(ctx, c.Console, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.refresh}})
		if ok {
			t = Pair{got.Refresh, got.Access}
		}
		return err
	}
	look := func() error {
		if err := at("token/introspect", t.refresh, "refresh_token"); err != nil {
			return err
		}
		return at("token/introspect", t.access, "access_token")
	}
	for _, do := range []func() error{
		use, look,
		func() error { return at("revoke", t.refresh, "refresh_token") },
		func() error { return at("revoke", t.access, "access_token") },
		use, look,
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

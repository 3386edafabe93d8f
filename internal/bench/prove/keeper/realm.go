package keeper

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Realm is a realm of a Keycloak, with who administers it.
type Realm struct {
	Base, Name     string // http://127.0.0.1:8080, and the realm behind it
	User, Password string // of the administrator, in the realm master
	HTTP           *http.Client

	mu     sync.Mutex
	token  string
	expiry time.Time
}

// At gives a realm of the server that an address like http://admin:password@host:port names.
func At(server, name string) (*Realm, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.User == nil {
		return nil, fmt.Errorf("keeper: %q is not http://admin:password@host:port", server)
	}
	password, _ := u.User.Password()
	return &Realm{
		Base: u.Scheme + "://" + u.Host, Name: name, User: u.User.Username(), Password: password,
		HTTP: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16}},
	}, nil
}

// App is a client of the realm.
type App struct{ ID, Secret string }

// answer is what came back, whole.
type answer struct {
	status int
	body   []byte
}

func (r *Realm) send(ctx context.Context, method, path, authorization string, content any) (answer, error) {
	var body io.Reader = http.NoBody
	kind := "application/json"
	switch content := content.(type) {
	case nil:
	case url.Values:
		body, kind = strings.NewReader(content.Encode()), "application/x-www-form-urlencoded"
	default:
		text, err := json.Marshal(content)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(text)
	}
	q, err := http.NewRequestWithContext(ctx, method, r.Base+path, body)
	if err != nil {
		return answer{}, err
	}
	q.Header.Set("Content-Type", kind)
	if authorization != "" {
		q.Header.Set("Authorization", authorization)
	}
	got, err := r.HTTP.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, text}, err
}

func (a App) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(a.ID)+":"+url.QueryEscape(a.Secret)))
}

func (r *Realm) protocol(of string) string {
	return "/realms/" + url.PathEscape(r.Name) + "/protocol/openid-connect/" + of
}

// Admin asks the admin API of the realm; path begins behind the realm's name.
func (r *Realm) Admin(ctx context.Context, method, path string, content, into any) error {
	token, err := r.admin(ctx)
	if err != nil {
		return err
	}
	got, err := r.send(ctx, method, "/admin/realms/"+url.PathEscape(r.Name)+path, "Bearer "+token, content)
	for range 3 { // its caches fail a request now and then when realms come and go beside it
		if err != nil || got.status != http.StatusInternalServerError {
			break
		}
		time.Sleep(100 * time.Millisecond)
		got, err = r.send(ctx, method, "/admin/realms/"+url.PathEscape(r.Name)+path, "Bearer "+token, content)
	}
	if err != nil {
		return err
	}
	if got.status < 200 || got.status > 299 {
		return fmt.Errorf("keeper: %s %s: %d %s", method, path, got.status, got.body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(got.body, into)
}

// adminLife is how long a token of the administrator is used; it lives a minute.
const adminLife = 30 * time.Second

func (r *Realm) admin(ctx context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.expiry) {
		return r.token, nil
	}
	got, err := r.send(ctx, http.MethodPost, "/realms/master/protocol/openid-connect/token", "", url.Values{
		"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {r.User}, "password": {r.Password},
	})
	if err != nil {
		return "", err
	}
	var t given
	if err := json.Unmarshal(got.body, &t); err != nil || got.status != http.StatusOK {
		return "", fmt.Errorf("keeper: no token for the administrator: %d %s", got.status, got.body)
	}
	r.token, r.expiry = t.Access, time.Now().Add(adminLife)
	return r.token, nil
}

// given is what the token endpoint gives.
type given struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`

	refused string
}

// grant asks the token endpoint; false: it refused, and said why.
func (r *Realm) grant(ctx context.Context, a App, form url.Values) (given, bool, error) {
	got, err := r.send(ctx, http.MethodPost, r.protocol("token"), a.basic(), form)
	if err != nil {
		return given{}, false, err
	}
	switch got.status {
	case http.StatusOK:
		var t given
		err := json.Unmarshal(got.body, &t)
		return t, err == nil, err
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return given{refused: string(got.body)}, false, nil
	}
	return given{}, false, fmt.Errorf("keeper: the token endpoint answered %d %s", got.status, got.body)
}

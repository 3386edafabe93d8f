package kctest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// env names the server and its administrator.
const env = "ROLLCALL_TEST_KEYCLOAK"

// patience is how long a server that is still starting is waited for.
const patience = 6 * time.Minute

// server is the Keycloak all tests of a process share.
type server struct {
	base, user, password string
	client               *http.Client

	ready sync.Once
	err   error

	mu     sync.Mutex
	token  string
	expiry time.Time
}

var shared = sync.OnceValues(func() (*server, error) {
	u, err := url.Parse(os.Getenv(env))
	if err != nil || u.Host == "" || u.User == nil {
		return nil, fmt.Errorf("%s is not http://admin:password@host:port", env)
	}
	password, _ := u.User.Password()
	s := &server{user: u.User.Username(), password: password, client: &http.Client{Timeout: time.Minute}}
	u.User = nil
	s.base = strings.TrimSuffix(u.String(), "/")
	return s, nil
})

// open gives the server once it answers, or skips or fails the test.
func open(t testing.TB) *server {
	t.Helper()
	if os.Getenv(env) == "" {
		if os.Getenv("ROLLCALL_TESTDB") == "all" || os.Getenv("CI") != "" {
			t.Fatalf("kctest: %s is not set: run it with scripts/with-keycloak", env)
		}
		t.Skipf("kctest: %s is not set; run it with scripts/with-keycloak", env)
	}
	s, err := shared()
	if err != nil {
		t.Fatalf("kctest: %v", err)
	}
	s.ready.Do(func() { s.err = s.wait() })
	if s.err != nil {
		t.Fatalf("kctest: %v", s.err)
	}
	return s
}

// wait returns when the server answers.
func (s *server) wait() error {
	var err error
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
		var status int
		status, _, err = s.send(context.Background(), http.MethodGet, "/realms/master/.well-known/openid-configuration", "", nil)
		if err == nil && status == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("no answer at %s within %s: %w", s.base, patience, err)
}

// admin gives a token of the administrator, renewed before it expires.
func (s *server) admin(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.expiry) {
		return s.token, nil
	}
	form := url.Values{"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {s.user}, "password": {s.password}}
	var answer struct {
		Token  string `json:"access_token"`
		Expiry int    `json:"expires_in"`
	}
	status, body, err := s.send(ctx, http.MethodPost, "/realms/master/protocol/openid-connect/token", "", form)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusOK {
		return "", fmt.Errorf("no token for the administrator: %d %s", status, body)
	}
	s.token, s.expiry = answer.Token, time.Now().Add(time.Duration(answer.Expiry)*time.Second/2)
	return s.token, nil
}

// send asks for a path with a form, with JSON, or with nothing.
func (s *server) send(ctx context.Context, method, path, token string, content any) (status int, body []byte, err error) {
	var reader io.Reader = http.NoBody
	kind := "application/json"
	switch content := content.(type) {
	case nil:
	case url.Values:
		reader, kind = strings.NewReader(content.Encode()), "application/x-www-form-urlencoded"
	default:
		b, err := json.Marshal(content)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.base+path, reader)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", kind)
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// call asks the admin API, as the administrator. Any answer but a success fails
// the test.
func (s *server) call(t testing.TB, method, path string, content, into any) {
	t.Helper()
	// Cleanups run after the test's own context has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	defer cancel()
	if err := s.try(ctx, method, path, content, into); err != nil {
		t.Fatalf("kctest: %v", err)
	}
}

func (s *server) try(ctx context.Context, method, path string, content, into any) error {
	token, err := s.admin(ctx)
	if err != nil {
		return err
	}
	status, body, err := s.send(ctx, method, path, "Bearer "+token, content)
	for range 3 {
		if err != nil || status != http.StatusInternalServerError {
			break
		}
		// Its caches fail a request now and then when realms come and go beside it.
		time.Sleep(100 * time.Millisecond)
		status, body, err = s.send(ctx, method, path, "Bearer "+token, content)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if status < 200 || status > 299 {
		return fmt.Errorf("%s %s: %d %s", method, path, status, body)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s %s: %w: %s", method, path, err, body)
	}
	return nil
}

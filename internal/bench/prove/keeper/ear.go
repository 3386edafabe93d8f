package keeper

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Ear is the back-channel address of an application: it takes logout tokens,
// checks each by the keys of the realm, and counts them by person.
type Ear struct {
	URL string

	realm  *Realm
	app    string
	server *http.Server

	mu    sync.Mutex
	heard map[string]int
	wrong []string
}

// Listen starts the address of an application on loopback.
func Listen(ctx context.Context, r *Realm, app string) (*Ear, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &Ear{URL: "http://" + l.Addr().String() + "/backchannel", realm: r, app: app, heard: map[string]int{}}
	e.server = &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = e.server.Serve(l) }() // it ends with Close
	return e, nil
}

// Close ends it.
func (e *Ear) Close() { _ = e.server.Close() } // nothing more is heard

// Heard gives how many good logout tokens came, by subject, and what was wrong
// with others.
func (e *Ear) Heard() (bySubject map[string]int, wrong []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	bySubject = make(map[string]int, len(e.heard))
	for sub, n := range e.heard {
		bySubject[sub] = n
	}
	return bySubject, slices.Clone(e.wrong)
}

// ServeHTTP takes one logout token.
func (e *Ear) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	q.Body = http.MaxBytesReader(w, q.Body, 64<<10)
	sub, err := e.check(q.Context(), q.PostFormValue("logout_token"))
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.wrong = append(e.wrong, err.Error())
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	e.heard[sub]++
}

// check checks a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).
func (e *Ear) check(ctx context.Context, token string) (subject string, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", errors.New("not a signed token")
	}
	var head struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	var c struct {
		Issuer   string                     `json:"iss"`
		Subject  string                     `json:"sub"`
		SID      string                     `json:"sid"`
		Audience any                        `json:"aud"`
		Nonce    *string                    `json:"nonce"`
		Events   map[string]json.RawMessage `json:"events"`
	}
	if err := errors.Join(decode(parts[0], &head), decode(parts[1], &c)); err != nil {
		return "", err
	}
	if head.Alg != "RS256" {
		return "", fmt.Errorf("signed by %q", head.Alg)
	}
	key, err := e.realm.key(ctx, head.Kid)
	if err != nil {
		return "", err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
		return "", err
	}
	_, logout := c.Events["http://schemas.openid.net/event/backchannel-logout"]
	if c.Issuer != e.realm.Base+"/realms/"+e.realm.Name || fmt.Sprint(c.Audience) != e.app || !logout || c.Nonce != nil || c.Subject == "" && c.SID == "" {
		return "", fmt.Errorf("not a logout token for %s: issuer %q, audience %v, logout %v", e.app, c.Issuer, c.Audience, logout)
	}
	return c.Subject, nil
}

func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// key gives a key that the realm signs with.
func (r *Realm) key(ctx context.Context, id string) (*rsa.PublicKey, error) {
	got, err := r.send(ctx, http.MethodGet, r.protocol("certs"), "", nil)
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []struct{ Kid, Kty, N, E string } `json:"keys"`
	}
	if err := json.Unmarshal(got.body, &set); err != nil {
		return nil, err
	}
	for _, k := range set.Keys {
		if k.Kid != id || k.Kty != "RSA" {
			continue
		}
		n, err := base64.RawURLEncoding.DecodeString(k.N)
		if err != nil {
			return nil, err
		}
		e, err := base64.RawURLEncoding.DecodeString(k.E)
		if err != nil {
			return nil, err
		}
		return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
	}
	return nil, fmt.Errorf("the realm has no key %q", id)
}

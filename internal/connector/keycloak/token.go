package keycloak

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// stepToken is what asking for a token is called.
const stepToken = "give the service account a token"

// token is what the service account proves itself with.
type token struct {
	text   string
	claims claims
	renew  time.Time     // by our clock
	ahead  time.Duration // of Keycloak's clock before ours, to the second
	life   time.Duration // from issue to end
}

// claims are read of our own token, which came straight from Keycloak. They
// explain; what we may do is decided by Keycloak at every request.
type claims struct {
	Subject  string               `json:"sub"`
	IssuedAt int64                `json:"iat"`
	Expiry   int64                `json:"exp"`
	Realm    roleNames            `json:"realm_access"`
	Clients  map[string]roleNames `json:"resource_access"`
}

type roleNames struct {
	Roles []string `json:"roles"`
}

// roles gives those of one client that the token carries. A lightweight token
// carries none and says nothing about them.
func (t *token) roles(client string) (held []string, said bool) {
	said = t.claims.Subject != "" && (len(t.claims.Clients) > 0 || len(t.claims.Realm.Roles) > 0)
	return t.claims.Clients[client].Roles, said
}

// tokens keeps the token of a system. The lock is a channel so that waiting for
// it ends with the caller's context.
type tokens struct {
	lock    chan struct{}
	current *token
}

func newTokens() tokens { return tokens{lock: make(chan struct{}, 1)} }

// token gives a living token and renews it before it ends: a long run outlives
// many.
func (s *system) token(ctx context.Context) (*token, error) {
	select {
	case s.tokens.lock <- struct{}{}:
		defer func() { <-s.tokens.lock }()
	case <-ctx.Done():
		return nil, connector.Fail(connector.Failure{
			Kind: connector.FailUnreachable, System: s.name, Step: stepToken,
			Sentence: "Rollcall stopped waiting for " + s.name + " before it was done to " + stepToken + ".", Fix: "Try again.",
		}, ctx.Err())
	}
	if t := s.tokens.current; t != nil && s.now().Before(t.renew) {
		return t, nil
	}
	t, err := s.fetchToken(ctx)
	if err != nil {
		return nil, err
	}
	s.tokens.current = t
	return t, nil
}

// forget drops a token that Keycloak refused, unless somebody renewed it already.
func (s *system) forget(ctx context.Context, refused *token) {
	select {
	case s.tokens.lock <- struct{}{}:
		if s.tokens.current == refused {
			s.tokens.current = nil
		}
		<-s.tokens.lock
	case <-ctx.Done():
	}
}

// early is how long before its end a token is renewed: a request may take ten
// seconds and wait for its turn as long again.
const early = 30 * time.Second

func (s *system) fetchToken(ctx context.Context) (*token, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	basic := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(s.client) + ":" + url.QueryEscape(s.secret)))
	var answer struct {
		Token string `json:"access_token"`
		Type  string `json:"token_type"`
		Life  int64  `json:"expires_in"`
	}
	began := s.now()
	_, err := s.guard.JSON(ctx, guard.Request{
		Method: http.MethodPost, URL: s.base + "/realms/" + url.PathEscape(s.realm) + "/protocol/openid-connect/token", Step: stepToken,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {"Basic " + basic}, "Accept": {"application/json"}},
		Body:   []byte(form.Encode()), Refine: s.refuseToken,
	}, &answer)
	if err != nil {
		return nil, err
	}
	if answer.Token == "" || !strings.EqualFold(answer.Type, "Bearer") || answer.Life <= 0 {
		return nil, s.guard.Fail(connector.FailAnswer, stepToken, s.name+" sent no usable token.", "Check that the address is that of Keycloak itself.")
	}
	t := &token{text: answer.Token, life: time.Duration(min(answer.Life, 3600)) * time.Second}
	now := s.now()
	t.renew = now.Add(t.life - min(early, t.life/3))
	t.claims = readClaims(answer.Token)
	if whole := t.claims.Expiry - t.claims.IssuedAt; t.claims.IssuedAt > 0 && whole >= answer.Life && whole < 10*answer.Life {
		t.life = time.Duration(whole) * time.Second // what is left is rounded down
	}
	if t.claims.IssuedAt > 0 {
		// The moment of issue lies between the two, and is cut to the second.
		middle := began.Add(now.Sub(began) / 2)
		t.ahead = time.Unix(t.claims.IssuedAt, 0).Add(500 * time.Millisecond).Sub(middle)
	}
	return t, nil
}

// readClaims gives what a token says of itself; nothing when it is opaque.
func readClaims(text string) claims {
	var c claims
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return c
	}
	content, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(content, &c) != nil {
		return claims{}
	}
	return c
}

// refuseToken explains why there is no token.
func (s *system) refuseToken(f *connector.Failure, a *guard.Answer) {
	said := readComplaint(a)
	clientPage := "In Keycloak open Clients > " + s.client
	switch {
	case a.Status == http.StatusNotFound:
		f.Kind = connector.FailSettings
		f.Sentence = s.name + " answered 404: it has no realm called " + s.realm + "."
		f.Fix = "Enter the realm's name as it stands in its address, behind /realms/ (in Keycloak: Realm settings > General > Realm name)."
	case said.is("access_denied", "Realm not enabled"):
		f.Kind, f.Sentence = connector.FailSettings, s.name+" answered that the realm "+s.realm+" is not enabled."
		f.Fix = "In Keycloak open Realm settings and switch Enabled on."
	case strings.Contains(said.Description, "not enabled to retrieve service account"):
		f.Kind, f.Sentence = connector.FailSettings, s.name+" answered that the client "+s.client+" has no service account."
		f.Fix = clientPage + " > Settings > Capability config, and switch Service account roles on."
	case said.Error == "invalid_request" && strings.HasSuffix(said.Description, "disabled"):
		f.Kind, f.Sentence = connector.FailRefused, s.name+" answered that the service account of the client "+s.client+" is disabled."
		f.Fix = "In Keycloak open Users, search for service-account-" + strings.ToLower(s.client) + ", and switch Enabled on."
	case said.Error == "unauthorized_client":
		f.Kind = connector.FailRefused
		f.Sentence = s.name + " answered 401 unauthorized_client: the secret does not match the one of the client " + s.client + "."
		f.Fix = clientPage + " > Credentials, copy Client Secret (or Regenerate it), and paste it here."
	case said.Error == "invalid_client":
		f.Kind = connector.FailRefused
		f.Sentence = s.name + " answered 401 invalid_client: it has no enabled client called " + s.client + " in the realm " + s.realm + ", or the secret does not match."
		f.Fix = "In Keycloak open Clients and compare Client ID and Enabled; copy the secret from Credentials > Client Secret."
	}
}

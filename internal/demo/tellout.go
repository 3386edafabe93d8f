package demo

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// logoutLife is how long a sign-out message may be taken, and tellTime how long
// the console has to take it.
const (
	logoutLife = 2 * time.Minute
	tellTime   = 10 * time.Second
)

// signing is the provider's key with its name.
type signing struct {
	key *rsa.PrivateKey
	id  string
}

// tell sends the console a sign-out message of a session that was ended from
// outside (Back-Channel Logout 1.0 section 2.5). Like a real provider it does
// not let whoever ended the session wait for that.
func (p *Provider) tell(account, sid string) {
	if p.backchannel == "" {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), tellTime)
		defer cancel()
		if err := p.send(ctx, account, sid); err != nil {
			p.log.Error("the console was not told that a session ended", "error", err)
		}
	}()
}

func (p *Provider) send(ctx context.Context, account, sid string) error {
	token, err := p.logoutToken(account, sid)
	if err != nil {
		return err
	}
	form := url.Values{"logout_token": {token}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.backchannel, strings.NewReader(form))
	if err != nil {
		return fmt.Errorf("make a sign-out message: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("send a sign-out message: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err != nil {
		return fmt.Errorf("read the answer to a sign-out message: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the console answered a sign-out message with %d %s", answer.StatusCode, said)
	}
	return nil
}

// logoutToken is the message: whose session ended, and which (section 2.4).
func (p *Provider) logoutToken(account, sid string) (string, error) {
	at := now()
	claims := map[string]any{
		"iss": p.issuer, "aud": p.client, "sub": account, "iat": at.Unix(), "exp": at.Add(logoutLife).Unix(), "jti": rand.Text(),
		"events": map[string]any{oidc.LogoutEvent: map[string]any{}},
	}
	if sid != "" {
		claims["sid"] = sid
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write a sign-out message: %w", err)
	}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.signing.key, KeyID: p.signing.id}}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("logout+jwt"))
	if err != nil {
		return "", fmt.Errorf("sign a sign-out message: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign a sign-out message: %w", err)
	}
	return signed.CompactSerialize()
}

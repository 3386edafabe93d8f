package oidc

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// tokenAnswer is what the token endpoint handed out, not yet checked.
type tokenAnswer struct {
	id, access, refresh, scope string
	expires                    time.Time
	skew                       time.Duration // how far the provider's clock is ahead
}

// redeem trades the code for tokens, once and in one way: x/oauth2 would try a
// second way of authentication with the same code.
func (p *Provider) redeem(ctx context.Context, m *metadata, code string, tx Transaction) (tokenAnswer, error) {
	form := url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {code},
		"redirect_uri":  {p.config.RedirectURL},
		"code_verifier": {tx.Verifier},
	}
	answer, err := p.post(ctx, m, m.token, form)
	if err != nil {
		return tokenAnswer{}, err
	}
	tokens, err := p.readTokens(answer)
	if err == nil && tokens.id == "" {
		return tokenAnswer{}, p.refuse(ReasonTokenMissing)
	}
	return tokens, err
}

// post sends a form to one of the provider's endpoints, with our proof.
func (p *Provider) post(ctx context.Context, m *metadata, endpoint string, form url.Values) (*outbound.Answer, error) {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}}
	client := oauth.Client{ID: p.config.ClientID, Secret: p.config.ClientSecret.Reveal(), Method: oauth.Method(p.config.AuthMethod)}
	if client.Method == "" {
		client.Method = oauth.Choose(m.authMethods, client.Secret)
	}
	client.Sign(form, header)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, p.refuse(ReasonAnswerMalformed).because(err)
	}
	r.Header = header
	return p.send(toToken, r)
}

func (p *Provider) readTokens(answer *outbound.Answer) (tokenAnswer, error) {
	body, err := decodeObject(answer.Body)
	if answer.JSON() != nil || err != nil {
		body = nil
	}
	if answer.Status != http.StatusOK || text(body, "error") != "" {
		return tokenAnswer{}, p.tokenError(answer.Status, body)
	}
	access, id := text(body, "access_token"), text(body, "id_token")
	switch {
	case body == nil:
		return tokenAnswer{}, p.refuse(ReasonAnswerMalformed).because(err).detail("token answer of type %.60q", answer.Type())
	case access == "" || !strings.EqualFold(text(body, "token_type"), "Bearer"):
		return tokenAnswer{}, p.refuse(ReasonAnswerMalformed).detail("token answer without a bearer token")
	}
	_ = p.health.note(toToken, nil) // nothing to hand through
	out := tokenAnswer{id: id, access: access, refresh: text(body, "refresh_token"), scope: text(body, "scope")}
	now := p.now()
	if lives := seconds(body["expires_in"]); lives > 0 {
		out.expires = now.Add(lives)
	}
	date, err := http.ParseTime(answer.Header.Get("Date"))
	if err == nil {
		out.skew = date.Sub(now)
	}
	return out, nil
}

// tokenError tells whose fault it is. Only what concerns everybody's sign-in
// counts against the provider's health: a code is the visitor's.
func (p *Provider) tokenError(status int, body map[string]any) error {
	word := text(body, "error")
	detail := "status " + strconv.Itoa(status) + " " + said(word, text(body, "error_description"))
	switch {
	case word == "invalid_grant":
		return p.refuse(ReasonCodeRefused).detail("%s", detail)
	case word == "invalid_client" || word == "unauthorized_client" || word == "" && status == http.StatusUnauthorized:
		return p.health.note(toToken, p.refuse(ReasonClientRefused).detail("%s", detail))
	case status >= 500 || status == http.StatusTooManyRequests:
		return p.health.note(toToken, p.refuse(ReasonProviderUnreachable).detail("%s", detail))
	}
	return p.refuse(ReasonProviderError).detail("%s", detail)
}

// seconds reads a lifetime, which some providers send as text.
func seconds(value any) time.Duration {
	var n int64
	var err error
	switch v := value.(type) {
	case json.Number:
		n, err = v.Int64()
	case string:
		n, err = strconv.ParseInt(v, 10, 64)
	}
	if err != nil || n < 0 || n > int64((10*365*24*time.Hour)/time.Second) {
		return 0
	}
	return time.Duration(n) * time.Second
}

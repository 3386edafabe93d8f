package oidc

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// Revoke asks the provider to take a token back (RFC 7009; TOK-01, TOK-02). It
// reaches only tokens of this client. That the provider says yes proves nothing:
// see Introspect and Refresh. It is false when the provider has no such endpoint.
func (p *Provider) Revoke(ctx context.Context, token Secret, kind oauth.Kind) (bool, error) {
	m, err := p.discover(ctx)
	if err != nil || m.revocation == "" {
		return false, err
	}
	for _, kind := range []oauth.Kind{kind, kind.Other()} {
		answer, err := p.post(ctx, m, m.revocation, oauth.About(token.Reveal(), kind))
		if err != nil {
			return true, err
		}
		verdict, word := oauth.ReadRevocation(answer.Status, answer.Body)
		switch verdict {
		case oauth.Revoked:
			return true, nil
		case oauth.Unsupported:
			continue
		case oauth.Later:
			return true, p.later(answer, word)
		case oauth.Denied:
			return true, p.refuse(ReasonClientRefused).detail("revocation: status %d %.64s", answer.Status, word)
		}
	}
	return true, p.refuse(ReasonProviderError).detail("revocation: tokens of no kind are taken back")
}

// Introspect asks what the provider says of a token (RFC 7662). It is false when
// the provider has no such endpoint. An answer that the token is inactive proves
// that it is dead only when an earlier one said that it is alive: providers say
// so of living tokens as well that the client may not see.
func (p *Provider) Introspect(ctx context.Context, token Secret, kind oauth.Kind) (oauth.Introspection, bool, error) {
	m, err := p.discover(ctx)
	if err != nil || m.introspection == "" {
		return oauth.Introspection{}, false, err
	}
	answer, err := p.post(ctx, m, m.introspection, oauth.About(token.Reveal(), kind))
	if err != nil {
		return oauth.Introspection{}, true, err
	}
	switch {
	case answer.Status == http.StatusTooManyRequests || answer.Status >= http.StatusInternalServerError:
		return oauth.Introspection{}, true, p.later(answer, oauth.ErrorWord(answer.Body))
	case answer.Status != http.StatusOK:
		return oauth.Introspection{}, true, p.refuse(ReasonClientRefused).detail("introspection: status %d %.64s", answer.Status, oauth.ErrorWord(answer.Body))
	}
	said, err := oauth.ReadIntrospection(answer.Body)
	if err != nil {
		return oauth.Introspection{}, true, p.refuse(ReasonAnswerMalformed).because(err).detail("introspection")
	}
	return said, true, nil
}

func (p *Provider) later(answer *outbound.Answer, word string) error {
	r := p.refuse(ReasonProviderUnreachable).detail("status %d %.64s", answer.Status, word)
	r.RetryAfter = retryAfter(answer.Header.Get("Retry-After"), p.now())
	return r
}

// maxRetryAfter bounds how long a provider may send us away.
const maxRetryAfter = time.Hour

// retryAfter reads the header of that name: seconds, or a date (RFC 9110 section
// 10.2.3).
func retryAfter(header string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if n, err := strconv.ParseInt(header, 10, 32); err == nil {
		wait = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(0, wait), maxRetryAfter)
}

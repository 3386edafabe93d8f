package oauth

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// Kind is what kind of token a request is about: its token_type_hint.
type Kind string

// The kinds.
const (
	RefreshToken Kind = "refresh_token"
	AccessToken  Kind = "access_token"
)

// Other gives the other kind, to be tried when a server refuses the first.
func (k Kind) Other() Kind {
	if k == RefreshToken {
		return AccessToken
	}
	return RefreshToken
}

// About makes the form of a revocation or an introspection.
func About(token string, kind Kind) url.Values {
	form := url.Values{"token": {token}}
	if kind != "" {
		form.Set("token_type_hint", string(kind))
	}
	return form
}

// Revocation is what a server answered when it was asked to revoke a token.
type Revocation uint8

// The answers (RFC 7009 section 2.2).
const (
	Revoked     Revocation = iota // done, or the server does not know the token: both mean that it is of no use
	Unsupported                   // not tokens of this kind
	Later                         // ask again later
	Denied                        // the client is refused, or the request was
)

// ReadRevocation reads the answer's status and body.
func ReadRevocation(status int, body []byte) (Revocation, string) {
	word := ErrorWord(body)
	switch {
	case status == http.StatusOK || status == http.StatusNoContent:
		return Revoked, ""
	case word == "unsupported_token_type":
		return Unsupported, word
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return Later, word
	}
	return Denied, word
}

// ErrorWord gives the error of an answer when it is a word of the protocol.
func ErrorWord(body []byte) string {
	var said struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil || len(said.Error) > 64 {
		return ""
	}
	for _, r := range said.Error {
		if (r < 'a' || r > 'z') && r != '_' {
			return ""
		}
	}
	return said.Error
}

package oauth

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"
)

// Introspection is what a server says of a token. Of one that is not active
// nothing else is said.
type Introspection struct {
	Active   bool
	Issuer   string
	Subject  string
	ClientID string
	Audience []string
	Expires  time.Time // zero: not said
}

var errIntrospection = errors.New("oauth: not an introspection answer")

// ReadIntrospection reads an answer. Active is true only when the server says
// the boolean true; what it says besides of an inactive token is dropped
// (RFC 7662 section 2.2; TOK-05).
func ReadIntrospection(body []byte) (Introspection, error) {
	var said map[string]any
	if err := json.Unmarshal(body, &said); err != nil {
		return Introspection{}, errors.Join(errIntrospection, err)
	}
	active, ok := said["active"].(bool)
	if !ok {
		return Introspection{}, errIntrospection
	}
	if !active {
		return Introspection{}, nil
	}
	out := Introspection{Active: true, Issuer: text(said, "iss"), Subject: text(said, "sub"), ClientID: text(said, "client_id")}
	switch aud := said["aud"].(type) {
	case string:
		out.Audience = []string{aud}
	case []any:
		for _, one := range aud {
			if s, ok := one.(string); ok {
				out.Audience = append(out.Audience, s)
			}
		}
	}
	if exp, ok := said["exp"].(float64); ok && exp > 0 && exp < math.MaxInt32*100 {
		out.Expires = time.Unix(int64(exp), 0).UTC()
	}
	return out, nil
}

// Fits reports whether an active answer is about what was asked: the issuer,
// the subject and the time, each where it is said (TOK-05). An answer about
// something else is no proof of anything.
func (i Introspection) Fits(issuer, subject string, now time.Time) bool {
	switch {
	case !i.Active:
		return false
	case i.Issuer != "" && i.Issuer != issuer:
		return false
	case i.Subject != "" && subject != "" && i.Subject != subject:
		return false
	}
	return i.Expires.IsZero() || now.Before(i.Expires)
}

// For reports whether the token is meant for an audience, as far as is said.
func (i Introspection) For(audience string) bool {
	return len(i.Audience) == 0 || slices.Contains(i.Audience, audience)
}

func text(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

package oauth

import (
	"net/http"
	"net/url"
	"slices"
)

// Method is how a client proves itself at the server's endpoints.
type Method string

// The methods that a shared secret allows (OpenID Connect Core section 9).
const (
	Basic  Method = "client_secret_basic"
	Post   Method = "client_secret_post"
	Public Method = "none" // the client has no secret
)

// Choose gives the method for a client among those the server offers. Basic is
// what every server must take (RFC 6749 section 2.3.1).
func Choose(offered []string, secret string) Method {
	switch {
	case secret == "":
		return Public
	case !slices.Contains(offered, string(Basic)) && slices.Contains(offered, string(Post)):
		return Post
	}
	return Basic
}

// Client is a client's name and secret at a server.
type Client struct {
	ID, Secret string
	Method     Method
}

// Sign adds the client's proof to a request that is a form.
func (c Client) Sign(form url.Values, header http.Header) {
	switch c.Method {
	case Post:
		form.Set("client_id", c.ID)
		form.Set("client_secret", c.Secret)
	case Public:
		form.Set("client_id", c.ID)
	case Basic:
		r := http.Request{Header: header} // both halves are form-encoded first
		r.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
	}
}

package oauth_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/wire/oauth"
)

func TestClientProvesItself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		offered []string
		secret  string
		method  oauth.Method
		form    url.Values
		header  http.Header
	}{
		{"nothing said", nil, "s3&t", oauth.Basic, url.Values{}, http.Header{"Authorization": {"Basic cm9sbGNhbGw6czMlMjZ0"}}},
		{"post only", []string{"client_secret_post"}, "s3&t", oauth.Post, url.Values{"client_id": {"rollcall"}, "client_secret": {"s3&t"}}, http.Header{}},
		{"both", []string{"client_secret_post", "client_secret_basic"}, "x", oauth.Basic, url.Values{}, http.Header{"Authorization": {"Basic cm9sbGNhbGw6eA=="}}},
		{"no secret", []string{"client_secret_basic"}, "", oauth.Public, url.Values{"client_id": {"rollcall"}}, http.Header{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := oauth.Choose(c.offered, c.secret)
			if got != c.method {
				t.Fatalf("method %s, want %s", got, c.method)
			}
			form, header := url.Values{}, http.Header{}
			oauth.Client{ID: "rollcall", Secret: c.secret, Method: got}.Sign(form, header)
			if d := cmp.Diff(c.form, form) + cmp.Diff(c.header, header); d != "" {
				t.Error(d)
			}
		})
	}
}

// TOK-02: the five answers to a revocation.
func TestRevocationAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   oauth.Revocation
		word   string
	}{
		{"done", 200, "", oauth.Revoked, ""},
		{"done, with an error that is none", 200, `{"error":"invalid_token"}`, oauth.Revoked, ""},
		{"another type", 400, `{"error":"unsupported_token_type"}`, oauth.Unsupported, "unsupported_token_type"},
		{"busy", 503, "", oauth.Later, ""},
		{"too many", 429, "", oauth.Later, ""},
		{"broken", 500, "<html>", oauth.Later, ""},
		{"wrong secret", 401, `{"error":"invalid_client"}`, oauth.Denied, "invalid_client"},
		{"not allowed", 400, `{"error":"unauthorized_client"}`, oauth.Denied, "unauthorized_client"},
		{"words for people", 400, `{"error":"<b>no</b>"}`, oauth.Denied, ""},
		{"a redirect", 302, "", oauth.Denied, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, word := oauth.ReadRevocation(c.status, []byte(c.body)); got != c.want || word != c.word {
				t.Errorf("got %v %q, want %v %q", got, word, c.want, c.word)
			}
		})
	}
}

// TOK-05: only the boolean true makes a token active, and of an inactive one
// nothing is believed.
func TestIntrospectionAnswers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	active := oauth.Introspection{Active: true}
	for _, c := range []struct {
		name, body string
		want       oauth.Introspection
		wrong      bool
		fits       bool
	}{
		{"active", `{"active":true}`, active, false, true},
		{"inactive", `{"active":false}`, oauth.Introspection{}, false, false},
		{"inactive with more", `{"active":false,"sub":"u1","exp":1900000000}`, oauth.Introspection{}, false, false},
		{"text", `{"active":"true"}`, oauth.Introspection{}, true, false},
		{"number", `{"active":1}`, oauth.Introspection{}, true, false},
		{"missing", `{"sub":"u1"}`, oauth.Introspection{}, true, false},
		{"another spelling", `{"Active":true}`, oauth.Introspection{}, true, false},
		{"not JSON", `yes`, oauth.Introspection{}, true, false},
		{"a list", `[true]`, oauth.Introspection{}, true, false},
		{"whole", `{"active":true,"iss":"https://id.example","sub":"u1","client_id":"c","aud":["a","b"],"exp":1795348801}`, oauth.Introspection{
			Active: true, Issuer: "https://id.example", Subject: "u1", ClientID: "c", Audience: []string{"a", "b"}, Expires: now.Add(time.Second),
		}, false, true},
		{"of another issuer", `{"active":true,"iss":"https://other.example"}`, oauth.Introspection{Active: true, Issuer: "https://other.example"}, false, false},
		{"of another person", `{"active":true,"sub":"u2"}`, oauth.Introspection{Active: true, Subject: "u2"}, false, false},
		{"over", `{"active":true,"exp":1795348800}`, oauth.Introspection{Active: true, Expires: now}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := oauth.ReadIntrospection([]byte(c.body))
			if (err != nil) != c.wrong {
				t.Fatalf("err = %v", err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if got.Fits("https://id.example", "u1", now) != c.fits {
				t.Errorf("fits = %t", !c.fits)
			}
		})
	}
	if got, _ := oauth.ReadIntrospection([]byte(`{"active":true,"aud":"api"}`)); got.For("rollcall") || !got.For("api") || !active.For("anybody") {
		t.Error("the audience is not read")
	}
}

package keycloak_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/connectortest"
	"github.com/rollcall/rollcall/internal/kctest"
)

// as gives an interface of the adapter.
func as[T any](t testing.TB, s connector.System) T {
	t.Helper()
	x, ok := s.(T)
	if !ok {
		t.Fatalf("the adapter does not implement %T", *new(T))
	}
	return x
}

// said holds kind and sentence of a failure.
func said(t testing.TB, err error, kind connector.FailureKind, sentence string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no failure, want %q", sentence)
	}
	if f := connectortest.Failed(t, err); f.Kind != kind || f.Sentence != sentence {
		t.Errorf("got  %s %q\nwant %s %q\nfix  %q", f.Kind, f.Sentence, kind, sentence, f.Fix)
	}
}

// between puts a proxy on loopback in front of a realm's Keycloak and gives its
// address. change sees every request with the answer to it, and may return
// another body.
func between(t testing.TB, r *kctest.Realm, change func(q *http.Request, body []byte) []byte) string {
	t.Helper()
	target, err := url.Parse(r.Base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(q *httputil.ProxyRequest) {
			q.SetURL(target)
			q.Out.Host = q.In.Host // Keycloak calls itself by the name it is asked under
		},
		ModifyResponse: func(a *http.Response) error {
			body, err := io.ReadAll(a.Body)
			if err != nil {
				return err
			}
			if err := a.Body.Close(); err != nil {
				return err
			}
			body = change(a.Request, body)
			a.Body = io.NopCloser(bytes.NewReader(body))
			a.ContentLength = int64(len(body))
			a.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s.URL
}

// readAll reads everybody and counts how often each was listed; between runs
// between two pages, with the ids of the last one.
func readAll(t testing.TB, s connector.System, limit int, between func(page int, last []string)) (map[string]int, error) {
	t.Helper()
	lister := as[connector.PeopleLister](t, s)
	seen := make(map[string]int)
	cursor := connector.Cursor("")
	for n := 1; n < 10_000; n++ {
		page, err := lister.ListPeople(t.Context(), cursor, limit)
		if err != nil {
			return seen, err
		}
		var last []string
		for _, a := range page.Accounts {
			seen[a.ID]++
			last = append(last, a.ID)
		}
		if page.Next == "" {
			return seen, nil
		}
		cursor = page.Next
		if between != nil {
			between(n, last)
		}
	}
	return seen, errors.New("the list does not end")
}

package apptest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Browser is a client with cookies, on one site.
type Browser struct {
	Header http.Header // added to each request

	site   *Site
	client *http.Client
}

// Answer is what came back.
type Answer struct {
	Code   int
	Header http.Header
	Body   string
}

// At gives the same browser, with its cookies, on another replica.
func (b *Browser) At(other *Site) *Browser {
	from, _ := url.Parse(b.site.URL) // both were made by url.Parse before
	to, _ := url.Parse(other.URL)
	there := other.Browser()
	there.client.Jar.SetCookies(to, b.client.Jar.Cookies(from))
	return there
}

// Get asks for a page.
func (b *Browser) Get(path string) Answer { return b.Do(http.MethodGet, path, nil) }

// Post sends a form as a browser does from a page of the same site.
func (b *Browser) Post(path string, form url.Values) Answer { return b.Do(http.MethodPost, path, form) }

// Do sends one request.
func (b *Browser) Do(method, path string, form url.Values) Answer {
	b.site.t.Helper()
	req, err := http.NewRequestWithContext(b.site.t.Context(), method, b.site.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.site.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Origin", b.site.URL)
	}
	for name, values := range b.Header {
		req.Header[name] = values
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.site.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.site.t.Fatal(err)
	}
	return Answer{Code: res.StatusCode, Header: res.Header, Body: string(body)}
}

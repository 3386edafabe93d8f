package prove_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/kctest"
)

var formAction = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)

// signInByPages signs somebody in to the console as a browser does. Very many who
// come from one address are asked to wait, and begin again.
func signInByPages(ctx context.Context, console, username string) error {
	for end := time.Now().Add(patient); ; time.Sleep(2 * time.Second) {
		page, at, err := throughPages(ctx, console, username)
		switch {
		case err != nil || at.Path == "/me":
			return err
		case !tooMany(page) || time.Now().After(end):
			return fmt.Errorf("%s was signed in to %s: %.1500s", username, at, page)
		}
	}
}

// throughPages goes by the button there, Keycloak's own form, and the way back.
func throughPages(ctx context.Context, console, username string) (page string, at *url.URL, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", nil, err
	}
	b := &browser{http.Client{Jar: jar, Timeout: time.Minute}}
	form, at, err := b.open(ctx, console+"/signin/keycloak", url.Values{"return": {"/me"}})
	for end := time.Now().Add(10 * time.Second); err == nil && at.Host == hostOf(console) && !tooMany(form) && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		form, at, err = b.open(ctx, console+"/signin/keycloak", url.Values{"return": {"/me"}}) // the connector is new
	}
	if err != nil || at.Host == hostOf(console) {
		return form, at, err
	}
	action := formAction.FindStringSubmatch(form)
	if action == nil {
		return form, at, nil
	}
	return b.open(ctx, html.UnescapeString(action[1]), url.Values{"username": {username}, "password": {kctest.Password}})
}

func tooMany(page string) bool { return strings.Contains(page, "Too many people signed in") }

func hostOf(address string) string { return strings.TrimPrefix(address, "http://") }

type browser struct{ http.Client }

func (b *browser) open(ctx context.Context, address string, form url.Values) (page string, at *url.URL, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", nil, err
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	got, err := b.Do(q)
	if err != nil {
		return "", nil, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return string(body), got.Request.URL, err
}

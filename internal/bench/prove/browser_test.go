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

// signInByPages signs somebody in to the console as a browser does: by the button
// there, Keycloak's own form, and the way back.
func signInByPages(ctx context.Context, console, username string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	b := &browser{http.Client{Jar: jar, Timeout: time.Minute}}
	form, at, err := b.open(ctx, console+"/signin/keycloak", url.Values{"return": {"/me"}})
	for end := time.Now().Add(10 * time.Second); err == nil && !strings.Contains(form, "password") && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		form, at, err = b.open(ctx, console+"/signin/keycloak", url.Values{"return": {"/me"}}) // the connector is new
	}
	if err != nil {
		return err
	}
	action := formAction.FindStringSubmatch(form)
	if action == nil {
		return fmt.Errorf("no form to sign in with at %s: %.500s", at, form)
	}
	page, at, err := b.open(ctx, html.UnescapeString(action[1]), url.Values{"username": {username}, "password": {kctest.Password}})
	if err == nil && at.Path != "/me" {
		err = fmt.Errorf("%s was signed in to %s: %.1500s", username, at, page)
	}
	return err
}

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

package demo

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/static"
)

// said collects what the demo prints, and tells when it is ready.
type said struct {
	mu    sync.Mutex
	text  strings.Builder
	ready chan string
}

var addressForm = regexp.MustCompile(`Open (http://\S+)`)

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(b)
	if found := addressForm.FindSubmatch(b); found != nil {
		s.ready <- string(found[1])
	}
	return len(b), nil
}

// start runs the demo until the returned function is called.
func start(t *testing.T, listen, dir string) (address string, stop func()) {
	t.Helper()
	out := &said{ready: make(chan string, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{Listen: listen, DataDir: dir, Out: out, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Version: "test"})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	t.Cleanup(stop)
	select {
	case address = <-out.ready:
	case err := <-done:
		t.Fatalf("the demo did not start: %v", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("the demo was not ready in two minutes")
	}
	return address, stop
}

// enter presses a persona's button and follows the browser to where it ends.
func enter(t *testing.T, site, hint string) (*http.Client, *http.Response) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	form := url.Values{"return": {"/"}, "hint": {hint}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/signin/"+ProviderKey, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", site)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return browser, do(t, browser, r)
}

func do(t *testing.T, browser *http.Client, r *http.Request) *http.Response {
	t.Helper()
	response, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func page(t *testing.T, browser *http.Client, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response := do(t, browser, r)
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestDemoLetsEveryPersonaIn(t *testing.T) {
	t.Parallel()
	if err := static.Check(); err != nil {
		t.Skip(err)
	}
	h := openHouse(t)
	dir := t.TempDir()
	whole, err := os.ReadFile((&place{dir: h.dir}).file())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile((&place{dir: dir}).file(), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(journals(), "demo.key") {
		kept, err := os.ReadFile(filepath.Join(h.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	site, stop := start(t, strings.TrimPrefix(h.site.URL, "http://"), dir)
	for hint, want := range map[string]string{
		PersonaAdmin: "/attention", PersonaHelpdesk: "/attention", PersonaManager: "/team", PersonaAuditor: "/", PersonaEmployee: "/me", "invited": "/me",
	} {
		_, home := enter(t, site, hint)
		if home.StatusCode != http.StatusOK || !strings.HasPrefix(home.Request.URL.Path, want) {
			t.Errorf("%s arrives at %s with %d, want %s", hint, home.Request.URL, home.StatusCode, want)
		}
	}
	for _, hint := range []string{"unknown", "suspended", "deactivated"} {
		if _, home := enter(t, site, hint); home.StatusCode != http.StatusForbidden {
			t.Errorf("%s arrives at %s with %d, want 403", hint, home.Request.URL, home.StatusCode)
		}
	}
	browser, _ := enter(t, site, PersonaAdmin)
	code, body := page(t, browser, site+"/users?q=kaya")
	if code != http.StatusOK || !strings.Contains(body, "Elif Kaya") || !strings.Contains(body, "Demo data") {
		t.Errorf("the admin's list of people = %d, without Elif Kaya or without the banner", code)
	}
	stop()

	// What was done stays in the folder, at the same address only.
	listen := strings.TrimPrefix(site, "http://")
	site, stop = start(t, listen, dir)
	if _, home := enter(t, site, PersonaAdmin); home.StatusCode != http.StatusOK {
		t.Errorf("after a restart the admin arrives with %d", home.StatusCode)
	}
	stop()
	err = Run(t.Context(), Options{Listen: "localhost:0", DataDir: dir})
	if !errs.Is(err, errs.Conflict) {
		t.Errorf("the data of another address = %v, want it refused", err)
	}
}

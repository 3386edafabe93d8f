package demo

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/errs"
)

// WEB-30
func TestBindOpensOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		"127.0.0.1:0": "http://127.0.0.1:", "localhost:0": "http://localhost:", ":0": "http://localhost:", "0.0.0.0:0": "http://localhost:",
	} {
		site, err := Bind(t.Context(), listen)
		if err != nil {
			t.Errorf("Bind(%s) = %v", listen, err)
			continue
		}
		if !strings.HasPrefix(site.URL, want) || strings.HasSuffix(site.URL, ":0") {
			t.Errorf("Bind(%s) is at %s, want %sPORT", listen, site.URL, want)
		}
		if err := site.Listener.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, listen := range []string{"192.168.1.5:8080", "203.0.113.7:80", "console.example:8080", "8080", "10.0.0.1", "[fd00::1]:8080"} {
		site, err := Bind(t.Context(), listen)
		if !errs.Is(err, errs.Invalid) {
			t.Errorf("Bind(%s) = %v, %v; want it refused", listen, site, err)
		}
	}
}

func TestBindNamesATakenPort(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = Bind(t.Context(), taken.Addr().String())
	if !errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("Bind on a taken port = %v, want the fix", err)
	}
}

func TestGuardKeepsToOneAddress(t *testing.T) {
	t.Parallel()
	site := &Site{URL: "http://localhost:8080"}
	guard := site.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		method, host, path string
		code               int
		to                 string
	}{
		{http.MethodGet, "localhost:8080", "/users?q=a", http.StatusNoContent, ""},
		{http.MethodPost, "localhost:8080", "/signout", http.StatusNoContent, ""},
		{http.MethodGet, "127.0.0.1:8080", "/users?q=a", http.StatusTemporaryRedirect, "http://localhost:8080/users?q=a"},
		{http.MethodGet, "[::1]:8080", "/", http.StatusTemporaryRedirect, "http://localhost:8080/"},
		{http.MethodPost, "127.0.0.1:8080", "/signout", http.StatusMisdirectedRequest, ""},
		{http.MethodGet, "10.0.0.5:8080", "/", http.StatusMisdirectedRequest, ""},
		{http.MethodGet, "evil.example", "/", http.StatusMisdirectedRequest, ""},
		{http.MethodGet, "localhost.evil.example:8080", "/", http.StatusMisdirectedRequest, ""},
		{http.MethodGet, "10.0.0.5:8080", "/healthz", http.StatusNoContent, ""},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "http://localhost:8080"+c.path, http.NoBody)
		r.Host = c.host
		w := httptest.NewRecorder()
		guard.ServeHTTP(w, r)
		if w.Code != c.code || w.Header().Get("Location") != c.to {
			t.Errorf("%s %s at %s = %d to %q, want %d to %q", c.method, c.path, c.host, w.Code, w.Header().Get("Location"), c.code, c.to)
		}
	}
}

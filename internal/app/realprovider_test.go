package app_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/models"
)

// real is an OpenID provider that is not ours: npm oidc-provider, in a process of
// its own, with two replicas of the console beside it.
type real struct {
	*apptest.Site
	there  *apptest.Site
	issuer string
	log    *lines
}

const realSecret = "a-secret-of-the-test-only"

// lines keeps what a process writes.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startReal starts both. Without node and its packages the test is skipped, but
// not where everything must run.
func startReal(t *testing.T, db *dbtest.DB, env ...string) *real {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(root, "node_modules/oidc-provider"))
	}
	if err != nil {
		if os.Getenv("ROLLCALL_TESTDB") == "all" {
			t.Fatalf("node and npm's oidc-provider are needed: %v", err)
		}
		t.Skipf("without node and npm's oidc-provider: %v", err)
	}
	port := freePort(t)
	r := &real{issuer: "http://127.0.0.1:" + port, log: new(lines)}
	r.consoles(t, db, config.Provider{
		Scopes: []string{"profile", "email", "groups"}, Create: config.Create{Rule: config.CreateGroups, Groups: []string{"staff"}},
	})
	process := exec.Command(node, "e2e/support/provider.mjs", port, "id-token", r.URL, r.there.URL)
	process.Dir, process.Stdout, process.Stderr = root, r.log, r.log
	process.Env = append(os.Environ(), env...)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill() // it may have ended
		_ = process.Wait()         // killed
		if t.Failed() {
			t.Log(r.log.String())
		}
	})
	r.until(t, "the provider answers", func() bool {
		answer, err := http.Get(r.issuer + "/.well-known/openid-configuration") //nolint:noctx // a test's own provider
		if err != nil {
			return false
		}
		_ = answer.Body.Close() // nothing of it is needed
		return answer.StatusCode == http.StatusOK
	})
	return r
}

// consoles starts two replicas that look at a provider again each second.
func (r *real) consoles(t *testing.T, db *dbtest.DB, p config.Provider) {
	t.Helper()
	db.Clock.Set(time.Now())
	p.Key, p.Name, p.Issuer, p.ClientID, p.ClientSecret = "oidc", "Test provider", r.issuer, "rollcall", realSecret
	p.DevLoopback, p.Refresh, p.Revalidate = true, true, time.Second
	p.Roles = []config.RoleMapping{{Claim: "sub", Value: "*", Role: models.RoleEmployee}}
	r.Site = apptest.Start(t, db, func(c *config.Config) { c.Providers = []config.Provider{p} })
	r.there = r.Replica()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// until waits, with the database's clock going like the machine's.
func (r *real) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if r.Site != nil {
			r.DB.Clock.Set(time.Now())
		}
		if done() {
			return
		}
	}
	t.Fatalf("not within 30 seconds: %s", what)
}

// visitor is a browser that keeps cookies and follows redirects, as people's do.
type visitor struct {
	t      *testing.T
	client *http.Client
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, client: &http.Client{Jar: jar}}
}

type shown struct {
	at   *url.URL
	code int
	body string
}

func (v *visitor) open(address string, form url.Values) shown {
	v.t.Helper()
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, address, body)
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return shown{at: answer.Request.URL, code: answer.StatusCode, body: string(text)}
}

var (
	formAction = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)
	hidden     = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"`)
)

// submit sends the first form of a page, with what was typed.
func (v *visitor) submit(p shown, typed url.Values) shown {
	v.t.Helper()
	action := formAction.FindStringSubmatch(p.body)
	if action == nil {
		v.t.Fatalf("no form at %s: %d %.2000s", p.at, p.code, p.body)
	}
	to, err := p.at.Parse(action[1])
	if err != nil {
		v.t.Fatal(err)
	}
	form := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(p.body, -1) {
		form.Set(field[1], field[2])
	}
	for name, values := range typed {
		form[name] = values
	}
	return v.open(to.String(), form)
}

// signIn goes through the provider's own pages.
func (r *real) signIn(t *testing.T, at *apptest.Site, person string) *visitor {
	t.Helper()
	r.DB.Clock.Set(time.Now())
	v := newVisitor(t)
	login := v.open(at.URL+"/signin/oidc", url.Values{"return": {"/me"}})
	consent := v.submit(login, url.Values{"login": {person}, "password": {"anything"}})
	in := v.submit(consent, nil)
	if in.code != http.StatusOK || in.at.Path != "/me" || !strings.HasPrefix(in.at.String(), at.URL) {
		t.Fatalf("signed in to %s: %d %.1000s", in.at, in.code, in.body)
	}
	return v
}

// in reports whether a visitor is signed in at a replica.
func (v *visitor) in(at *apptest.Site) bool {
	v.t.Helper()
	p := v.open(at.URL+"/me", nil)
	return p.code == http.StatusOK && p.at.Path == "/me"
}

// leave ends the session at the provider, on the provider's own page.
func (r *real) leave(v *visitor) {
	v.t.Helper()
	r.DB.Clock.Set(time.Now())
	asked := v.open(r.issuer+"/session/end", nil)
	if p := v.submit(asked, url.Values{"logout": {"yes"}}); p.code != http.StatusOK {
		v.t.Fatalf("the provider did not sign out: %d %.1000s", p.code, p.body)
	}
}

// active asks the provider whether a token lives.
func (r *real) active(t *testing.T, token string) bool {
	t.Helper()
	form := url.Values{"token": {token}, "token_type_hint": {"refresh_token"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.issuer+"/token/introspection", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("rollcall", realSecret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status, string(body), err)
	}
	return strings.Contains(string(body), `"active":true`)
}

func now() time.Time { return time.Now() }

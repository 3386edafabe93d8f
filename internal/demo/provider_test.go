package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/demo/outside"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// stage is the provider at its address, the console's half of sign-in, and a browser.
type stage struct {
	site    *Site
	console *oidc.Provider
	browser *http.Client
	told    chan string // sign-out messages
}

const testSecret = "0123456789abcdef0123456789abcdef"

func newStage(t *testing.T) *stage { return stageWith(t, nil) }

// stageWith has a system of people behind the provider, and an ear for sign-out
// messages.
func stageWith(t *testing.T, people *outside.System) *stage {
	t.Helper()
	site, err := Bind(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	op, err := NewProvider(ProviderOptions{
		Issuer: site.URL + ProviderPath, ClientID: ClientID, ClientSecret: testSecret,
		RedirectURL: site.URL + "/callback", PostLogoutURL: site.URL + "/bye", BackchannelURL: site.URL + "/ended", People: people,
	})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan string, 10)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ended", func(_ http.ResponseWriter, r *http.Request) { told <- r.PostFormValue("logout_token") })
	mux.Handle(ProviderPath+"/", op)
	server := &http.Server{Handler: site.Guard(mux), ReadHeaderTimeout: time.Minute}
	go func() {
		if err := server.Serve(site.Listener); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	console, err := oidc.New(oidc.Config{
		Key: ProviderKey, Name: ProviderName, Issuer: site.URL + ProviderPath, ClientID: ClientID, ClientSecret: testSecret,
		Scopes: []string{"profile", "email", "groups"}, RedirectURL: site.URL + "/callback", PostLogoutURL: site.URL + "/bye", DevLoopback: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	// The browser stops where the provider sends it back to the console.
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.Path, ProviderPath) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return &stage{site, console, browser, told}
}

// answer is where the browser is after a request.
type answer struct {
	code int
	body string
	back *url.URL // the console's address the provider sent it to; nil: a page of the provider
}

func (s *stage) do(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := s.browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	back, err := response.Location()
	if err != nil {
		back = nil
	}
	return answer{response.StatusCode, string(body), back}
}

func (s *stage) open(t *testing.T, address string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return s.do(t, r)
}

var formAction = regexp.MustCompile(`<form method="post" action="([^"]+)"`)

// send posts the form of a page.
func (s *stage) send(t *testing.T, page answer, fields url.Values, header http.Header) answer {
	t.Helper()
	action := formAction.FindStringSubmatch(page.body)
	if action == nil {
		t.Fatalf("no form on the page:\n%s", page.body)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.site.URL+action[1], strings.NewReader(fields.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(t, r)
}

// begin starts a sign-in and follows it as far as the provider lets it go.
func (s *stage) begin(t *testing.T, ask oidc.Ask) (oidc.Transaction, answer) {
	t.Helper()
	tx := s.console.NewTransaction(ask)
	address, err := s.console.AuthRequest(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	return tx, s.open(t, address)
}

func (s *stage) finish(t *testing.T, tx oidc.Transaction, a answer) *oidc.Grant {
	t.Helper()
	if a.back == nil || a.back.Path != "/callback" {
		t.Fatalf("the provider did not send the browser back: %d\n%s", a.code, a.body)
	}
	grant, err := s.console.Exchange(context.WithoutCancel(t.Context()), a.back.Query(), tx)
	if err != nil {
		t.Fatalf("the console refuses the provider: %v", err)
	}
	return grant
}

func TestEveryAccountSignsInByTheStrictVerifier(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, account := range accounts() {
		tx, a := s.begin(t, oidc.Ask{LoginHint: account.Key})
		who := s.finish(t, tx, a).Identity
		if who.Subject != account.Subject || who.Email != account.Email || !who.EmailVerified || who.Name != account.Name ||
			who.GivenName != account.Given || who.FamilyName != account.Family || who.Username != account.Username {
			t.Errorf("%s came as %+v", account.Key, who)
		}
		if who.Groups.State != oidc.Given || !slices.Equal(who.Groups.Values, account.Groups) {
			t.Errorf("%s came with groups %+v, want %v", account.Key, who.Groups, account.Groups)
		}
		if who.SID == "" || time.Since(who.AuthTime).Abs() > time.Minute {
			t.Errorf("%s came with sid %q, auth_time %s", account.Key, who.SID, who.AuthTime)
		}
	}
}

func TestPageHasOneButtonForEachPersona(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	tx, page := s.begin(t, oidc.Ask{})
	if page.code != http.StatusOK || page.back != nil {
		t.Fatalf("no page: %d", page.code)
	}
	for _, p := range Personas() {
		if label := "Continue as " + p.Name + ", " + strings.ToLower(p.Role); !strings.Contains(page.body, label) {
			t.Errorf("the page has no %q", label)
		}
	}
	if !strings.Contains(page.body, Banner) {
		t.Error("the page does not say that it is the demo")
	}
	if missed := s.send(t, page, url.Values{}, nil); missed.code != http.StatusUnprocessableEntity || missed.back != nil {
		t.Errorf("a form without a choice = %d, want 422", missed.code)
	}
	cross := s.send(t, page, url.Values{"account": {PersonaAdmin}}, http.Header{"Sec-Fetch-Site": {"cross-site"}})
	if cross.code != http.StatusForbidden {
		t.Errorf("a form sent by a foreign page = %d, want 403", cross.code)
	}
	who := s.finish(t, tx, s.send(t, page, url.Values{"account": {PersonaAuditor}}, nil)).Identity
	if who.Name != ilse {
		t.Errorf("came as %s", who.Name)
	}
}

func TestProviderRemembersTheBrowserAsAsked(t *testing.T) {
	t.Parallel()
	none := time.Duration(0)
	for name, check := range map[string]struct {
		ask  oidc.Ask
		page bool
		who  string
	}{
		"the same person again":             {oidc.Ask{}, false, amara},
		"without a question":                {oidc.Ask{Prompt: "none"}, false, amara},
		"another one by name":               {oidc.Ask{LoginHint: PersonaHelpdesk}, false, jonas},
		"prompt=login asks":                 {oidc.Ask{Prompt: "login"}, true, ""},
		"prompt=login asks in spite of one": {oidc.Ask{Prompt: "login", LoginHint: PersonaAdmin}, true, ""},
		"select_account asks":               {oidc.Ask{Prompt: "select_account"}, true, ""},
		"an unknown name asks nothing new":  {oidc.Ask{LoginHint: "nobody"}, false, amara},
		"max_age in time":                   {oidc.Ask{MaxAge: ptr(time.Hour)}, false, amara},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			tx, a := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
			s.finish(t, tx, a)
			tx, a = s.begin(t, check.ask)
			if check.page {
				if a.back != nil || a.code != http.StatusOK {
					t.Fatalf("nobody was asked: %d, %v", a.code, a.back)
				}
				return
			}
			if got := s.finish(t, tx, a).Identity.Name; got != check.who {
				t.Errorf("came as %s, want %s", got, check.who)
			}
		})
	}
	t.Run("max_age that is over asks", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		tx, a := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
		s.finish(t, tx, a)
		time.Sleep(10 * time.Millisecond)
		if _, a = s.begin(t, oidc.Ask{MaxAge: &none}); a.back != nil {
			t.Fatalf("nobody was asked: %v", a.back)
		}
	})
	t.Run("prompt=none with nobody there", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		tx, a := s.begin(t, oidc.Ask{Prompt: "none"})
		_, err := s.console.Exchange(t.Context(), a.back.Query(), tx)
		refusal, ok := errors.AsType[*oidc.Refusal](err)
		if !ok || refusal.Reason != oidc.ReasonSignInRequired {
			t.Fatalf("Exchange = %v, want login_required", err)
		}
	})
}

func TestProviderRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	change := func(name, value string) func(url.Values) { return func(q url.Values) { q.Set(name, value) } }
	for name, bend := range map[string]func(url.Values){
		"a foreign redirect address": change("redirect_uri", "http://127.0.0.1:9/elsewhere"),
		"an unknown client":          change("client_id", "somebody"),
	} {
		tx := s.console.NewTransaction(oidc.Ask{LoginHint: PersonaAdmin})
		address, err := s.console.AuthRequest(t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		bend(q)
		u.RawQuery = q.Encode()
		if a := s.open(t, u.String()); a.back != nil || a.code < 400 || !strings.Contains(a.body, "Start again from Rollcall") {
			t.Errorf("%s: %d, sent to %v", name, a.code, a.back)
		}
	}
	tx, a := s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
	tx.Verifier = s.console.NewTransaction(oidc.Ask{}).Verifier
	if _, err := s.console.Exchange(t.Context(), a.back.Query(), tx); err == nil {
		t.Error("a foreign PKCE verifier was accepted")
	}
	tx, a = s.begin(t, oidc.Ask{LoginHint: PersonaAdmin})
	s.finish(t, tx, a)
	if _, err := s.console.Exchange(t.Context(), a.back.Query(), tx); err == nil {
		t.Error("a code was accepted twice")
	}
}

func TestSignOutAtTheProvider(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	tx, a := s.begin(t, oidc.Ask{LoginHint: PersonaManager})
	grant := s.finish(t, tx, a)

	address, ok := s.console.SignOutURL(t.Context(), "", "")
	if !ok {
		t.Fatal("the provider has no sign-out address")
	}
	page := s.open(t, address)
	if page.back != nil || !strings.Contains(page.body, "Elif Kaya") {
		t.Fatalf("a sign-out without the ID token was not asked about: %d, %v", page.code, page.back)
	}
	if _, a = s.begin(t, oidc.Ask{Prompt: "none"}); !a.back.Query().Has("code") {
		t.Fatal("asking was enough to be signed out")
	}

	address, _ = s.console.SignOutURL(t.Context(), grant.Tokens.ID, "state-1")
	out := s.open(t, address)
	if out.back == nil || out.back.String() != s.site.URL+"/bye?state=state-1" {
		t.Fatalf("signed out to %v, %d", out.back, out.code)
	}
	if _, a = s.begin(t, oidc.Ask{Prompt: "none"}); a.back.Query().Get("error") != "login_required" {
		t.Error("still signed in at the provider")
	}

	tx, a = s.begin(t, oidc.Ask{LoginHint: PersonaManager})
	s.finish(t, tx, a)
	address, _ = s.console.SignOutURL(t.Context(), "", "")
	if out = s.send(t, s.open(t, address), url.Values{}, nil); out.back == nil || out.back.Path != "/bye" {
		t.Errorf("a confirmed sign-out = %d, %v", out.code, out.back)
	}
}

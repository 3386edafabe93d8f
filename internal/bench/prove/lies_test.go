package prove_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/bench/prove/keeper"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// lies stands between the product and Keycloak. Of chosen accounts it swallows
// what would change something, answers that it was done, and may go on to show
// the account as it would be then.
type lies struct {
	mu       sync.Mutex
	swallows map[string]func(method, path string) bool // by account
	sessions map[string]bool                           // that are never ended
	forges   map[string]bool
	asked    map[string]bool // what of a forged account was asked: from then on it is forged
}

// front starts it before a Keycloak and gives its address.
func (l *lies) front(t *testing.T) func(string) string {
	return func(base string) string {
		to, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		honest := &httputil.ReverseProxy{
			Rewrite:        func(p *httputil.ProxyRequest) { p.SetURL(to); p.Out.Host = to.Host }, // the issuer follows from it
			ModifyResponse: l.forge,
		}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if l.swallow(q) {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			honest.ServeHTTP(w, q)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
}

// of gives the account that a request is about, and what of it.
func of(path string) (account, what string) {
	_, rest, found := strings.Cut(path, "/users/")
	if !found {
		return "", ""
	}
	account, what, _ = strings.Cut(rest, "/")
	return account, what
}

func (l *lies) swallow(q *http.Request) bool {
	account, what := of(q.URL.Path)
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, session, found := strings.Cut(q.URL.Path, "/sessions/"); found && q.Method == http.MethodDelete {
		return l.sessions[session]
	}
	if q.Method == http.MethodGet || l.swallows[account] == nil || !l.swallows[account](q.Method, what) {
		return false
	}
	l.asked[account+"/"+what] = true
	return true
}

// forge shows what would be so if it had not been swallowed.
func (l *lies) forge(a *http.Response) error {
	account, what := of(a.Request.URL.Path)
	l.mu.Lock()
	defer l.mu.Unlock()
	if a.Request.Method != http.MethodGet || !l.forges[account] {
		return nil
	}
	switch {
	case what == "" && l.asked[account+"/"]:
		text, err := io.ReadAll(a.Body)
		if err != nil {
			return err
		}
		var person map[string]any
		if err := json.Unmarshal(text, &person); err != nil {
			return err
		}
		person["enabled"] = false
		if text, err = json.Marshal(person); err != nil {
			return err
		}
		replace(a, text)
	case what != "" && l.asked[account+"/logout"]:
		replace(a, []byte("[]"))
	}
	return nil
}

func replace(a *http.Response, with []byte) {
	a.Body = io.NopCloser(bytes.NewReader(with))
	a.ContentLength = int64(len(with))
	a.Header.Del("Content-Length")
	a.Header.Del("Transfer-Encoding")
}

// TestProverAgainstLies holds both sides of the promise. What a provider only says
// is not confirmed; and where one forges what is read back, so that the product
// cannot know, the keeper finds what is alive all the same: a false green does not
// escape it.
func TestProverAgainstLies(t *testing.T) {
	t.Parallel()
	l := &lies{swallows: map[string]func(string, string) bool{}, sessions: map[string]bool{}, forges: map[string]bool{}, asked: map[string]bool{}}
	w := newWorld(t, store.SQLite, l.front(t))
	people := w.people(map[string]int{"leaver": 4})["leaver"]
	honest, stays, keeps, forged := people[0], people[1], people[2], people[3]
	w.sync(people)
	w.signInEverywhere(people, true)
	w.control(people)
	open := w.sessions(keeps)
	l.mu.Lock()
	for _, id := range open {
		l.sessions[id] = true
	}
	l.swallows[stays.account] = func(method, what string) bool { return method == http.MethodPut && what == "" }
	l.swallows[keeps.account] = func(_, what string) bool { return what != "" }
	l.swallows[forged.account] = func(string, string) bool { return true }
	l.forges[forged.account] = true
	l.mu.Unlock()

	w.cutOff(people)
	said := append(w.claimed(people[:1], false), w.claimed(people[1:], true)...)
	alive := w.look(people, false)
	err := keeper.Each(w.ctx, people, atOnce, func(ctx context.Context, p person) error { return w.keeper.LetIn(ctx, p.account) })
	if err != nil {
		t.Fatal(err)
	}
	again := w.look(people, true)
	wrong := append(falseGreen(said, alive), falseGreen(said, again)...)
	for _, one := range wrong {
		if !strings.HasPrefix(one, forged.username+":") {
			t.Errorf("false green of %s", one)
		}
	}
	for _, must := range []string{"the account is active", "refresh token at " + dead, "offline token at " + deaf, "access token at " + hears + " by introspection", "sessions are listed"} {
		if !strings.Contains(strings.Join(wrong, "\n"), must) {
			t.Errorf("the keeper does not see through the forgery: no %q among %v", must, wrong)
		}
	}
	if got := said[0]; len(alive[honest.username])+len(again[honest.username]) != 0 || got.says(offboard.StepDisable) != models.OutcomeConfirmed {
		t.Errorf("of the honest part: %v, %v, %v", alive[honest.username], again[honest.username], got.steps)
	}
	if len(alive[stays.username]) == 0 || said[1].says(offboard.StepDisable) == models.OutcomeConfirmed {
		t.Errorf("an account that stayed active: alive %v, said %s", alive[stays.username], said[1].says(offboard.StepDisable))
	}
	if len(again[keeps.username]) == 0 || said[2].says(offboard.StepEndSessions) == models.OutcomeConfirmed {
		t.Errorf("sessions that were not ended: alive %v, said %s", again[keeps.username], said[2].says(offboard.StepEndSessions))
	}
}

// sessions lists the sessions of a person, those without a browser too.
func (w *world) sessions(p person) []string {
	w.t.Helper()
	var ids []string
	paths := []string{"/sessions"}
	for _, key := range w.keys {
		paths = append(paths, "/offline-sessions/"+key)
	}
	for _, path := range paths {
		var found []struct {
			ID string `json:"id"`
		}
		if err := w.keeper.Admin(w.ctx, http.MethodGet, "/users/"+p.account+path, nil, &found); err != nil {
			w.t.Fatal(err)
		}
		for _, s := range found {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

package guard_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
	"github.com/rollcall/rollcall/internal/errs"
)

// step is what every request of these tests tries.
const step = "read a page of people"

// site is a system that behaves as the path asks it to.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	over := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var status int
		if n, _ := fmt.Sscanf(r.URL.Path, "/status/%d", &status); n == 1 {
			w.WriteHeader(status)
			return
		}
		misbehave(w, r, over)
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(over) })
	return s
}

func misbehave(w http.ResponseWriter, r *http.Request, over <-chan struct{}) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	switch r.URL.Path {
	case "/ok":
		_, _ = io.WriteString(w, `{"name":"Amara"}`)
	case "/silent":
		select {
		case <-over:
		case <-r.Context().Done():
		}
	case "/large":
		for range 50 << 4 { // 50 MB
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	case "/cut":
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"name":"Ama`)
	case "/cut-chunked":
		_, _ = io.WriteString(w, `{"name":"Ama`)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case "/half":
		_, _ = io.WriteString(w, `[{"name":"Amara"},{"na`)
	case "/empty":
	case "/twice":
		_, _ = io.WriteString(w, `{"name":"Amara"}{"name":"Goran"}`)
	case "/shape":
		_, _ = io.WriteString(w, `{"name":["Amara"]}`)
	case "/html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<html>Sign in to the guest network</html>`)
	case "/noise":
		_, _ = w.Write([]byte{0x1f, 0x8b, 0x08, 0x00})
	case "/redirect":
		http.Redirect(w, r, "/ok", http.StatusFound)
	}
}

func client(t *testing.T, change func(*guard.Options), base string) *guard.Client {
	t.Helper()
	o := guard.Options{System: "Keycloak", Settings: connector.Settings{BaseURL: base, DevLoopback: true, Rate: 10000}, Timeout: 400 * time.Millisecond}
	if change != nil {
		change(&o)
	}
	c, err := guard.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

type person struct {
	Name string `json:"name"`
}

func ask(t *testing.T, c *guard.Client, address string) (person, error) {
	t.Helper()
	var p person
	_, err := c.JSON(t.Context(), guard.Request{Method: http.MethodGet, URL: address, Step: step}, &p)
	return p, err
}

func failure(t *testing.T, err error) *connector.Failure {
	t.Helper()
	var f *connector.Failure
	if !errors.As(err, &f) {
		t.Fatalf("not a *connector.Failure: %v", err)
	}
	return f
}

// TestAnswers asserts kind and sentence for everything a system can send back.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := site(t)
	for _, x := range []struct {
		path     string
		kind     connector.FailureKind
		house    errs.Kind
		status   int
		sentence string
	}{
		{"/status/400", connector.FailInvalid, errs.Invalid, 400, "Keycloak answered 400 when asked to read a page of people: it does not accept what was sent. Nothing was changed."},
		{"/status/401", connector.FailRefused, errs.Unavailable, 401, "Keycloak answered 401 when asked to read a page of people: it does not accept our credentials."},
		{"/status/403", connector.FailForbidden, errs.Unavailable, 403, "Keycloak answered 403 when asked to read a page of people: the service account may not do that."},
		{"/status/404", connector.FailNotFound, errs.NotFound, 404, "Keycloak answered 404 when asked to read a page of people: it does not know it."},
		{"/status/409", connector.FailConflict, errs.Conflict, 409, "Keycloak answered 409 when asked to read a page of people: something there stands in the way. Nothing was changed."},
		{"/status/418", connector.FailInvalid, errs.Invalid, 418, "Keycloak answered 418 when asked to read a page of people: it does not accept what was sent. Nothing was changed."},
		{"/status/500", connector.FailBroken, errs.Unavailable, 500, "Keycloak answered 500 when asked to read a page of people: the fault is on its side."},
		{"/status/503", connector.FailBroken, errs.Unavailable, 503, "Keycloak answered 503 when asked to read a page of people: the fault is on its side."},
		{"/silent", connector.FailUnreachable, errs.Unavailable, 0, "Keycloak could not be asked to read a page of people: it did not answer in time."},
		{"/large", connector.FailAnswer, errs.Unavailable, 0, "Keycloak was asked to read a page of people: its answer is larger than is accepted. Nothing of it was used."},
		{"/cut", connector.FailAnswer, errs.Unavailable, 0, "Keycloak was asked to read a page of people: its answer broke off in the middle. Nothing of it was used."},
		{"/cut-chunked", connector.FailAnswer, errs.Unavailable, 0, "Keycloak was asked to read a page of people: its answer broke off in the middle. Nothing of it was used."},
		{"/half", connector.FailAnswer, errs.Unavailable, 200, "Keycloak sent half an answer when asked to read a page of people. Nothing of it was used."},
		{"/empty", connector.FailAnswer, errs.Unavailable, 200, "Keycloak sent half an answer when asked to read a page of people. Nothing of it was used."},
		{"/twice", connector.FailAnswer, errs.Unavailable, 200, "Keycloak sent more than one answer when asked to read a page of people. Nothing of it was used."},
		{"/shape", connector.FailAnswer, errs.Unavailable, 200, "Keycloak sent something that cannot be read when asked to read a page of people. Nothing of it was used."},
		{"/html", connector.FailAnswer, errs.Unavailable, 200, "Keycloak sent something that is not JSON when asked to read a page of people. Nothing of it was used."},
		{"/noise", connector.FailAnswer, errs.Unavailable, 200, "Keycloak sent something that cannot be read when asked to read a page of people. Nothing of it was used."},
		{"/redirect", connector.FailSettings, errs.Unavailable, 0, "Keycloak could not be asked to read a page of people: it answered with a redirect, which is not followed."},
	} {
		t.Run(x.path, func(t *testing.T) {
			t.Parallel()
			_, err := ask(t, client(t, nil, s.URL), s.URL+x.path)
			f := failure(t, err)
			if f.Kind != x.kind || f.Status != x.status || f.Sentence != x.sentence {
				t.Errorf("got %s %d %q", f.Kind, f.Status, f.Sentence)
			}
			if f.Fix == "" || f.System != "Keycloak" || f.Step != step {
				t.Errorf("without system, step or fix: %+v", f)
			}
			if e, ok := errs.As(err); !ok || e.Kind != x.house || e.Safe != f.Sentence+" "+f.Fix {
				t.Errorf("for the house: %v", err)
			}
		})
	}
	t.Run("/ok", func(t *testing.T) {
		t.Parallel()
		p, err := ask(t, client(t, nil, s.URL), s.URL+"/ok")
		if err != nil || p.Name != "Amara" {
			t.Errorf("got %v, %v", p, err)
		}
	})
}

// TestRefine lets the adapter put its own advice into a failure.
func TestRefine(t *testing.T) {
	t.Parallel()
	s := site(t)
	c := client(t, nil, s.URL)
	_, err := c.Do(t.Context(), guard.Request{
		Method: http.MethodGet, URL: s.URL + "/status/403", Step: step,
		Refine: func(f *connector.Failure, _ *guard.Answer) { f.Fix = "Give it view-users." },
	})
	if f := failure(t, err); f.Fix != "Give it view-users." || f.Kind != connector.FailForbidden {
		t.Errorf("got %+v", f)
	}
}

// TestCallerGone never blames the system for a caller that left.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	s := site(t)
	c := client(t, func(o *guard.Options) { o.Timeout = 5 * time.Second }, s.URL)
	for range 10 { // more often than the breaker tolerates
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err := c.Do(ctx, guard.Request{Method: http.MethodGet, URL: s.URL + "/silent", Step: step})
		cancel()
		f := failure(t, err)
		if !errors.Is(err, context.DeadlineExceeded) || f.Sentence != "Rollcall stopped waiting for Keycloak before it was done to read a page of people." {
			t.Fatalf("got %v", err)
		}
	}
	if _, err := ask(t, c, s.URL+"/ok"); err != nil {
		t.Errorf("the breaker opened on callers that left: %v", err)
	}
}

// TestBucket holds the pace of one system, whoever asks.
func TestBucket(t *testing.T) {
	t.Parallel()
	s := site(t)
	c := client(t, func(o *guard.Options) { o.Settings.Rate = 50 }, s.URL)
	began := time.Now()
	var done atomic.Int64
	errc := make(chan error)
	for range 50 {
		go func() {
			_, err := ask(t, c, s.URL+"/ok")
			done.Add(1)
			errc <- err
		}()
	}
	for range 50 {
		if err := <-errc; err != nil {
			t.Error(err)
		}
	}
	// 25 go at once, 25 follow at 50 a second.
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Errorf("50 requests at 50 a second took %s", took)
	}
}

// TestBusy says that it is Rollcall that waits when the bucket is empty for long.
func TestBusy(t *testing.T) {
	t.Parallel()
	s := site(t)
	c := client(t, func(o *guard.Options) { o.Settings.Rate = 0.001 }, s.URL)
	if _, err := ask(t, c, s.URL+"/ok"); err != nil {
		t.Fatal(err)
	}
	_, err := ask(t, c, s.URL+"/ok")
	f := failure(t, err)
	if f.Kind != connector.FailBusy || f.RetryAfter != time.Second ||
		f.Sentence != "Keycloak was not asked to read a page of people: Rollcall already asks it as often as its settings allow." {
		t.Errorf("got %+v", f)
	}
}

// TestSettings refuses what cannot be a system.
func TestSettings(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		settings connector.Settings
		sentence string
	}{
		"no host":  {connector.Settings{BaseURL: "keycloak"}, "The address of Keycloak is not an address that can be asked."},
		"query":    {connector.Settings{BaseURL: "https://id.example.org/?realm=x"}, "The address of Keycloak is not an address that can be asked."},
		"no text":  {connector.Settings{}, "The address of Keycloak is not an address that can be asked."},
		"bad CA":   {connector.Settings{BaseURL: "https://id.example.org", CA: "secret"}, "The certificate authority of Keycloak holds no certificate."},
		"bad text": {connector.Settings{BaseURL: "https://id.example.org:port"}, "The address of Keycloak is not an address that can be asked."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := guard.New(guard.Options{System: "Keycloak", Settings: x.settings})
			if f := failure(t, err); f.Kind != connector.FailSettings || f.Sentence != x.sentence || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v", err)
			}
		})
	}
}

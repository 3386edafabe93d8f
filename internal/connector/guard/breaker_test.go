package guard_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// moment is a clock that stands still until it is moved.
type moment struct{ micros atomic.Int64 }

func at(t time.Time) *moment {
	m := new(moment)
	m.micros.Store(t.UnixMicro())
	return m
}

func (m *moment) now() time.Time          { return time.UnixMicro(m.micros.Load()).UTC() }
func (m *moment) advance(d time.Duration) { m.micros.Add(d.Microseconds()) }

var start = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

// patient is a system whose health the test sets.
type patient struct {
	status atomic.Int64
	header atomic.Pointer[string]
	asked  atomic.Int64
	hold   chan struct{} // not nil: answers wait for it
}

func (p *patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	if p.hold != nil {
		select {
		case <-p.hold:
		case <-r.Context().Done():
		}
	}
	if h := p.header.Load(); h != nil {
		w.Header().Set("Retry-After", *h)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(int(p.status.Load()))
	_, _ = w.Write([]byte(`{}`))
}

func ill(t *testing.T, p *patient, clock *moment) (c *guard.Client, address string) {
	t.Helper()
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return client(t, func(o *guard.Options) { o.Now, o.Timeout = clock.now, 5*time.Second }, s.URL), s.URL
}

// TestBreaker walks through a whole illness: open after five failures in a row,
// one probe at a time, longer pauses, and closed by the first success.
func TestBreaker(t *testing.T) {
	t.Parallel()
	p, clock := new(patient), at(start)
	p.status.Store(500)
	c, address := ill(t, p, clock)
	for i := range 5 {
		if i == 4 {
			clock.advance(3 * time.Second)
		}
		_, err := ask(t, c, address)
		if f := failure(t, err); f.Kind != connector.FailBroken {
			t.Fatalf("failure %d: %v", i+1, err)
		}
	}
	refused := func(sentence string) {
		t.Helper()
		before := p.asked.Load()
		_, err := ask(t, c, address)
		f := failure(t, err)
		if f.Kind != connector.FailOpen || f.Sentence != sentence || p.asked.Load() != before {
			t.Fatalf("got %s %q, asked %d times", f.Kind, f.Sentence, p.asked.Load()-before)
		}
		if f.RetryAfter <= 0 || !f.Again() {
			t.Errorf("may be tried again later: %+v", f)
		}
	}
	refused("Keycloak was not asked to read a page of people: it has failed 5 times in a row since 10:42:00 UTC. It is asked again at 10:42:18 UTC.")
	clock.advance(14 * time.Second)
	refused("Keycloak was not asked to read a page of people: it has failed 5 times in a row since 10:42:00 UTC. It is asked again at 10:42:18 UTC.")
	clock.advance(time.Second)
	_, err := ask(t, c, address) // the probe
	if f := failure(t, err); f.Kind != connector.FailBroken {
		t.Fatalf("the probe: %v", err)
	}
	refused("Keycloak was not asked to read a page of people: it has failed 6 times in a row since 10:42:00 UTC. It is asked again at 10:42:48 UTC.")
	clock.advance(30 * time.Second)
	p.status.Store(200)
	for range 7 {
		if _, err := ask(t, c, address); err != nil {
			t.Fatalf("well again: %v", err)
		}
	}
	p.status.Store(500)
	for i := range 4 {
		_, err := ask(t, c, address)
		if f := failure(t, err); f.Kind != connector.FailBroken {
			t.Fatalf("it remembers failures from before its recovery: %d, %v", i, err)
		}
	}
}

// TestOneProbe sends a single request to a system that may be ill.
func TestOneProbe(t *testing.T) {
	t.Parallel()
	p, clock := new(patient), at(start)
	p.status.Store(502)
	c, address := ill(t, p, clock)
	for range 5 {
		_, _ = ask(t, c, address)
	}
	p.hold = make(chan struct{})
	p.status.Store(200)
	clock.advance(time.Minute)
	before := p.asked.Load()
	errs := make(chan error, 8)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := ask(t, c, address)
			errs <- err
		})
	}
	open := 0
	for range 7 { // all but the probe come back at once
		if f := failure(t, <-errs); f.Kind == connector.FailOpen {
			open++
		}
	}
	close(p.hold)
	group.Wait()
	if err := <-errs; err != nil || open != 7 || p.asked.Load() != before+1 {
		t.Errorf("probe %v, %d refused, %d asked", err, open, p.asked.Load()-before)
	}
}

// TestHealthyRefusals: a system that refuses is a system that works.
func TestHealthyRefusals(t *testing.T) {
	t.Parallel()
	p, clock := new(patient), at(start)
	c, address := ill(t, p, clock)
	for _, status := range []int64{400, 401, 403, 404, 409} {
		p.status.Store(status)
		for range 6 {
			_, err := ask(t, c, address)
			if f := failure(t, err); f.Kind == connector.FailOpen {
				t.Fatalf("%d opened the breaker", status)
			}
		}
	}
}

// TestRetryAfter stays away for as long as the system wants, in seconds or until
// a date, and never absurdly long.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		status int64
		header string
		wait   time.Duration
		until  string
	}{
		{429, "30", 30 * time.Second, "10:42:30 UTC"},
		{503, "30", 30 * time.Second, "10:42:30 UTC"},
		{429, start.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second, "10:43:30 UTC"},
		{429, "", time.Second, "10:42:01 UTC"},
		{429, "soon", time.Second, "10:42:01 UTC"},
		{429, "-5", time.Second, "10:42:01 UTC"},
		{429, start.Add(-time.Hour).Format(http.TimeFormat), time.Second, "10:42:01 UTC"},
		{429, "999999999999", 15 * time.Minute, "10:57:00 UTC"},
		{429, "Fri, 31 Dec 9999 23:59:59 GMT", 15 * time.Minute, "10:57:00 UTC"},
	} {
		t.Run(fmt.Sprint(x.status, " ", x.header), func(t *testing.T) {
			t.Parallel()
			p, clock := new(patient), at(start)
			p.status.Store(x.status)
			p.header.Store(&x.header)
			c, address := ill(t, p, clock)
			_, err := ask(t, c, address)
			f := failure(t, err)
			want := fmt.Sprintf("Keycloak answered %d when asked to read a page of people: it has too much to do. It is asked again at %s.", x.status, x.until)
			if f.Kind != connector.FailBusy || f.RetryAfter != x.wait || f.Wait() != x.wait || f.Sentence != want {
				t.Fatalf("got %s %s %q", f.Kind, f.RetryAfter, f.Sentence)
			}
			p.status.Store(200)
			clock.advance(x.wait - time.Millisecond)
			_, err = ask(t, c, address)
			want = "Keycloak was not asked to read a page of people: it wants to be left alone. It is asked again at " + x.until + "."
			if f := failure(t, err); f.Kind != connector.FailBusy || f.Sentence != want || p.asked.Load() != 1 {
				t.Fatalf("meanwhile: %v", err)
			}
			clock.advance(time.Millisecond)
			if _, err := ask(t, c, address); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

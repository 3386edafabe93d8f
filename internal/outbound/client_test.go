package outbound_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/outbound"
)

func get(t *testing.T, c *outbound.Client, address string) (*outbound.Answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return c.Do(r)
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func port(t *testing.T, address string) int {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLimits holds OIDC-03 for the client alone.
func TestLimits(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	t.Cleanup(func() { close(released) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/silent":
			select {
			case <-released:
			case <-r.Context().Done():
			}
		case "/trickle":
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("x"))
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		case "/redirect":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusTemporaryRedirect)
		case "/limit", "/limit-and-one", "/large":
			size := map[string]int{"/limit": 1 << 20, "/limit-and-one": 1<<20 + 1, "/large": 50 << 20}[r.URL.Path]
			_, _ = io.Copy(w, io.LimitReader(zeros{}, int64(size)))
		case "/header":
			w.Header().Set("X-Large", strings.Repeat("x", 100<<10))
		case "/gzip":
			w.Header().Set("X-Asked", r.Header.Get("Accept-Encoding"))
		default:
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = w.Write([]byte(`{}`))
		}
	})
	c := outbound.New(outbound.Options{DevLoopback: true, Timeout: 300 * time.Millisecond})
	for _, x := range []struct {
		path string
		want error
	}{
		{"/ok", nil}, {"/limit", nil}, {"/limit-and-one", outbound.ErrTooLarge}, {"/large", outbound.ErrTooLarge},
		{"/silent", outbound.ErrTime}, {"/trickle", outbound.ErrTime},
		{"/redirect", outbound.ErrRedirect}, {"/metadata", outbound.ErrRedirect},
	} {
		t.Run(x.path, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			answer, err := get(t, c, s.URL+x.path)
			if !errors.Is(err, x.want) || (err == nil) != (x.want == nil) {
				t.Fatalf("got %v, want %v", err, x.want)
			}
			if x.want != nil && (answer != nil || !errs.Is(err, errs.Unavailable)) {
				t.Errorf("a failure is Unavailable and has no answer: %v, %v", errs.KindOf(err), answer)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
	t.Run("/header", func(t *testing.T) {
		t.Parallel()
		_, err := get(t, c, s.URL+"/header")
		if err == nil {
			t.Error("a header of 100 KiB was accepted")
		}
	})
	t.Run("/gzip", func(t *testing.T) {
		t.Parallel()
		answer, err := get(t, c, s.URL+"/gzip")
		if err != nil || answer.Header.Get("X-Asked") != "" {
			t.Errorf("compression was asked for: %v", err)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// The limits can be narrowed, not widened.
func TestLimitsCannotBeWidened(t *testing.T) {
	t.Parallel()
	c := outbound.New(outbound.Options{Timeout: time.Hour, BodyLimit: 1 << 30})
	if got := c.HTTP().Timeout; got != outbound.MaxTime {
		t.Errorf("timeout is %s", got)
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, io.LimitReader(zeros{}, 2<<20)) })
	_, err := get(t, outbound.New(outbound.Options{DevLoopback: true, BodyLimit: 1 << 30}), s.URL)
	if !errors.Is(err, outbound.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	_, err = get(t, outbound.New(outbound.Options{DevLoopback: true, BodyLimit: 10}), s.URL)
	if !errors.Is(err, outbound.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

// A library that gets the client gets its guard.
func TestHTTPIsGuarded(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		_, _ = io.Copy(w, io.LimitReader(zeros{}, 2<<20))
	})
	dev := outbound.New(outbound.Options{DevLoopback: true}).HTTP()
	_, err := dev.Get(s.URL + "/redirect") //nolint:bodyclose,noctx // it fails
	if !errors.Is(err, outbound.ErrRedirect) {
		t.Errorf("redirect: %v", err)
	}
	answer, err := dev.Get(s.URL) //nolint:noctx // the client has a timeout
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if !errors.Is(err, outbound.ErrTooLarge) || len(body) > 1<<20 {
		t.Errorf("read %d bytes, %v", len(body), err)
	}
	before := reached.Load()
	_, err = outbound.New(outbound.Options{}).HTTP().Get(s.URL) //nolint:bodyclose,noctx // it fails
	if !errors.Is(err, outbound.ErrScheme) || reached.Load() != before {
		t.Errorf("plain http: %v", err)
	}
}

// TestCheck is what can be refused before anything is resolved.
func TestCheck(t *testing.T) {
	t.Parallel()
	strict, dev, inner := outbound.New(outbound.Options{}), outbound.New(outbound.Options{DevLoopback: true}), outbound.New(outbound.Options{AllowPrivate: true})
	for _, c := range []struct {
		name    string
		client  *outbound.Client
		address string
		want    error
	}{
		{"Public", strict, "https://op.example/x", nil},
		{"PlainHTTP", strict, "http://op.example/x", outbound.ErrScheme},
		{"PlainHTTPLoopback", strict, "http://localhost/x", outbound.ErrScheme},
		{"PlainHTTPLoopbackDev", dev, "http://localhost:8080/x", nil},
		{"PlainHTTPElsewhereDev", dev, "http://op.example/x", outbound.ErrScheme},
		{"PlainHTTPPrivate", inner, "http://10.0.0.1/x", outbound.ErrScheme},
		{"File", strict, "file:///etc/passwd", outbound.ErrAddress},
		{"FTP", strict, "ftp://op.example/", outbound.ErrScheme},
		{"Gopher", strict, "gopher://op.example/", outbound.ErrScheme},
		{"Credentials", strict, "https://a:b@op.example/", outbound.ErrAddress},
		{"NoHost", strict, "https:///x", outbound.ErrAddress},
		{"Loopback", strict, "https://127.0.0.1/", outbound.ErrAddress},
		{"LoopbackSix", strict, "https://[::1]/", outbound.ErrAddress},
		{"LoopbackMapped", strict, "https://[::ffff:127.0.0.1]/", outbound.ErrAddress},
		{"Private", strict, "https://192.168.1.1/", outbound.ErrAddress},
		{"PrivateAllowed", inner, "https://192.168.1.1/", nil},
		{"MetadataService", inner, "https://169.254.169.254/", outbound.ErrAddress},
		{"Zone", inner, "https://[fe80::1%25eth0]/", outbound.ErrAddress},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.client.Check(c.address)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if err := strict.Check("https://[bad"); !errs.Is(err, errs.Invalid) {
		t.Errorf("no address at all: %v", err)
	}
}

// Spellings of an address that a resolver may understand and a guard on the
// URL would not: none gets through at dial time (WEB-20).
func TestOddSpellingsOfLoopback(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(s.Close)
	n := port(t, s.URL)
	c := outbound.New(outbound.Options{Ports: []int{n}, Timeout: 2 * time.Second, Resolver: answering(t, func(int) [4]byte { return [4]byte{127, 0, 0, 1} })})
	for _, host := range []string{
		"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST",
		"localhost.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0", "0.0.0.0", "[::]", "inner.example",
	} {
		_, err := get(t, c, "https://"+host+":"+strconv.Itoa(n)+"/")
		if err == nil {
			t.Errorf("%s was reached", host)
		}
	}
	if reached.Load() != 0 {
		t.Errorf("%d requests arrived", reached.Load())
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	closed := outbound.New(outbound.Options{AllowPrivate: true, Roots: roots})
	_, err := get(t, closed, s.URL)
	if !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("port that nobody allowed: %v", err)
	}
	open := outbound.New(outbound.Options{AllowPrivate: true, Roots: roots, Ports: []int{port(t, s.URL)}})
	_, err = get(t, open, s.URL)
	if err != nil {
		t.Errorf("allowed port: %v", err)
	}
	distrusting := outbound.New(outbound.Options{AllowPrivate: true, Ports: []int{port(t, s.URL)}})
	_, err = get(t, distrusting, s.URL)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Errorf("certificate of an unknown authority: %v", err)
	}
}

// No proxy of the environment is used: it would see codes and secrets.
func TestNoProxyFromTheEnvironment(t *testing.T) {
	var reached atomic.Int32
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	t.Setenv("ALL_PROXY", proxy.URL)
	c := outbound.New(outbound.Options{AllowPrivate: true, DevLoopback: true, Timeout: time.Second,
		Resolver: answering(t, func(int) [4]byte { return [4]byte{127, 0, 0, 1} })})
	_, err := get(t, c, "https://op.example/")
	if err == nil || reached.Load() != 0 {
		t.Errorf("the proxy saw %d requests, %v", reached.Load(), err)
	}
}

// A name that answers with a public address first and an inner one afterwards
// gains nothing: the address is judged when it is dialled (WEB-20).
func TestRebinding(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(s.Close)
	n := port(t, s.URL)
	var asked atomic.Int32
	resolver := answering(t, func(i int) [4]byte {
		asked.Add(1)
		if i%2 == 0 {
			return [4]byte{192, 0, 2, 1} // looks outside
		}
		return [4]byte{127, 0, 0, 1}
	})
	c := outbound.New(outbound.Options{Ports: []int{n}, Resolver: resolver, Timeout: 2 * time.Second})
	for range 6 {
		_, err := get(t, c, "https://rebind.example:"+strconv.Itoa(n)+"/")
		if !errors.Is(err, outbound.ErrAddress) {
			t.Errorf("got %v", err)
		}
	}
	if reached.Load() != 0 || asked.Load() < 6 {
		t.Errorf("%d requests arrived, %d names were asked for", reached.Load(), asked.Load())
	}
}

// answering makes a resolver whose every name has one address, chosen by how
// often it was asked.
func answering(t *testing.T, choose func(i int) [4]byte) *net.Resolver {
	t.Helper()
	var times atomic.Int32
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			answer := dnsmessage.Message{
				Header:    dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true},
				Questions: m.Questions,
			}
			if q.Type == dnsmessage.TypeA {
				answer.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: choose(int(times.Add(1)) - 1)},
				}}
			}
			packed, err := answer.Pack()
			if err == nil {
				_, _ = server.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for kind, ok := range map[string]bool{
		"application/json": true, "Application/JSON; charset=utf-8": true, "application/jwk-set+json": true,
		"text/html": false, "text/plain": false, "": false, "application/": false, "text/json": false,
		"application/json5": false, "application/jsonp": false, "nonsense;;": false,
	} {
		a := &outbound.Answer{Header: http.Header{"Content-Type": {kind}}}
		if err := a.JSON(); (err == nil) != ok || err != nil && !errors.Is(err, outbound.ErrType) {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// What is shown of a failure names the host and never the whole address.
func TestFailuresKeepSecrets(t *testing.T) {
	t.Parallel()
	_, err := get(t, outbound.New(outbound.Options{}), "http://op.example/token?code=s3cret")
	e, ok := errs.As(err)
	if !ok || !strings.Contains(e.Safe, "op.example") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("says %v", err)
	}
}

func TestLoopbackNames(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"localhost.evil.example": false, "127.0.0.1.evil.example": false, "10.0.0.1": false, "": false, "0.0.0.0": false,
	} {
		if got := outbound.Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %t", host, got)
		}
	}
}

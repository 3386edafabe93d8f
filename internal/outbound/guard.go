package outbound

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const dialTime = 5 * time.Second

// guard decides which URL may be asked and which address may be dialled.
type guard struct{ options Options }

// check refuses a URL before anything is resolved.
func (g *guard) check(u *url.URL) error {
	switch {
	case u.Hostname() == "" || u.Opaque != "":
		return fmt.Errorf("%w: no host in the address", ErrAddress)
	case u.User != nil:
		return fmt.Errorf("%w: the address carries credentials", ErrAddress)
	case u.Scheme != "https" && !g.plain(u):
		return fmt.Errorf("%w: %q", ErrScheme, u.Scheme)
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return g.address(u.Hostname(), ip)
	}
	return nil
}

// plain reports whether u may be asked without TLS.
func (g *guard) plain(u *url.URL) bool {
	return u.Scheme == "http" && g.options.DevLoopback && Loopback(u.Hostname())
}

// dial connects to the first address of a host that passes. The check runs on
// the address the kernel is about to use, after the name was resolved, so a
// name that answers differently the second time gains nothing.
func (g *guard) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrAddress, addr)
	}
	err = g.port(host, port)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{
		Timeout:   dialTime,
		KeepAlive: 30 * time.Second,
		Resolver:  g.options.Resolver,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("%w: %q", ErrAddress, address)
			}
			return g.address(host, ap.Addr())
		},
	}
	return dialer.DialContext(ctx, network, addr)
}

func (g *guard) port(host, port string) error {
	n, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("%w: port %q", ErrAddress, port)
	}
	if n == 443 || slices.Contains(g.options.Ports, n) || g.options.DevLoopback && Loopback(host) {
		return nil
	}
	return fmt.Errorf("%w: port %d", ErrAddress, n)
}

// address judges one address on behalf of the host name it stands for. A
// loopback name must mean this machine: plain http is allowed on its word.
func (g *guard) address(host string, ip netip.Addr) error {
	far := judge(ip)
	ok := false
	switch far {
	case public:
		ok = !Loopback(host)
	case private:
		ok = g.options.AllowPrivate && !Loopback(host)
	case loopback:
		ok = g.options.AllowPrivate || g.options.DevLoopback && Loopback(host)
	case never:
	}
	if !ok {
		return fmt.Errorf("%w: %s", ErrAddress, ip)
	}
	return nil
}

// Loopback reports whether host is a name or an address of this machine.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// gate is the guard as a transport: it sees every request of the client,
// whoever makes it.
type gate struct {
	guard *guard
	next  http.RoundTripper
}

// RoundTrip checks the URL, sends, refuses a redirect and bounds the body.
func (t *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	err := t.guard.check(r.URL)
	if err != nil {
		closeBody(r.Body)
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", t.guard.options.Agent)
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		closeBody(answer.Body)
		return nil, fmt.Errorf("%w: status %d", ErrRedirect, answer.StatusCode)
	}
	answer.Body = &bounded{body: answer.Body, left: t.guard.options.BodyLimit}
	return answer, nil
}

func closeBody(body io.Closer) {
	if body != nil {
		_ = body.Close() // nothing was read that could be lost
	}
}

// bounded fails a body that goes on past its limit, instead of cutting it
// short: half an answer must not look like an answer.
type bounded struct {
	body io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}

func (b *bounded) Close() error { return b.body.Close() }

package demo

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
)

// Site is where the demo is: an open listener and the one address it is used under.
type Site struct {
	Listener net.Listener
	URL      string // "http://127.0.0.1:8080", never with a slash at the end
}

// Bind opens the listener of the demo. Port 0 takes any free one. An address
// that means every interface (":8080", "0.0.0.0:8080") is allowed, so that the
// demo runs in a container, but it is still opened as localhost: provider and
// people have no password, and plain http is safe on one machine only (WEB-30).
func Bind(ctx context.Context, listen string) (*Site, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "The listen address %q cannot be read. It looks like 127.0.0.1:8080.", listen)
	}
	name, err := publicName(host, port)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "The demo cannot listen at %s: %v. Choose another port with --listen, for example --listen 127.0.0.1:8081.", listen, err)
	}
	actual := listener.Addr().(*net.TCPAddr).Port
	return &Site{Listener: listener, URL: "http://" + net.JoinHostPort(name, strconv.Itoa(actual))}, nil
}

// publicName gives the name in the address people open.
func publicName(host, port string) (string, error) {
	if host == "" || host == "localhost" {
		return "localhost", nil
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.IsUnspecified():
		return "localhost", nil
	case err == nil && ip.Unmap().IsLoopback():
		return host, nil
	}
	return "", errs.New(errs.Invalid, "The demo signs people in without a password, so it opens only on the machine it runs on, not at %s. "+
		"Use --listen 127.0.0.1:%s. From another machine, forward the port: ssh -L %s:localhost:%s that-machine.", host, port, port, port)
}

// Guard lets requests through that use the site's own address. Other names of
// this machine are sent to it, so that cookies and the provider's issuer agree;
// a foreign Host is refused, which also stops a page elsewhere from reaching
// the demo by rebinding its own name to this machine. Health checks pass.
func (s *Site) Guard(next http.Handler) http.Handler {
	own := strings.TrimPrefix(s.URL, "http://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host == own, r.URL.Path == "/healthz", r.URL.Path == "/readyz":
			next.ServeHTTP(w, r)
		case loopback(r.Host) && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, s.URL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		default:
			http.Error(w, fmt.Sprintf("The demo opens only on the machine it runs on, at %s", s.URL), http.StatusMisdirectedRequest)
		}
	})
}

// loopback reports whether a Host header names this machine.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

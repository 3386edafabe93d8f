package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"time"
)

// The limits nobody may widen (OIDC-03). Options may only narrow them.
const (
	MaxTime = 10 * time.Second
	MaxBody = 1 << 20
)

// maxHeader bounds the header of an answer.
const maxHeader = 64 << 10

// Options say what a client may reach. The zero value reaches public hosts by
// https on port 443.
type Options struct {
	// AllowPrivate lets the client reach private networks and this machine:
	// self-hosted providers live there. Link-local addresses, where clouds keep
	// their metadata services, stay refused.
	AllowPrivate bool

	// DevLoopback lets the client speak plain http, and to any port, but only
	// to this machine under a loopback name or address. For development.
	DevLoopback bool

	// Ports may be dialled besides 443.
	Ports []int

	// Timeout is the time for one request from dialling to the last byte of
	// the body; 0 or more than MaxTime means MaxTime.
	Timeout time.Duration

	// BodyLimit is the largest body accepted; 0 or more than MaxBody means MaxBody.
	BodyLimit int64

	// Roots are the certificate authorities to trust instead of the system's.
	Roots *x509.CertPool

	// Resolver replaces the system's resolver.
	Resolver *net.Resolver

	// Agent is sent as User-Agent; empty means "rollcall".
	Agent string
}

// Client sends guarded requests. It is safe for use by many goroutines.
type Client struct {
	options Options
	client  *http.Client
}

// New makes a client of its own connections: clients with different options
// never share one.
func New(options Options) *Client {
	options.Ports = slices.Clone(options.Ports)
	if options.Timeout <= 0 || options.Timeout > MaxTime {
		options.Timeout = MaxTime
	}
	if options.BodyLimit <= 0 || options.BodyLimit > MaxBody {
		options.BodyLimit = MaxBody
	}
	if options.Agent == "" {
		options.Agent = "rollcall"
	}
	g := &guard{options: options}
	transport := &http.Transport{
		Proxy:                  nil, // an environment variable must not move sign-in traffic
		DialContext:            g.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: options.Roots},
		TLSHandshakeTimeout:    options.Timeout,
		ResponseHeaderTimeout:  options.Timeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // a small answer must not unfold into a large one
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    16, // as many as one caller ever has under way
		IdleConnTimeout:        time.Minute,
	}
	c := &Client{options: options}
	c.client = &http.Client{
		Transport:     &gate{guard: g, next: transport},
		Timeout:       options.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// HTTP gives the guarded client to a library that wants one. Its answers are
// cut off with ErrTooLarge past the body limit, and a redirect is an error.
func (c *Client) HTTP() *http.Client { return c.client }

// Close drops idle connections.
func (c *Client) Close() { c.client.CloseIdleConnections() }

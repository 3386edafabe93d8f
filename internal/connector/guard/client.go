package guard

import (
	"context"
	"crypto/x509"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/time/rate"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/outbound"
)

// Options say which system a client reaches and how it may be asked.
type Options struct {
	System   string // name for people, in every sentence: "Keycloak"
	Settings connector.Settings
	Rate     float64          // requests a second when the settings do not say; 0: defaultRate
	Now      func() time.Time // nil: time.Now

	// Timeout and BodyLimit narrow those of package outbound.
	Timeout   time.Duration
	BodyLimit int64
}

// defaultRate is for systems that nobody said anything about.
const defaultRate = 20

// Client asks one system. It is safe for use by many goroutines.
type Client struct {
	system  string
	host    string
	now     func() time.Time
	out     *outbound.Client
	limiter *rate.Limiter
	breaker breaker
}

// New makes the client of a system. It sends nothing yet.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.Settings.BaseURL)
	if err != nil || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, connector.Fail(connector.Failure{
			Kind: connector.FailSettings, System: o.System, Step: "read the settings",
			Sentence: "The address of " + o.System + " is not an address that can be asked.",
			Fix:      "Give it as https://host, without anything after a question mark.",
		}, err)
	}
	roots, err := authorities(o)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Client{system: o.System, host: base.Hostname(), now: o.Now}
	c.breaker = breaker{now: o.Now}
	c.limiter = bucket(o)
	c.out = outbound.New(outbound.Options{
		AllowPrivate: o.Settings.AllowPrivate, DevLoopback: o.Settings.DevLoopback, Ports: ports(base),
		Timeout: o.Timeout, BodyLimit: o.BodyLimit, Roots: roots,
	})
	return c, nil
}

// Close drops idle connections.
func (c *Client) Close() { c.out.Close() }

// Lookup resolves the system's host name and says which of its addresses may be
// dialled.
func (c *Client) Lookup(ctx context.Context) (host string, addresses []netip.Addr, err error) {
	addresses, err = c.out.Lookup(ctx, c.host)
	if err != nil {
		return c.host, nil, c.lost(err)
	}
	return c.host, addresses, nil
}

// bucket lets half a second's worth of requests through at once.
func bucket(o Options) *rate.Limiter {
	perSecond := o.Settings.Rate
	if perSecond <= 0 {
		perSecond = o.Rate
	}
	if perSecond <= 0 {
		perSecond = defaultRate
	}
	return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/2)))
}

// ports lets the client reach the port its own address names.
func ports(base *url.URL) []int {
	n, err := strconv.Atoi(base.Port())
	if err != nil {
		return nil // none is named
	}
	return []int{n}
}

func authorities(o Options) (*x509.CertPool, error) {
	if o.Settings.CA == "" {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(o.Settings.CA)) {
		return nil, connector.Fail(connector.Failure{
			Kind: connector.FailSettings, System: o.System, Step: "read the settings",
			Sentence: "The certificate authority of " + o.System + " holds no certificate.",
			Fix:      "Paste it as PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
		}, nil)
	}
	return pool, nil
}

// patience is how long a request waits for its turn in the bucket before it says
// that Rollcall itself is too busy.
const patience = 20 * time.Second

// turn waits for the bucket.
func (c *Client) turn(ctx context.Context, step string) *connector.Failure {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := c.limiter.Wait(waiting)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return c.stopped(step, ctx.Err())
	}
	return connector.Fail(connector.Failure{
		Kind: connector.FailBusy, System: c.system, Step: step, RetryAfter: time.Second,
		Sentence: c.system + " was not asked to " + step + ": Rollcall already asks it as often as its settings allow.",
		Fix:      "It is tried again by itself. If this stays, raise the requests a second of this connector.",
	}, err)
}

package outbound

import (
	"context"
	"net"
	"net/netip"
)

// Lookup gives the addresses of a host that the client would dial. The error is
// an *errs.Error of kind Unavailable: the name cannot be resolved, or all of its
// addresses are refused.
func (c *Client) Lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	found, err := c.resolve(ctx, host)
	if err != nil {
		return nil, classify(err, host)
	}
	g := guard{options: c.options}
	var allowed []netip.Addr
	for _, ip := range found {
		refused := g.address(host, ip)
		if refused == nil {
			allowed = append(allowed, ip.Unmap())
			continue
		}
		err = refused
	}
	if len(allowed) == 0 {
		return nil, classify(err, host)
	}
	return allowed, nil
}

func (c *Client) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	resolver := c.options.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	return resolver.LookupNetIP(ctx, "ip", host)
}

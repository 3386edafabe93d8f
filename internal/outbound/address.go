package outbound

import "net/netip"

// reach is how far an address lies from the public internet.
type reach uint8

const (
	public   reach = iota // a public host: always allowed
	private               // somebody's own network: allowed on request
	loopback              // this machine: allowed on request
	never                 // metadata services, link-local, multicast, transition and reserved ranges
)

// neverRanges are refused whatever the options say: cloud metadata services
// live here, or no server of anybody's does.
var neverRanges = prefixes(
	"0.0.0.0/8",          // this network
	"169.254.0.0/16",     // link-local, and the metadata service of most clouds
	"192.0.0.0/24",       // protocol assignments, a metadata service among them
	"192.0.2.0/24",       // documentation
	"192.88.99.0/24",     // 6to4 relay
	"198.51.100.0/24",    // documentation
	"203.0.113.0/24",     // documentation
	"224.0.0.0/4",        // multicast
	"240.0.0.0/4",        // reserved, and broadcast
	"100.100.100.200/32", // metadata service inside the shared range
	"168.63.129.16/32",   // metadata service on a public address
	"fd00:ec2::/32",      // metadata service inside the unique local range
	"fd20:ce::/32",       // metadata service inside the unique local range
	"::/96",              // unspecified, and IPv4-compatible (loopback is judged before)
	"::ffff:0:0:0/96",    // IPv4-translated
	"64:ff9b:1::/48",     // NAT64 with a local prefix
	"100::/64",           // discard
	"2001::/23",          // protocol assignments, Teredo among them
	"2001:db8::/32",      // documentation
	"2002::/16",          // 6to4: carries an IPv4 address of the sender's choice
	"3fff::/20",          // documentation
	"5f00::/16",          // segment routing
	"fe80::/10",          // link-local
	"fec0::/10",          // site-local, withdrawn
	"ff00::/8",           // multicast
)

var privateRanges = prefixes(
	"10.0.0.0/8",
	"100.64.0.0/10", // shared by carriers and by overlay networks
	"172.16.0.0/12",
	"192.168.0.0/16",
	"198.18.0.0/15", // benchmarking
	"fc00::/7",
)

var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	globalSix = netip.MustParsePrefix("2000::/3")
)

func prefixes(text ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(text))
	for i, t := range text {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

func within(ranges []netip.Prefix, ip netip.Addr) bool {
	for _, r := range ranges {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}

// judge says how far ip lies. An IPv4 address wrapped in IPv6 is judged as
// what it is; the well-known NAT64 prefix may carry public addresses only
// (RFC 6052 section 3.1).
func judge(ip netip.Addr) reach {
	ip = ip.WithZone("").Unmap()
	if ip.IsLoopback() {
		return loopback
	}
	if nat64.Contains(ip) {
		b := ip.As16()
		if judge(netip.AddrFrom4([4]byte(b[12:]))) == public {
			return public
		}
		return never
	}
	switch {
	case within(neverRanges, ip):
		return never
	case within(privateRanges, ip):
		return private
	case ip.Is6() && !globalSix.Contains(ip):
		return never // nothing is assigned there
	}
	return public
}

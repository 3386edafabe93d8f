package outbound

import (
	"net/netip"
	"testing"
)

// addresses is the corpus of WEB-20.
var addresses = map[string]reach{
	"8.8.8.8": public, "1.1.1.1": public, "93.184.216.34": public, "172.15.255.255": public, "172.32.0.0": public,
	"192.167.255.255": public, "192.169.0.0": public, "11.0.0.0": public, "9.255.255.255": public,
	"100.63.255.255": public, "100.128.0.0": public, "126.255.255.255": public, "128.0.0.1": public,
	"169.253.255.255": public, "169.255.0.0": public, "198.17.255.255": public, "198.20.0.0": public, "223.255.255.255": public,
	"2606:4700::1111": public, "2a00:1450:4001::1": public, "2001:4860:4860::8888": public,
	"64:ff9b::8.8.8.8": public, "::ffff:8.8.8.8": public,

	"10.0.0.1": private, "10.255.255.255": private, "172.16.0.1": private, "172.31.255.255": private,
	"192.168.0.1": private, "100.64.0.1": private, "100.127.255.255": private, "198.18.0.1": private,
	"fc00::1": private, "fd12:3456::1": private, "::ffff:10.0.0.1": private, "::ffff:192.168.1.1": private,

	"127.0.0.1": loopback, "127.255.255.254": loopback, "::1": loopback, "::ffff:127.0.0.1": loopback,

	"0.0.0.0": never, "0.1.2.3": never, "255.255.255.255": never, "240.0.0.1": never, "224.0.0.1": never, "239.1.1.1": never,
	"169.254.169.254": never, "169.254.0.1": never, "::ffff:169.254.169.254": never,
	"100.100.100.200": never, "168.63.129.16": never, "192.0.0.192": never, "192.0.2.1": never,
	"198.51.100.7": never, "203.0.113.9": never, "192.88.99.1": never,
	"::": never, "::127.0.0.1": never, "::10.0.0.1": never, "::ffff:0:127.0.0.1": never,
	"fe80::1": never, "fe80::1%eth0": never, "febf::1": never, "fec0::1": never, "ff02::1": never, "fd00:ec2::254": never, "fd20:ce::254": never,
	"64:ff9b::127.0.0.1": never, "64:ff9b::10.0.0.1": never, "64:ff9b::169.254.169.254": never, "64:ff9b:1::8.8.8.8": never,
	"2002:7f00:1::": never, "2002:a00:1::": never, "2001::1": never, "2001:db8::1": never, "100::1": never, "4000::1": never, "3fff::1": never,
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for text, want := range addresses {
		if got := judge(netip.MustParseAddr(text)); got != want {
			t.Errorf("judge(%s) = %d, want %d", text, got, want)
		}
	}
}

// Which addresses each set of options reaches, and on behalf of which name.
func TestAddressByOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		options Options
		host    string
		ip      string
		ok      bool
	}{
		{"PublicByDefault", Options{}, "op.example", "8.8.8.8", true},
		{"PrivateByDefault", Options{}, "op.example", "10.0.0.1", false},
		{"LoopbackByDefault", Options{}, "op.example", "127.0.0.1", false},
		{"LoopbackNameByDefault", Options{}, "localhost", "127.0.0.1", false},
		{"PrivateAllowed", Options{AllowPrivate: true}, "op.example", "10.0.0.1", true},
		{"LoopbackWithPrivateAllowed", Options{AllowPrivate: true}, "op.example", "127.0.0.1", true},
		{"MetadataWithPrivateAllowed", Options{AllowPrivate: true}, "op.example", "169.254.169.254", false},
		{"MetadataSixWithPrivateAllowed", Options{AllowPrivate: true}, "op.example", "fd00:ec2::254", false},
		{"LinkLocalWithEverything", Options{AllowPrivate: true, DevLoopback: true}, "op.example", "fe80::1", false},
		{"DevLoopback", Options{DevLoopback: true}, "localhost", "127.0.0.1", true},
		{"DevLoopbackSix", Options{DevLoopback: true}, "::1", "::1", true},
		{"DevLoopbackForAForeignName", Options{DevLoopback: true}, "op.example", "127.0.0.1", false},
		{"DevLoopbackNameThatLeadsAway", Options{DevLoopback: true}, "localhost", "8.8.8.8", false},
		{"DevLoopbackNameOnPrivateNet", Options{DevLoopback: true, AllowPrivate: true}, "localhost", "10.0.0.1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := guard{options: c.options}
			err := g.address(c.host, netip.MustParseAddr(c.ip))
			if (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

package outbound_test

import (
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/outbound"
)

// What the guard would refuse is refused when it is typed, with what to change.
func TestCheckSaysWhatToChange(t *testing.T) {
	t.Parallel()
	dev := outbound.Options{DevLoopback: true}
	for _, tc := range []struct {
		address string
		options outbound.Options
		says    string // "": allowed
	}{
		{"https://id.example.org/realms/a", outbound.Options{}, ""},
		{"https://10.0.0.4", outbound.Options{AllowPrivate: true}, ""},
		{"http://127.0.0.1:8080", dev, ""},
		{"http://127.0.0.1:8080", outbound.Options{}, "must begin with https://"},
		{"http://id.example.org", dev, "could be read on the way"},
		{"id.example.org", outbound.Options{}, "must begin with https://"},
		{"https://", outbound.Options{}, "names no host"},
		{"https:id.example.org", outbound.Options{}, "names no host"},
		{"https://a:b@id.example.org", outbound.Options{}, "before the @"},
		{"https://10.0.0.4", outbound.Options{}, "may not reach"},
		{"https://[::ffff:169.254.169.254]", outbound.Options{AllowPrivate: true}, "may not reach"},
		{"https://[fe80::1%25eth0]", outbound.Options{AllowPrivate: true}, "may not reach"},
		{"https://exa mple.org", outbound.Options{}, "not an address"},
		{"file:///etc/passwd", outbound.Options{}, "names no host"},
		{"gopher://id.example.org", outbound.Options{}, "sent by gopher"},
	} {
		u, err := outbound.Check(tc.address, tc.options)
		switch {
		case tc.says == "" && (err != nil || u.String() != tc.address):
			t.Errorf("Check(%q) = %v, %v; want it allowed", tc.address, u, err)
		case tc.says != "" && (!errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), tc.says)):
			t.Errorf("Check(%q) = %v; want a refusal with %q", tc.address, err, tc.says)
		}
	}
}

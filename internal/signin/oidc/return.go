package oidc

import (
	"net/url"
	"path"
	"strings"
)

const maxReturn = 2048

// SafeReturn gives an address to which a person may be sent after signing in:
// the one given if it is a path of this site, and "/" for everything else
// (OIDC-22). It takes the form that browsers send, printable ASCII with the
// rest percent-encoded, and refuses whatever two readers might read apart:
// backslashes, doubled slashes, dot segments, also when they are encoded.
func SafeReturn(address string) string {
	const home = "/"
	if address == "" || len(address) > maxReturn || address[0] != '/' {
		return home
	}
	for i := range len(address) {
		if b := address[i]; b <= ' ' || b > '~' || b == '\\' {
			return home
		}
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return home
	}
	if !plainPath(u.Path) {
		return home
	}
	return address
}

// plainPath reports whether a decoded path means the same to every reader. It
// is decoded until nothing changes, for readers that decode twice.
func plainPath(decoded string) bool {
	for range 4 {
		for i := range len(decoded) {
			if b := decoded[i]; b < ' ' || b == 0x7f || b == '\\' {
				return false
			}
		}
		clean := path.Clean(decoded)
		if clean != decoded && clean+"/" != decoded {
			return false
		}
		next, err := url.PathUnescape(decoded)
		if err != nil || next == decoded {
			return !strings.HasPrefix(decoded, "//")
		}
		decoded = next
	}
	return false
}

package outbound_test

import (
	"errors"
	"testing"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/outbound"
)

// TestLookup says in advance what dialling a host would do.
func TestLookup(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		options outbound.Options
		host    string
		want    string // the first address
		refused error
	}{
		{"an address", outbound.Options{}, "93.184.216.34", "93.184.216.34", nil},
		{"a private address", outbound.Options{}, "10.1.2.3", "", outbound.ErrAddress},
		{"a private address, allowed", outbound.Options{AllowPrivate: true}, "10.1.2.3", "10.1.2.3", nil},
		{"this machine", outbound.Options{AllowPrivate: false}, "127.0.0.1", "", outbound.ErrAddress},
		{"this machine, in development", outbound.Options{DevLoopback: true}, "127.0.0.1", "127.0.0.1", nil},
		{"a metadata service", outbound.Options{AllowPrivate: true, DevLoopback: true}, "169.254.169.254", "", outbound.ErrAddress},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			found, err := outbound.New(x.options).Lookup(t.Context(), x.host)
			if !errors.Is(err, x.refused) || (err == nil) != (x.refused == nil) {
				t.Fatalf("got %v, want %v", err, x.refused)
			}
			if err != nil && !errs.Is(err, errs.Unavailable) {
				t.Errorf("kind %v", errs.KindOf(err))
			}
			if err == nil && (len(found) == 0 || found[0].String() != x.want) {
				t.Errorf("found %v", found)
			}
		})
	}
	_, err := outbound.New(outbound.Options{}).Lookup(t.Context(), "no-such-name.invalid")
	if err == nil || errors.Is(err, outbound.ErrAddress) || !errs.Is(err, errs.Unavailable) {
		t.Errorf("a name that does not exist: %v", err)
	}
}

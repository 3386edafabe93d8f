package outbound

import (
	"errors"
	"net/url"

	"github.com/rollcall/rollcall/internal/errs"
)

// Check says, without asking anybody, whether a client with these options would
// send to an address that somebody typed. The sentence of its error, of kind
// Invalid, says what to change. A name may still lead to a refused address: that
// is known only when it is dialled.
func Check(address string, o Options) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "This is not an address such as https://id.example.org.")
	}
	err = (&guard{options: o}).check(u)
	switch {
	case err == nil:
		return u, nil
	case u.Scheme == "":
		return nil, errs.Wrap(err, errs.Invalid, "The address must begin with https://.")
	case errors.Is(err, ErrScheme):
		return nil, errs.Wrap(err, errs.Invalid, "The address must begin with https://. What is sent by %s could be read on the way.", u.Scheme)
	case u.User != nil:
		return nil, errs.Wrap(err, errs.Invalid, "The address holds a name or password before the @. Leave them out.")
	case u.Hostname() == "" || u.Opaque != "":
		return nil, errs.Wrap(err, errs.Invalid, "The address names no host. It looks like https://id.example.org.")
	}
	return nil, errs.Wrap(err, errs.Invalid, "%s lies at an address that Rollcall may not reach.", u.Hostname())
}

package outbound

import (
	"context"
	"errors"
	"net"
	"net/url"

	"github.com/rollcall/rollcall/internal/errs"
)

// The reasons a request fails on our side of the line. errors.Is finds them
// inside the *errs.Error that Do returns.
var (
	ErrAddress  = errors.New("outbound: address not allowed")
	ErrScheme   = errors.New("outbound: only https is allowed")
	ErrRedirect = errors.New("outbound: redirect not followed")
	ErrTooLarge = errors.New("outbound: answer too large")
	ErrType     = errors.New("outbound: unexpected content type")
	ErrTime     = errors.New("outbound: no answer in time")
)

// classify turns what the transport said into the one error type, with a
// sentence about the host. The full URL stays out, also of the cause: it may
// carry secrets.
func classify(cause error, host string) *errs.Error {
	var wrapped *url.Error
	if errors.As(cause, &wrapped) {
		cause = wrapped.Err
	}
	if timeout(cause) {
		cause = errors.Join(ErrTime, cause)
	}
	said := "%s could not be reached."
	switch {
	case errors.Is(cause, ErrAddress):
		said = "%s lies at an address that Rollcall may not reach."
	case errors.Is(cause, ErrScheme):
		said = "%s must be reached by https."
	case errors.Is(cause, ErrRedirect):
		said = "%s answered with a redirect, which is not followed."
	case errors.Is(cause, ErrTooLarge):
		said = "%s sent an answer that is too large."
	case errors.Is(cause, ErrType):
		said = "%s sent an answer of an unexpected type."
	case errors.Is(cause, ErrTime):
		said = "%s did not answer in time."
	}
	return errs.Wrap(cause, errs.Unavailable, said, host)
}

func timeout(err error) bool {
	var slow net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &slow) && slow.Timeout()
}

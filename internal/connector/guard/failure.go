package guard

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/outbound"
)

// Fail makes a failure of this client's system, for what an adapter finds out by
// itself.
func (c *Client) Fail(kind connector.FailureKind, step, sentence, fix string) *connector.Failure {
	return connector.Fail(connector.Failure{Kind: kind, System: c.system, Step: step, Sentence: sentence, Fix: fix}, nil)
}

// answered turns an answer that is no success into a failure.
func (c *Client) answered(step string, a *Answer) *connector.Failure {
	f := connector.Failure{System: c.system, Step: step, Status: a.Status}
	said := fmt.Sprintf("%s answered %d when asked to %s: ", c.system, a.Status, step)
	wait := retryAfter(a.Header.Get("Retry-After"), c.now())
	switch {
	case a.Status == http.StatusUnauthorized:
		f.Kind, f.Sentence = connector.FailRefused, said+"it does not accept our credentials."
		f.Fix = "Check the client id and the secret of the service account."
	case a.Status == http.StatusForbidden:
		f.Kind, f.Sentence = connector.FailForbidden, said+"the service account may not do that."
		f.Fix = "Give the service account the role that allows it."
	case a.Status == http.StatusNotFound, a.Status == http.StatusGone:
		f.Kind, f.Sentence = connector.FailNotFound, said+"it does not know it."
		f.Fix = "Read it again; it may have been removed there."
	case a.Status == http.StatusConflict, a.Status == http.StatusPreconditionFailed:
		f.Kind, f.Sentence = connector.FailConflict, said+"something there stands in the way. Nothing was changed."
		f.Fix = "Look at it there, and try again."
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusServiceUnavailable && wait > 0:
		f.Kind, f.RetryAfter = connector.FailBusy, max(wait, time.Second)
		f.Sentence = said + "it has too much to do. It is asked again " + c.when(c.now().Add(f.RetryAfter)) + "."
		f.Fix = "Nothing needs to be done. If this stays, lower the requests a second of this connector."
	case a.Status >= 500:
		f.Kind, f.Sentence = connector.FailBroken, said+"the fault is on its side."
		f.Fix = "It is tried again by itself. If this stays, look at the log of " + c.system + "."
	case a.Status >= 400:
		f.Kind, f.Sentence = connector.FailInvalid, said+"it does not accept what was sent. Nothing was changed."
		f.Fix = "Compare what was sent with what " + c.system + " allows."
	default:
		f.Kind, f.Sentence = connector.FailAnswer, said+"that means nothing here."
		f.Fix = "Check that the address is that of " + c.system + " itself."
	}
	return connector.Fail(f, nil)
}

// garbage is a success whose content is none.
func (c *Client) garbage(step string, a *Answer, what string, cause error) *connector.Failure {
	return connector.Fail(connector.Failure{
		Kind: connector.FailAnswer, System: c.system, Step: step, Status: a.Status,
		Sentence: fmt.Sprintf("%s sent %s when asked to %s. Nothing of it was used.", c.system, what, step),
		Fix:      "Check that the address is that of " + c.system + " itself and that no proxy answers in its place.",
	}, cause)
}

// notAsked says why a request did not go out.
func (c *Client) notAsked(step string, v verdict) *connector.Failure {
	f := connector.Failure{System: c.system, Step: step, RetryAfter: max(v.until.Sub(c.now()), time.Second)}
	if v.away {
		f.Kind = connector.FailBusy
		f.Sentence = fmt.Sprintf("%s was not asked to %s: it wants to be left alone. It is asked again %s.", c.system, step, c.when(v.until))
		f.Fix = "Nothing needs to be done. If this stays, lower the requests a second of this connector."
		return connector.Fail(f, nil)
	}
	f.Kind = connector.FailOpen
	f.Sentence = fmt.Sprintf("%s was not asked to %s: it has failed %d times in a row since %s. It is asked again %s.",
		c.system, step, v.times, clock(v.since, c.now()), c.when(v.until))
	f.Fix = "It is tried again by itself. Run the connection test to see what is wrong."
	return connector.Fail(f, nil)
}

func (c *Client) when(t time.Time) string { return "at " + clock(t, c.now()) }

// clock writes a time of today as a time, any other with its day.
func clock(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04:05") + " UTC"
	}
	return t.Format("2 Jan 2006, 15:04:05") + " UTC"
}

// stopped is a request that its own caller gave up.
func (c *Client) stopped(step string, cause error) *connector.Failure {
	return connector.Fail(connector.Failure{
		Kind: connector.FailUnreachable, System: c.system, Step: step,
		Sentence: fmt.Sprintf("Rollcall stopped waiting for %s before it was done to %s.", c.system, step),
		Fix:      "Try again.",
	}, cause)
}

// unanswered turns an error of the way there into a failure.
func (c *Client) unanswered(ctx context.Context, step string, err error) *connector.Failure {
	if ctx.Err() != nil {
		return c.stopped(step, errors.Join(ctx.Err(), err))
	}
	f := connector.Failure{Kind: connector.FailUnreachable, System: c.system, Step: step}
	what, fix := trouble(err, &f.Kind)
	f.Sentence = fmt.Sprintf("%s could not be asked to %s: %s", c.system, step, what)
	if f.Kind == connector.FailAnswer {
		f.Sentence = fmt.Sprintf("%s was asked to %s: %s", c.system, step, what)
	}
	f.Fix = fix
	return connector.Fail(f, err)
}

// lost is a system whose name leads nowhere that may be asked.
func (c *Client) lost(err error) *connector.Failure {
	f := connector.Failure{Kind: connector.FailUnreachable, System: c.system, Step: "resolve the host name"}
	what, fix := trouble(err, &f.Kind)
	f.Sentence, f.Fix = c.system+" cannot be found: "+what, fix
	return connector.Fail(f, err)
}

// trouble says what went wrong on the way, and what to do.
func trouble(err error, kind *connector.FailureKind) (what, fix string) {
	switch {
	case errors.Is(err, errRequest):
		*kind = connector.FailSettings
		return "its address cannot be used.", "Check the address of this connector."
	case errors.Is(err, outbound.ErrAddress):
		*kind = connector.FailAddress
		return "it lies at an address that Rollcall may not reach.", "If it is inside your own network, allow private addresses for this connector."
	case errors.Is(err, outbound.ErrScheme):
		*kind = connector.FailAddress
		return "its address does not begin with https.", "Give the https address of the system."
	case errors.Is(err, outbound.ErrRedirect):
		*kind = connector.FailSettings
		return "it answered with a redirect, which is not followed.", "Give the address it redirects to."
	case errors.Is(err, outbound.ErrTooLarge):
		*kind = connector.FailAnswer
		return "its answer is larger than is accepted. Nothing of it was used.", "Check that the address is that of the system itself."
	case errors.Is(err, io.ErrUnexpectedEOF):
		*kind = connector.FailAnswer
		return "its answer broke off in the middle. Nothing of it was used.", "It is tried again by itself. If this stays, look at the proxy between the two."
	case errors.Is(err, outbound.ErrTime):
		return "it did not answer in time.", "It is tried again by itself. If this stays, look at its load and at the firewall between the two."
	}
	return unreached(err)
}

// unreached says why there was no connection.
func unreached(err error) (what, fix string) {
	var (
		name     *net.DNSError
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		otherOne x509.HostnameError
		record   tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &name):
		return "its name cannot be resolved.", "Check the host name of its address, and the name server of this machine."
	case errors.As(err, &unknown):
		return "its certificate is signed by an authority that is not trusted here.", "Paste the certificate of that authority into the settings of this connector."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate is not valid at this time.", "Renew the certificate there, or set the clock of this machine."
	case errors.As(err, &otherOne):
		return "its certificate is for another host name.", "Use the host name the certificate was made for."
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "it does not speak TLS there.", "Check the port of its address."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at its address.", "Check that it runs, and the port of its address."
	}
	return "there is no connection to it.", "Check that it runs and that this machine can reach it."
}

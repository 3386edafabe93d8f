package signin

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin"
)

// maxMessage bounds the body of a sign-out message (BCL-01).
const maxMessage = 64 << 10

// Backchannel answers POST /auth/:provider/backchannel-logout, which a provider
// calls without a browser. Nothing here sets a cookie or draws a page, and no
// cookie is read: the message carries its own proof (BCL-01, BCL-10).
func (p *Pages) Backchannel(c *web.Call) error {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		refuse(c, http.StatusUnsupportedMediaType, "invalid_request", "Send a form: application/x-www-form-urlencoded.")
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxMessage))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			refuse(c, http.StatusRequestEntityTooLarge, "invalid_request", "The message is larger than 64 KiB.")
			return nil
		}
		refuse(c, http.StatusBadRequest, "invalid_request", "The message was cut off.")
		return nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form["logout_token"]) != 1 || form.Get("logout_token") == "" {
		refuse(c, http.StatusBadRequest, "invalid_request", "The form must hold logout_token once.")
		return nil
	}
	_, err = p.Flow.Backchannel(c.Ctx(), signin.Backchannel{Provider: c.Param("provider"), Token: form.Get("logout_token"), Facts: facts(c)})
	if err != nil {
		return err
	}
	c.Answer(http.StatusOK, gin.H{})
	return nil
}

// fault answers at the doors for providers: an OAuth error, which says what is
// wrong with the message and nothing about people here.
func fault(c *web.Call, status int, err error) {
	var no *signin.Refusal
	switch {
	case status == http.StatusMethodNotAllowed:
		refuse(c, status, "invalid_request", "This address takes POST only.")
	case errors.As(err, &no) && status < http.StatusInternalServerError:
		refuse(c, http.StatusBadRequest, "invalid_request", no.Reason)
	case status == http.StatusTooManyRequests:
		c.Header("Retry-After", "60")
		refuse(c, status, "temporarily_unavailable", said(err))
	case status >= http.StatusInternalServerError, status == http.StatusConflict:
		c.Header("Retry-After", "5")
		refuse(c, http.StatusServiceUnavailable, "temporarily_unavailable", "Nothing was ended. Send the message again. Reference "+c.RequestID()+".")
	default:
		refuse(c, status, "invalid_request", said(err))
	}
}

func said(err error) string {
	if e, ok := errs.As(err); ok {
		return e.Safe
	}
	return ""
}

func refuse(c *web.Call, status int, word, description string) {
	c.Answer(status, gin.H{"error": word, "error_description": description})
}

package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
)

// inMemory is how much of an upload is held in memory; the rest waits in a file
// of the system's own, which is gone with the request.
const inMemory = 4 << 20

// maxForm gives how many bytes a form of this route may have.
func (r Route) maxForm() int64 {
	if r.MaxForm > 0 {
		return r.MaxForm
	}
	return maxForm
}

// Form gives what was posted, for forms whose fields only the data knows.
func (c *Call) Form() (url.Values, error) {
	if err := c.parseForm(); err != nil {
		return nil, err
	}
	if c.filled != nil {
		return nil, errFilled
	}
	return c.Request.PostForm, nil
}

// Upload gives the text of a field, and the file of another with its name; the
// name is "" when no file was chosen.
func (c *Call) Upload(field, fileField string) (text string, file io.ReadCloser, name string, err error) {
	if c.filled != nil {
		return "", nil, "", errFilled
	}
	none := io.NopCloser(bytes.NewReader(nil))
	if !strings.HasPrefix(c.ContentType(), "multipart/") {
		if err := c.parseForm(); err != nil {
			return "", nil, "", err
		}
		return c.Request.PostForm.Get(field), none, "", nil
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, c.route.maxForm())
	err = c.Request.ParseMultipartForm(inMemory)
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return "", nil, "", errs.Input(errs.Field{Name: field, Message: "What was sent is too large. Nothing was read. Send it in parts."})
	}
	if err != nil {
		return "", nil, "", errs.Wrap(err, errs.Invalid, "The form could not be read. Nothing was saved.")
	}
	text = c.Request.PostFormValue(field)
	f, head, err := c.Request.FormFile(fileField)
	switch {
	case errors.Is(err, http.ErrMissingFile), err == nil && head.Filename == "":
		return text, none, "", nil
	case err != nil:
		return "", nil, "", errs.Wrap(err, errs.Invalid, "The file could not be read. Nothing was saved.")
	}
	return text, f, head.Filename, nil
}

// patience is how long a piece of work on what was uploaded may take.
const patience = 5 * time.Minute

// Patient gives an answer that takes long the time it needs.
func (c *Call) Patient() {
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(patience)) // a writer without deadlines needs none
}

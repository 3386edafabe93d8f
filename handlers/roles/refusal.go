package roles

import (
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/ui"
)

// wrong is what is said on a form that is drawn again.
type wrong struct {
	fields   map[string]string
	problems []ui.Problem
	code     int
}

// refusal reads an error that belongs on the form, so that nothing typed is
// lost: refused input, something in the way, and what the actor may not do.
// again is false for all others, which get a page of their own.
func refusal(err error) (w wrong, again bool) {
	if fields, problems, ok := web.Refused(err); ok {
		return wrong{fields: fields, problems: problems, code: http.StatusUnprocessableEntity}, true
	}
	e, known := errs.As(err)
	if !known {
		return wrong{}, false
	}
	w.problems = []ui.Problem{{Text: e.Safe}}
	switch e.Kind {
	case errs.Conflict:
		w.code = http.StatusConflict
	case errs.Forbidden:
		w.code = http.StatusForbidden
	case errs.Internal, errs.Invalid, errs.Unauthorized, errs.NotFound, errs.Unavailable, errs.TooMany:
		return wrong{}, false
	}
	return w, true
}

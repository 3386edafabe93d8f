package errs

import (
	"errors"
	"fmt"
)

// Kind says what went wrong, in the small set of ways a caller may react to.
type Kind uint8

// The closed set of kinds. Internal is the zero value: an error nobody
// classified is never shown in its own words.
const (
	Internal     Kind = iota // a fault of ours or of the machine
	Invalid                  // the input cannot be accepted; Fields say where
	Unauthorized             // nobody is signed in
	Forbidden                // somebody is, and may not; Permission says what is missing
	NotFound                 // no such thing in this tenant
	Conflict                 // the thing changed, or stands in the way
	Unavailable              // an outside system or the database does not answer
	TooMany                  // a rate limit was reached
)

// String gives the kind's word for logs.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case Unauthorized:
		return "unauthorized"
	case Forbidden:
		return "forbidden"
	case NotFound:
		return "not_found"
	case Conflict:
		return "conflict"
	case Unavailable:
		return "unavailable"
	case TooMany:
		return "too_many"
	case Internal:
		return "internal"
	}
	return "internal"
}

// Field is one refused input: the form field's name and a sentence for the person.
type Field struct {
	Name    string
	Message string
}

// Error carries a kind, a sentence that is safe to show, and the cause for the log.
type Error struct {
	Kind       Kind
	Safe       string
	Fields     []Field
	Permission string // set with Forbidden: the permission that is missing
	cause      error
}

// Error gives the sentence and the cause, for logs only.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Safe
	}
	return e.Safe + ": " + e.cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// New makes an error of a kind with a sentence that is safe to show.
func New(kind Kind, safe string, args ...any) *Error {
	return &Error{Kind: kind, Safe: fmt.Sprintf(safe, args...)}
}

// Wrap makes an error of a kind with a safe sentence, and keeps the cause for the log.
func Wrap(cause error, kind Kind, safe string, args ...any) *Error {
	return &Error{Kind: kind, Safe: fmt.Sprintf(safe, args...), cause: cause}
}

// Input refuses a form: one Field per refused input.
func Input(fields ...Field) *Error {
	safe := "Nothing was saved."
	if len(fields) == 1 {
		safe = fields[0].Message
	}
	return &Error{Kind: Invalid, Safe: safe, Fields: fields}
}

// Denied refuses an act for want of a permission.
func Denied(permission, safe string, args ...any) *Error {
	return &Error{Kind: Forbidden, Safe: fmt.Sprintf(safe, args...), Permission: permission}
}

// KindOf gives the kind of err, or Internal when nobody classified it.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of a kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// As gives the classified error inside err, if there is one.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

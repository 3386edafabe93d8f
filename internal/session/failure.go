package session

import "github.com/rollcall/rollcall/internal/errs"

// Why nobody is signed in. Each carries a sentence for the sign-in page;
// errors.Is tells them apart.
var (
	// ErrNone: the browser sent no token.
	ErrNone = errs.New(errs.Unauthorized, "You are not signed in.")
	// ErrEnded: there is no such session. It was ended here or on another page.
	ErrEnded = errs.New(errs.Unauthorized, "Your session has ended. Sign in again.")
	// ErrIdle: nobody used it for too long.
	ErrIdle = errs.New(errs.Unauthorized, "Your session ended because it was not used for a while. Sign in again.")
	// ErrExpired: it reached its longest duration.
	ErrExpired = errs.New(errs.Unauthorized, "Your session reached its longest duration. Sign in again.")
	// ErrBlocked: the person's status no longer lets them in.
	ErrBlocked = errs.New(errs.Unauthorized, "You can no longer use Rollcall with this account.")
)

func errNoSession() error {
	return errs.New(errs.NotFound, "There is no such session. It may have ended already.")
}

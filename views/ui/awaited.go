package ui

import (
	"context"
	"strings"
)

// AwaitedID is the id of the banner that says which button was pressed and did nothing yet.
const AwaitedID = "not-done"

type awaitedKey struct{}

// WithAwaited returns a context under which the button that sends to action gets the focus: somebody pressed it, was
// asked for a fresh sign-in in between, and comes back to a page where nothing was done.
func WithAwaited(ctx context.Context, action string) context.Context {
	return context.WithValue(ctx, awaitedKey{}, action)
}

// Awaited reports whether the button that sends to action is the one to press now.
func Awaited(ctx context.Context, action string) bool {
	awaited, _ := ctx.Value(awaitedKey{}).(string)
	return action != "" && awaited == action
}

// describedBy names what is spoken with the button.
func (a Action) describedBy(ctx context.Context) string {
	ids := a.DescribedBy
	if Awaited(ctx, a.Sends) {
		ids = strings.TrimSpace(ids + " " + AwaitedID)
	}

	return ids
}

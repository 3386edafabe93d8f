package app

import (
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
)

// SealedColumns lists every column of sealed text. It is closed: a test finds
// secrets that are neither here nor known to be something else.
func SealedColumns() []secret.Column {
	return slices.Concat(session.SealedColumns(), signin.SealedColumns(), draft.SealedColumns(), connector.SealedColumns(), certify.SealedColumns())
}

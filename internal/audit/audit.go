package audit

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
)

// How long the log may take to answer. Tests on a busy machine give it more.
var (
	searchTimeout = 10 * time.Second
	countTimeout  = 2 * time.Second
)

// Log reads the audit log of every tenant, one tenant at a time.
type Log struct {
	db     *store.Store
	looked looked
}

// New gives the log of a database.
func New(db *store.Store) *Log { return &Log{db: db} }

// slow says that our own time limit ended a search; any other error stays.
func slow(ctx, limited context.Context, err error) error {
	if limited.Err() != nil && ctx.Err() == nil {
		return errs.Wrap(err, errs.Unavailable, "The search took longer than %d seconds and was stopped. Nothing is shown. Narrow the time range or add a filter.", int(searchTimeout.Seconds()))
	}
	return err
}

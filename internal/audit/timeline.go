package audit

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// glanceRows is as much of a person's timeline as their page shows. Looking at
// that is part of opening the page; reading on is a look at the log.
const glanceRows = 10

// Window is a part of a person's timeline.
type Window struct {
	Limit  int // 0: 50; at most 100
	Cursor string
	Group  Group // "": all
}

// ForUser gives the events that happened to a person, by a person, or about
// them. It is allowed with users.read or audit.read, and to everybody for oneself.
// Reading further than the ten newest about somebody else is recorded.
func (l *Log) ForUser(ctx context.Context, actor models.Actor, userID int64, w Window) (Page, error) {
	oneself := actor.UserID == userID && actor.Kind == models.ActorUser
	if !oneself && !actor.Can.Any(models.UsersRead|models.AuditRead) {
		return Page{}, errs.Denied(models.UsersRead.Key(), "You may not read this person's timeline.")
	}
	q := Query{user: userID, Limit: w.Limit, Cursor: w.Cursor, Group: w.Group}
	page, err := l.page(ctx, actor, q)
	if err != nil {
		return Page{}, err
	}
	if oneself || (w.Cursor == "" && w.Limit > 0 && w.Limit <= glanceRows) {
		return page, nil
	}
	if err := l.recordSearch(ctx, actor, q); err != nil {
		return Page{}, err
	}
	return page, nil
}

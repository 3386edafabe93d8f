package audit

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// glanceRows is as much of a timeline as the page of a person or role shows.
// Looking at that is part of opening the page; reading on is a look at the log.
const glanceRows = 10

// Window is a part of a timeline.
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
	return l.timeline(ctx, actor, thing{models.KindUser, userID}, w, oneself)
}

// ForRole gives what happened to a role, and who was given it or lost it. It is
// allowed with roles.read or audit.read, and recorded as ForUser is.
func (l *Log) ForRole(ctx context.Context, actor models.Actor, roleID int64, w Window) (Page, error) {
	if !actor.Can.Any(models.RolesRead | models.AuditRead) {
		return Page{}, errs.Denied(models.RolesRead.Key(), "You may not read this role's history.")
	}
	return l.timeline(ctx, actor, thing{models.KindRole, roleID}, w, false)
}

// ForConnector gives what happened to a connector. It is allowed with
// connectors.read or audit.read, and recorded as ForUser is.
func (l *Log) ForConnector(ctx context.Context, actor models.Actor, id int64, w Window) (Page, error) {
	if !actor.Can.Any(models.ConnectorsRead | models.AuditRead) {
		return Page{}, errs.Denied(models.ConnectorsRead.Key(), "You may not read this connector's history.")
	}
	return l.timeline(ctx, actor, thing{models.KindConnector, id}, w, false)
}

func (l *Log) timeline(ctx context.Context, actor models.Actor, about thing, w Window, oneself bool) (Page, error) {
	q := Query{about: about, Limit: w.Limit, Cursor: w.Cursor, Group: w.Group}
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

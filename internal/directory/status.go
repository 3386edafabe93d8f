package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Transitions says which status may follow which. Leaving may follow itself
// with another date.
var Transitions = map[models.Status][]models.Status{
	models.Invited:     {models.Active, models.Deactivated, models.Removed},
	models.Active:      {models.Suspended, models.Leaving, models.Deactivated},
	models.Suspended:   {models.Active, models.Leaving, models.Deactivated},
	models.Leaving:     {models.Active, models.Suspended, models.Leaving, models.Deactivated},
	models.Deactivated: {models.Active, models.Removed},
	models.Removed:     {},
}

// MayBecome reports whether a person of one status may get another.
func MayBecome(from, to models.Status) bool { return slices.Contains(Transitions[from], to) }

// SetStatus changes the status of a person inside the transaction of a verb,
// which records the event and ends the sessions. What anybody knows about this
// person's access is out of date from here on: AccessEpoch rises.
//
// A suspended person who becomes Active again while a leaving date lies ahead
// is Leaving again, so that the date is not lost.
func (e *Engine) SetStatus(ctx context.Context, tx *store.Tx, userID int64, c StatusChange) (before, after models.User, err error) {
	before, err = e.LockByID(ctx, tx, userID)
	if err != nil {
		return before, after, err
	}
	var f form
	c.Reason = f.reason(c.Reason, false)
	if c.To == models.Leaving && c.LeavingAt <= tx.Now {
		f.refuse(FieldLeavingAt, "Choose a moment that lies ahead.")
	}
	if err := f.err(); err != nil {
		return before, after, err
	}
	after = before
	if c.To == models.Active && before.Status == models.Suspended && before.LeavingAt > tx.Now {
		c.To, c.LeavingAt = models.Leaving, before.LeavingAt
	}
	same := c.To == models.Leaving && before.Status == models.Leaving && c.LeavingAt == before.LeavingAt
	if !MayBecome(before.Status, c.To) || same {
		return before, after, refusedStatus(before, c.To)
	}
	after.Status, after.StatusReason, after.StatusSince, after.StatusBy = c.To, c.Reason, tx.Now, cut(c.By, maxName)
	if c.By == "" {
		after.StatusBy = cut(tx.Actor.Name, maxName)
	}
	switch {
	case c.To == models.Leaving:
		after.LeavingAt = c.LeavingAt
	case c.To == models.Active && before.Status != models.Suspended:
		after.LeavingAt = 0
	}
	after.PendingSince = 0
	after.AccessEpoch++
	err = saveUser(ctx, tx, &after, "status", "status_reason", "status_by", "status_since", "leaving_at", "pending_since", "access_epoch")
	if err == nil && before.Status != after.Status {
		err = e.tell(ctx, tx, Changed{User: after, Fields: []string{FieldStatus}})
	}
	return before, after, err
}

func lowerWord(s models.Status) string { return strings.ToLower(s.Word()) }

// refusedStatus words a step of the status that is not allowed.
func refusedStatus(user models.User, to models.Status) error {
	if user.Status == to {
		return errs.New(errs.Conflict, "%s is already %s. Nothing was changed.", user.DisplayName, lowerWord(to))
	}
	return errs.New(errs.Conflict, "%s is %s and cannot become %s from there. Nothing was changed.",
		user.DisplayName, lowerWord(user.Status), lowerWord(to))
}

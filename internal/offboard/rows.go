package offboard

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var actColumns = []string{"id", "public_id", "user_id", "act", "once_key", "sessions", "reason", "actor_name", "at", "operation_id"}

func insertAct(ctx context.Context, tx *store.Tx, act *models.PersonAct) error {
	if _, err := tx.Insert(act).Exec(ctx); err != nil {
		if store.IsUniqueViolation(err) {
			return errs.New(errs.Conflict, "This form was used for something else. Open the page again and send it from there.")
		}
		return fmt.Errorf("write an act: %w", err)
	}
	return nil
}

// actOnce finds the act of a form that was sent before.
func actOnce(ctx context.Context, r store.Reader, user int64, once string) (models.PersonAct, bool, error) {
	var act models.PersonAct
	err := r.Select(&act).Column(actColumns...).Where("once_key = ?", once).Where("user_id = ?", user).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return act, false, nil
	}
	if err != nil {
		return act, false, fmt.Errorf("find an act: %w", err)
	}
	return act, true, nil
}

// actsOf lists the acts of a person, the newest first, from one on.
func actsOf(ctx context.Context, r store.Reader, user, before int64, limit int) ([]models.PersonAct, error) {
	var acts []models.PersonAct
	q := r.Select(&acts).Column(actColumns...).Where("user_id = ?", user)
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	if err := q.Order("id DESC").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list acts: %w", err)
	}
	return acts, nil
}

// standing reads what says whether a person may be in, and their name.
func standing(ctx context.Context, r store.Reader, user int64) (models.User, error) {
	var u models.User
	err := r.Select(&u).Column("id", "public_id", "display_name", "status", "leaving_at").Where("id = ?", user).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return u, errs.New(errs.NotFound, "This person's record is gone.")
	}
	if err != nil {
		return u, fmt.Errorf("read a person's standing: %w", err)
	}
	return u, nil
}

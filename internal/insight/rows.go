package insight

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// lastRefusal reads the newest sign-in here that was refused to a person.
func lastRefusal(ctx context.Context, r store.Reader, user int64) (models.AuditEvent, bool, error) {
	var e models.AuditEvent
	q := r.WalkIndex(r.Select(&e), "audit_by_target").Column("at", "detail", "ip").
		Where("e.target_kind = ?", models.KindUser).Where("e.target_id = ?", user).Where("e.action = ?", models.SignInRefused)
	err := q.Order("e.at DESC", "e.id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("find the last refused sign-in: %w", err)
	}
	return e, true, nil
}

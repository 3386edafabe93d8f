package signin

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func insertLogout(ctx context.Context, tx *store.Tx, row *models.LogoutToken) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("note sign-out message: %w", err)
	}
	return nil
}

// heardSince reports whether a message ended the session with this name at the
// provider, or all of the subject, at or after a moment. A session without a
// name ends with any message about its subject.
func heardSince(ctx context.Context, tx *store.Tx, subject, sid string, since models.Instant) (bool, error) {
	if sid == "" {
		return exists(ctx, tx.Raw(`SELECT COUNT(*) FROM logout_tokens WHERE tenant_id = ?tenant AND subject_hash = ? AND issued_at >= ?`, subject, since))
	}
	gone, err := exists(ctx, tx.Raw(`SELECT COUNT(*) FROM logout_tokens WHERE tenant_id = ?tenant AND sid_hash = ? AND issued_at >= ?`, sid, since))
	if err != nil || gone {
		return gone, err
	}
	return exists(ctx, tx.Raw(`SELECT COUNT(*) FROM logout_tokens WHERE tenant_id = ?tenant AND subject_hash = ? AND sid_hash = '' AND issued_at >= ?`, subject, since))
}

// deleteHeard removes one batch of messages that need not be remembered.
func deleteHeard(ctx context.Context, tx *store.Tx, now models.Instant, batch int) (int, error) {
	var hashes []string
	err := tx.Select((*models.LogoutToken)(nil)).Column("token_hash").Where("expires_at <= ?", now).Limit(int64(batch)).Scan(ctx, &hashes)
	if err != nil || len(hashes) == 0 {
		return 0, err
	}
	_, err = tx.Delete((*models.LogoutToken)(nil)).Where("token_hash IN (?)", bun.List(hashes)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("delete old sign-out messages: %w", err)
	}
	return len(hashes), nil
}

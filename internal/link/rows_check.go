package link

import (
	"context"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errLeaseLost ends the work of a process that was too slow: another one goes on.
var errLeaseLost = errors.New("link: another replica looks for duplicates now")

// takeLease gives the work of a tenant to this process, or nil when another one
// is at it.
func (e *Engine) takeLease(ctx context.Context, tenant int64) (*checking, error) {
	c := &checking{Engine: e, tenant: tenant}
	taken := false
	err := e.db.Maintain(ctx, tenant, store.LinkCheck, func(ctx context.Context, tx *store.Tx) error {
		taken = false
		_, err := tx.Insert(&models.LinkCheck{NewsAt: tx.Now}).Ignore().Exec(ctx)
		if err != nil {
			return fmt.Errorf("open the check for duplicates: %w", err)
		}
		var row models.LinkCheck
		if err := tx.Lock(tx.Select(&row)).Scan(ctx); err != nil {
			return fmt.Errorf("read the check for duplicates: %w", err)
		}
		if row.LeaseUntil > tx.Now {
			return nil
		}
		row.LeaseToken, row.LeaseUntil = newToken(), tx.Now.Add(leaseTime)
		_, err = tx.Update(&row).Column("lease_token", "lease_until").Where("1 = 1").Exec(ctx)
		if err != nil {
			return fmt.Errorf("take the check for duplicates: %w", err)
		}
		c.row, taken = row, true
		return nil
	})
	if err != nil || !taken {
		return nil, err
	}
	return c, nil
}

// giveLease lets others go on at once.
func (e *Engine) giveLease(ctx context.Context, c *checking) error {
	return e.db.Maintain(ctx, c.tenant, store.LinkCheck, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.LinkCheck)(nil)).Set("lease_until = 0").Where("lease_token = ?", c.row.LeaseToken).Exec(ctx)
		if err != nil {
			return fmt.Errorf("give the check for duplicates back: %w", err)
		}
		return nil
	})
}

// progress writes how far the work came, as long as it is still this process's.
func (c *checking) progress(ctx context.Context, tx *store.Tx) error {
	c.row.LeaseUntil = tx.Now.Add(leaseTime)
	res, err := tx.Update(&c.row).
		Column("phase", "cursor_key", "cursor_id", "lease_until", "started_at", "finished_at", "people", "walked", "news_at").
		Where("lease_token = ?", c.row.LeaseToken).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write how far the check for duplicates came: %w", err)
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		return errLeaseLost
	}
	return err
}

func readCheck(ctx context.Context, r store.Reader) (models.LinkCheck, error) {
	rows := []models.LinkCheck{}
	if err := r.Select(&rows).Limit(1).Scan(ctx); err != nil {
		return models.LinkCheck{}, fmt.Errorf("read the check for duplicates: %w", err)
	}
	if len(rows) == 0 {
		return models.LinkCheck{}, nil
	}
	return rows[0], nil
}

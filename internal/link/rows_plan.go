package link

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// dates says since when fields of people have their value.
type dates map[int64]map[string]models.Instant

// of gives the moment; what no event speaks of is as old as the record.
func (d dates) of(person int64, field string, created models.Instant) models.Instant {
	if at, known := d[person][field]; known {
		return at
	}
	return created
}

// dateEvents is how many changes of one person are looked through for dates.
const dateEvents = 200

// fieldDates reads from the log since when fields have their value.
func fieldDates(ctx context.Context, r store.Reader, people ...int64) (dates, error) {
	all := dates{}
	for _, id := range people {
		rows := []models.AuditEvent{}
		q := r.Select(&rows).Column("at", "new_values").Where("e.target_kind = ?", models.KindUser).Where("e.target_id = ?", id).
			Where("e.action IN (?)", bun.List([]models.Action{
				models.UserCreate, models.UserInvite, models.UserEdit, models.UserClaims, models.UserLeaving, models.LinkMerge, models.LinkSplit,
			})).OrderExpr("e.at DESC, e.id DESC").Limit(dateEvents)
		if err := r.WalkIndex(q, "audit_by_target").Scan(ctx); err != nil {
			return nil, fmt.Errorf("read since when fields have their value: %w", err)
		}
		all[id] = map[string]models.Instant{}
		for _, e := range rows {
			var fields map[string]any
			if json.Unmarshal([]byte(e.After), &fields) != nil {
				continue
			}
			for name := range fields {
				if _, known := all[id][name]; !known {
					all[id][name] = e.At
				}
			}
		}
	}
	return all, nil
}

// findDraft reads a draft of one person.
func findDraft(ctx context.Context, r store.Reader, publicID string, owner int64) (models.LinkDraft, error) {
	rows := []models.LinkDraft{}
	if !isPublicID(publicID) {
		return models.LinkDraft{}, noDraft()
	}
	err := r.Select(&rows).Where("ld.public_id = ?", publicID).Where("ld.owner_id = ?", owner).Limit(1).Scan(ctx)
	if err != nil {
		return models.LinkDraft{}, fmt.Errorf("read a draft: %w", err)
	}
	if len(rows) == 0 {
		return models.LinkDraft{}, noDraft()
	}
	return rows[0], nil
}

func (e *Engine) keepDraft(ctx context.Context, tenant int64, row *models.LinkDraft) error {
	return e.db.Maintain(ctx, tenant, store.LinkDraft, func(ctx context.Context, tx *store.Tx) error {
		if row.ID == 0 {
			if _, err := tx.Insert(row).Returning("NULL").Exec(ctx); err != nil {
				return fmt.Errorf("keep a draft: %w", err)
			}
			return nil
		}
		next := *row
		next.Version++
		res, err := tx.Update(&next).Column("plan", "version").Where("ld.id = ?", row.ID).Where("ld.version = ?", row.Version).Exec(ctx)
		if err != nil {
			return fmt.Errorf("keep a draft: %w", err)
		}
		n, err := res.RowsAffected()
		if err == nil && n != 1 {
			return movedDraft()
		}
		return err
	})
}

func deleteDraft(ctx context.Context, tx *store.Tx, id int64) error {
	_, err := tx.Delete((*models.LinkDraft)(nil)).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("throw a draft away: %w", err)
	}
	return nil
}

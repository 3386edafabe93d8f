package access

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// adminQuery asks for people who can administer the tenant now.
type adminQuery struct {
	lost    without
	only    without // when not empty, look only at these
	lasting bool    // only by an assignment without end
	limit   int
}

// shut finds the connector of an identity that nobody can sign in through now.
const shut = `EXISTS (SELECT 1 FROM connectors cn WHERE cn.tenant_id = ?tenant AND cn.connector_key = i.provider
		AND (cn.sign_in = '` + string(models.SignInShut) + `' OR (cn.sign_in = '` + string(models.SignInOpen) + `' AND cn.state <> '` + string(models.ConnectorEnabled) + `')))`

// selectAdmins gives the ids of users who may sign in, have an identity to do
// it with at a provider that is open, and hold a role that gives tenant.administer.
func selectAdmins(ctx context.Context, tx *store.Tx, q adminQuery) ([]int64, error) {
	roles, err := scanIDs(ctx, tx.Raw(carriers+`SELECT up.id FROM up
		JOIN permissions p ON p.tenant_id = ?tenant AND p.id = up.permission_id
		WHERE p.permission_key = ? LIMIT ?`, models.TenantAdminister.Key(), maxRoles))
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	ends := tx.Now + 1
	if q.lasting {
		ends = models.Forever
	}
	filter, args := "", []any{
		bun.List(roles), tx.Now, ends, models.Active, models.Leaving, tx.Now,
		bun.List(append([]int64{0}, q.lost.users...)), bun.List(append([]int64{0}, q.lost.assignments...)),
	}
	if len(q.only.users) > 0 {
		filter, args = " AND a.user_id IN (?)", append(args, bun.List(q.only.users))
	} else if len(q.only.assignments) > 0 {
		filter, args = " AND a.id IN (?)", append(args, bun.List(q.only.assignments))
	}
	var ids []int64
	err = tx.Raw(`SELECT DISTINCT +a.user_id AS id FROM assignments a
		JOIN users u ON u.tenant_id = a.tenant_id AND u.id = a.user_id
		WHERE a.tenant_id = ?tenant AND a.role_id IN (?) AND +a.from_at <= ? AND +a.until_at >= ?
		AND (u.status = ? OR (u.status = ? AND u.leaving_at > ?))
		AND EXISTS (SELECT 1 FROM identities i WHERE i.tenant_id = ?tenant AND i.user_id = u.id AND NOT `+shut+`)
		AND a.user_id NOT IN (?) AND a.id NOT IN (?)`+filter+` LIMIT ?`, append(args, q.limit)...).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look for admins: %w", err)
	}
	return ids, nil
}

// selectAdminNames gives the names, two at most, of the admins among what is lost.
func selectAdminNames(ctx context.Context, tx *store.Tx, lost without) ([]string, error) {
	ids, err := selectAdmins(ctx, tx, adminQuery{only: lost, limit: 2})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []models.User
	err = tx.Select(&rows).Column("display_name").Where("id IN (?)", bun.List(ids)).Limit(2).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read names of admins: %w", err)
	}
	names := make([]string, len(rows))
	for i, u := range rows {
		names[i] = u.DisplayName
	}
	return names, nil
}

// selectFirstAdminAt says when the first admin was named; 0 for never.
func selectFirstAdminAt(ctx context.Context, r store.Reader) (models.Instant, error) {
	var at models.Instant
	if err := r.Raw("SELECT first_admin_at FROM tenants WHERE id = ?tenant").Scan(ctx, &at); err != nil {
		return 0, fmt.Errorf("read when the first admin was named: %w", err)
	}
	return at, nil
}

func updateFirstAdminAt(ctx context.Context, tx *store.Tx) error {
	if _, err := tx.Raw("UPDATE tenants SET first_admin_at = ? WHERE id = ?tenant", tx.Now).Exec(ctx); err != nil {
		return fmt.Errorf("note when the first admin was named: %w", err)
	}
	return nil
}

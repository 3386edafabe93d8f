package directory

import (
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// viewFilters gives the conditions of the built-in view, as its sentence in
// Views says them.
func (q *Query) viewFilters(now models.Instant) ([]filter, error) {
	switch q.View {
	case ViewAll:
		return nil, nil
	case ViewLeaving:
		return []filter{leaving([]models.Status{models.Active, models.Leaving, models.Suspended}, now+1, now.Add(weekAhead)+1)}, nil
	case ViewDormant:
		return []filter{equals("status", "users_by_status_name", models.Active), dormant(now.Add(-dormantTime))}, nil
	case ViewNoManager:
		return []filter{
			equals("status", "users_by_status_name", models.Active),
			{where: "u.external = ?", args: []any{false}},
			unmanaged(),
		}, nil
	case ViewPrivileged:
		if len(q.PrivilegedRoleIDs) == 0 {
			return []filter{{where: "1 = 0"}}, nil
		}
		return []filter{holds(q.PrivilegedRoleIDs, now)}, nil
	case ViewOverdue:
		return []filter{leaving([]models.Status{models.Active, models.Leaving}, 1, now+1)}, nil
	}
	return nil, errs.New(errs.Invalid, "There is no such view.")
}

// dormant keeps who signed in before the limit, or never and is older than it.
func dormant(limit models.Instant) filter {
	return filter{
		where: "u.last_sign_in_at < ? AND (u.last_sign_in_at > 0 OR u.created_at < ?)",
		args:  []any{limit, limit},
		source: &source{
			from: "users", index: "users_by_status_sign_in", key: "x.id",
			where: "x.status = ? AND x.last_sign_in_at < ? AND (x.last_sign_in_at > 0 OR x.created_at < ?)",
			args:  []any{models.Active, limit, limit},
		},
	}
}

// unmanaged keeps who has no manager, or one who is gone.
func unmanaged() filter {
	gone := []any{models.Deactivated, models.Removed}
	return filter{
		where: "(u.manager_id = 0 OR EXISTS (SELECT 1 FROM users m WHERE m.tenant_id = ?tenant AND m.id = u.manager_id AND m.status IN (?, ?)))",
		args:  gone,
	}
}

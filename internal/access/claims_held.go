package access

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Otherwise is a role somebody holds by another path than a provider's claim.
type Otherwise struct {
	AssignmentID int64
	UserID       int64
	Role         RoleRef
	Source       models.Source
}

// HeldOtherwise says which of some roles people hold now by other paths than the
// claims of a provider, for a page of people.
func (e *Engine) HeldOtherwise(ctx context.Context, r store.Reader, provider string, users []int64, roleKeys []string) ([]Otherwise, error) {
	if len(users) == 0 || len(roleKeys) == 0 {
		return nil, nil
	}
	roles, err := selectRolesByKey(ctx, r, roleKeys)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	byID, ids := make(map[int64]RoleRef, len(roles)), make([]int64, 0, len(roles))
	for _, role := range roles {
		byID[role.ID], ids = roleRef(role), append(ids, role.ID)
	}
	rows, err := selectAssignmentsTo(ctx, r, users, ids, e.db.Now())
	if err != nil {
		return nil, err
	}
	var out []Otherwise
	for _, a := range rows {
		if a.Source != models.SourceClaim || !strings.HasPrefix(a.SourceRef, provider+"/") {
			out = append(out, Otherwise{AssignmentID: a.ID, UserID: a.UserID, Role: byID[a.RoleID], Source: a.Source})
		}
	}
	return out, nil
}

// PrivilegedAmong says which of some people hold something privileged now.
func (e *Engine) PrivilegedAmong(ctx context.Context, r store.Reader, users []int64) (map[int64]bool, error) {
	found := map[int64]bool{}
	if len(users) == 0 {
		return found, nil
	}
	roles, err := selectPrivileged(ctx, r)
	if err != nil || len(roles) == 0 {
		return found, err
	}
	rows, err := selectAssignmentsTo(ctx, r, users, roles, e.db.Now())
	for _, a := range rows {
		found[a.UserID] = true
	}
	return found, err
}

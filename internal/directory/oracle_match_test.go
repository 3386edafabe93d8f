package directory_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// want gives the ids the query must give, in its order, as plain Go says it.
func (w *world) want(q directory.Query) []int64 {
	var found []member
	for _, m := range w.people {
		if w.matches(m, q) {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b member) int {
		var c int
		switch q.Sort {
		case directory.SortSignIn:
			c = cmp.Compare(a.LastSignInAt, b.LastSignInAt)
		case directory.SortCreated:
			c = cmp.Compare(a.CreatedAt, b.CreatedAt)
		default:
			c = cmp.Compare(a.sort, b.sort)
		}
		c = cmp.Or(c, cmp.Compare(a.id, b.id))
		if q.Desc {
			return -c
		}
		return c
	})
	ids := []int64{}
	for _, m := range found {
		ids = append(ids, m.id)
	}
	return ids
}

func (w *world) matches(m member, q directory.Query) bool {
	provider := ""
	if len(m.Identities) > 0 {
		provider = m.Identities[0].Provider
	}
	return w.matchesView(m, q) && matchesText(m, q.Text) && matchesTime(m, q) &&
		(len(q.Statuses) == 0 || slices.Contains(q.Statuses, m.Status)) &&
		(len(q.DepartmentIDs) == 0 || slices.Contains(q.DepartmentIDs, m.dept)) &&
		(len(q.Providers) == 0 || slices.Contains(q.Providers, provider)) &&
		(len(q.RoleIDs) == 0 || holdsAny(m, q.RoleIDs)) &&
		(q.ManagerID == 0 || m.manager == q.ManagerID) && (!q.NoManager || m.manager == 0) &&
		(q.External == nil || m.External == *q.External) && (!q.Pending || m.PendingSince > 0) &&
		!slices.ContainsFunc(q.Attributes, func(a directory.AttributeFilter) bool { return m.Attributes[a.Key] != a.Value })
}

func holdsAny(m member, roles []int64) bool {
	return slices.ContainsFunc(roles, func(r int64) bool { return m.held[r] })
}

func matchesTime(m member, q directory.Query) bool {
	return (!q.NeverSignedIn || m.LastSignInAt == 0) &&
		(q.SignedInAfter == 0 || m.LastSignInAt >= q.SignedInAfter) &&
		(q.SignedInBefore == 0 || m.LastSignInAt > 0 && m.LastSignInAt < q.SignedInBefore) &&
		(q.CreatedAfter == 0 || m.CreatedAt >= q.CreatedAfter) && (q.CreatedBefore == 0 || m.CreatedAt < q.CreatedBefore) &&
		(q.LeavingBefore == 0 || m.LeavingAt > 0 && m.LeavingAt < q.LeavingBefore)
}

func (w *world) matchesView(m member, q directory.Query) bool {
	limit := start.Add(-90 * day)
	switch q.View {
	case directory.ViewLeaving:
		here := m.Status == models.Active || m.Status == models.Leaving || m.Status == models.Suspended
		return here && m.LeavingAt > start && m.LeavingAt <= start.Add(7*day)
	case directory.ViewDormant:
		return m.Status == models.Active && (m.LastSignInAt > 0 && m.LastSignInAt < limit || m.LastSignInAt == 0 && m.CreatedAt < limit)
	case directory.ViewNoManager:
		return m.Status == models.Active && !m.External && (m.manager == 0 || w.gone(m.manager))
	case directory.ViewPrivileged:
		return holdsAny(m, q.PrivilegedRoleIDs)
	case directory.ViewOverdue:
		return (m.Status == models.Active || m.Status == models.Leaving) && m.LeavingAt > 0 && m.LeavingAt <= start
	}
	return true
}

func (w *world) gone(id int64) bool {
	return slices.ContainsFunc(w.people, func(m member) bool {
		return m.id == id && (m.Status == models.Deactivated || m.Status == models.Removed)
	})
}

// matchesText spells the words of the invented people by hand.
func matchesText(m member, text string) bool {
	local, _, _ := strings.Cut(m.Email, "@")
	plain := strings.NewReplacer("ö", "o", "ë", "e", "ø", "o", "å", "a").Replace(strings.ToLower(m.DisplayName + " " + m.Username + " " + strings.ReplaceAll(local, ".", " ")))
	has := strings.FieldsFunc(plain, func(r rune) bool { return r == ' ' || r == '-' || r == '\'' })
	has = append(has, strings.Fields(strings.NewReplacer("-", "", "'", "").Replace(plain))...)
	for _, word := range strings.Fields(text) {
		if strings.Contains(word, "@") {
			if !strings.HasPrefix(m.Email, word) {
				return false
			}
			continue
		}
		for _, part := range strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return r == '\'' || r == '-' || r == '.' }) {
			part = strings.NewReplacer("ö", "o", "å", "a", "ø", "o").Replace(part)
			if !slices.ContainsFunc(has, func(h string) bool { return strings.HasPrefix(h, part) }) {
				return false
			}
		}
	}
	return true
}

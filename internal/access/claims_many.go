package access

import (
	"context"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What a provider's directory says when it is read, beside what it says at a
// sign-in: no claim has such a name, so that neither takes away what the other gave.
const (
	DirectoryGroup = "directory group"
	DirectoryRole  = "directory role"
)

// atSignIn are the claims that say the same when somebody signs in.
var atSignIn = map[string]string{DirectoryGroup: "groups", DirectoryRole: "roles"}

// isDirectory reports whether an assignment comes from reading a directory.
func isDirectory(a models.Assignment) bool {
	_, read := atSignIn[parseClaim(a.SourceRef).Claim]
	return read
}

// ManyClaims is what the directory of one provider says about the roles of many people.
type ManyClaims struct {
	Provider string
	Claims   []string              // what was read whole: DirectoryGroup, DirectoryRole, or both
	Rules    []ClaimRole           // every rule there is
	Roles    map[int64][]ClaimRole // the rules that fit, by person; whoever is not in it is left alone
}

// decides reports whether what was read decides about an assignment: it was
// given by an earlier reading, or at a sign-in by one of the same rules.
func (in *ManyClaims) decides(a models.Assignment, roles map[string]models.Role) bool {
	if a.Source != models.SourceClaim || !strings.HasPrefix(a.SourceRef, in.Provider+"/") {
		return false
	}
	from := parseClaim(a.SourceRef)
	for _, claim := range in.Claims {
		if from.Claim == claim {
			return true
		}
		if from.Claim == atSignIn[claim] && in.rule(claim, from.Value, a.RoleID, roles) {
			return true
		}
	}
	return false
}

// rule reports whether a rule gives a role because of a value.
func (in *ManyClaims) rule(claim, value string, role int64, roles map[string]models.Role) bool {
	return slices.ContainsFunc(in.Rules, func(r ClaimRole) bool {
		return r.Claim == claim && r.Value == value && roles[r.RoleKey].ID == role
	})
}

// ManyGiven says what GiveFromClaims did and found.
type ManyGiven struct {
	Added        int
	Losing       []Losing // assignments whose claim is gone; they still stand
	UnknownRoles []string // keys the mapping names and nobody created
}

// Losing is an assignment by a claim that is no longer there.
type Losing struct {
	AssignmentID int64
	UserID       int64
	Role         RoleRef
}

// GiveFromClaims gives many people the roles that the mapping makes of what a
// provider says, with few statements however many they are, inside the
// transaction of the verb. It takes nothing away: what should go is returned,
// for TakeFromClaims once the verb has made sure that it may.
func (e *Engine) GiveFromClaims(ctx context.Context, tx *store.Tx, in ManyClaims) (ManyGiven, error) {
	if len(in.Roles) == 0 {
		return ManyGiven{}, nil
	}
	m := many{in: in, users: map[int64]models.User{}, roles: map[string]models.Role{}}
	if err := m.read(ctx, tx); err != nil {
		return ManyGiven{}, err
	}
	for _, u := range m.order {
		m.compare(u, tx.Now)
	}
	if err := m.write(ctx, tx); err != nil {
		return ManyGiven{}, err
	}
	slices.Sort(m.out.UnknownRoles)
	m.out.UnknownRoles = slices.Compact(m.out.UnknownRoles)
	return m.out, m.nameLosing(ctx, tx)
}

// many is a page of people being compared.
type many struct {
	in      ManyClaims
	order   []int64
	users   map[int64]models.User
	roles   map[string]models.Role
	have    map[int64]map[string]models.Assignment // by person, then by role and claim
	add     []models.Assignment
	prolong []models.Assignment
	out     ManyGiven
}

func (m *many) read(ctx context.Context, tx *store.Tx) error {
	keys := []string{}
	for id := range m.in.Roles {
		m.order = append(m.order, id)
	}
	for _, r := range m.in.Rules {
		keys = append(keys, r.RoleKey)
	}
	slices.Sort(m.order)
	slices.Sort(keys)
	users, err := selectUsers(ctx, tx.Reader, m.order)
	if err != nil {
		return err
	}
	for _, u := range users {
		m.users[u.ID] = u
	}
	if keys = slices.Compact(keys); len(keys) > 0 {
		if m.roles, err = selectRolesByKey(ctx, tx.Reader, keys); err != nil {
			return err
		}
	}
	given, err := selectClaimed(ctx, tx.Reader, m.order)
	if err != nil {
		return err
	}
	m.have = make(map[int64]map[string]models.Assignment, len(m.order))
	for _, a := range given {
		if !m.in.decides(a, m.roles) {
			continue
		}
		if m.have[a.UserID] == nil {
			m.have[a.UserID] = map[string]models.Assignment{}
		}
		m.have[a.UserID][claimKey(a.RoleID, a.SourceRef)] = a
	}
	return nil
}

// compare finds what one person lacks, and what they have without a claim.
func (m *many) compare(id int64, now models.Instant) {
	user, known := m.users[id]
	if !known {
		return
	}
	out := user.Status == models.Deactivated || user.Status == models.Removed // is given nothing more
	have, done := m.have[id], map[string]bool{}
	for _, r := range m.in.Roles[id] {
		role, exists := m.roles[r.RoleKey]
		if !exists {
			m.out.UnknownRoles = append(m.out.UnknownRoles, r.RoleKey)
			continue
		}
		ref := claimRef(m.in.Provider, r)
		key := claimKey(role.ID, ref)
		if done[key] {
			continue
		}
		done[key] = true
		until := claimEnd(role, now)
		row, there := have[key]
		delete(have, key)
		r.Claim = atSignIn[r.Claim] // what a sign-in gave by the same rule stays too
		delete(have, claimKey(role.ID, claimRef(m.in.Provider, r)))
		switch {
		case out:
		case !there:
			m.add = append(m.add, models.Assignment{
				UserID: id, RoleID: role.ID, Source: models.SourceClaim, SourceRef: ref,
				FromAt: now, UntilAt: until, GrantedBy: m.in.Provider, CreatedAt: now,
			})
		case row.UntilAt < until.Add(-confirmAfter) || row.UntilAt <= now, until < row.UntilAt:
			row.UntilAt = until
			m.prolong = append(m.prolong, row)
		}
	}
	for _, a := range have {
		m.out.Losing = append(m.out.Losing, Losing{AssignmentID: a.ID, UserID: id, Role: RoleRef{ID: a.RoleID}})
	}
}

// write gives and prolongs.
func (m *many) write(ctx context.Context, tx *store.Tx) error {
	if err := m.hold(ctx, tx); err != nil {
		return err
	}
	if len(m.add)+len(m.prolong) == 0 {
		return nil
	}
	if err := insertRows(ctx, tx, m.add); err != nil {
		return err
	}
	if err := updateUntils(ctx, tx, m.prolong); err != nil {
		return err
	}
	refs := make(map[int64]RoleRef, len(m.roles))
	for _, role := range m.roles {
		refs[role.ID] = roleRef(role)
	}
	touched := make([]int64, 0, len(m.add)+len(m.prolong))
	events := make([]store.Event, 0, cap(touched))
	for _, a := range m.add {
		touched = append(touched, a.UserID)
		events = append(events, store.Event{
			Action: models.RoleAssign, Target: userTarget(userRef(m.users[a.UserID])), Object: refTarget(refs[a.RoleID]), After: span(a),
		})
	}
	for _, a := range m.prolong {
		touched = append(touched, a.UserID)
		events = append(events, store.Event{
			Action: models.RoleUntil, Target: userTarget(userRef(m.users[a.UserID])), Object: refTarget(refs[a.RoleID]),
			Reason: "Confirmed by " + a.SourceRef, After: map[string]any{"until": moment(a.UntilAt)},
		})
	}
	m.out.Added = len(m.add)
	if err := raiseEpoch(ctx, tx, touched...); err != nil {
		return err
	}
	return tx.RecordAll(ctx, events)
}

// hold takes the rows of whoever is given something, and looks again: a sign-in
// may have given it at the same moment.
func (m *many) hold(ctx context.Context, tx *store.Tx) error {
	if len(m.add) == 0 {
		return nil
	}
	ids := make([]int64, len(m.add))
	for i, a := range m.add {
		ids[i] = a.UserID
	}
	if err := lockUsers(ctx, tx, ids); err != nil {
		return err
	}
	given, err := selectClaimed(ctx, tx.Reader, ids)
	if err != nil {
		return err
	}
	there := make(map[int64]map[string]bool, len(ids))
	for _, a := range given {
		if there[a.UserID] == nil {
			there[a.UserID] = map[string]bool{}
		}
		there[a.UserID][claimKey(a.RoleID, a.SourceRef)] = true
	}
	m.add = slices.DeleteFunc(m.add, func(a models.Assignment) bool { return there[a.UserID][claimKey(a.RoleID, a.SourceRef)] })
	return nil
}

func (m *many) nameLosing(ctx context.Context, tx *store.Tx) error {
	if len(m.out.Losing) == 0 {
		return nil
	}
	ids := make([]int64, len(m.out.Losing))
	for i, l := range m.out.Losing {
		ids[i] = l.Role.ID
	}
	slices.Sort(ids)
	_, names, err := selectNames(ctx, tx.Reader, []int64{0}, slices.Compact(ids))
	for i, l := range m.out.Losing {
		m.out.Losing[i].Role = names[l.Role.ID]
	}
	slices.SortFunc(m.out.Losing, func(a, b Losing) int { return int(a.AssignmentID - b.AssignmentID) })
	return err
}

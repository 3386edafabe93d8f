package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// maxRef is how long a SourceRef may be.
const maxRef = 255

// AssignFromClaims makes the roles that one provider's claims give a person
// equal to what the mapping says, inside the transaction of the sign-in. It
// touches only assignments of that provider. When the provider did not say
// everything (Unknown), roles are added but none is taken away (OIDC-37). The
// last admin keeps the role even without the claim: a group that was emptied by
// mistake must not lock everybody out (WEB-17).
func (e *Engine) AssignFromClaims(ctx context.Context, tx *store.Tx, in ClaimInput) (ClaimResult, error) {
	plan, err := planClaims(ctx, tx, in)
	if err != nil {
		return ClaimResult{}, err
	}
	out := ClaimResult{Kept: plan.kept, UnknownRoles: plan.unknown}
	if len(plan.remove) > 0 {
		if err := tx.LockTenant(ctx); err != nil {
			return out, err
		}
	}
	for _, row := range plan.remove {
		err := guard(ctx, tx, without{assignments: []int64{row.ID}})
		if errs.Is(err, errs.Conflict) {
			out.KeptLastAdmin = true
			out.Kept++
			err = plan.keepLastAdmin(ctx, tx, row, err)
		} else if err == nil {
			out.Removed = append(out.Removed, plan.names[row.RoleID])
			err = take(ctx, tx, AssignmentView{Assignment: row, User: plan.user, Role: plan.names[row.RoleID]}, claimGone)
		}
		if err != nil {
			return out, err
		}
	}
	for _, row := range plan.prolong {
		if err := plan.prolongOne(ctx, tx, row); err != nil {
			return out, err
		}
	}
	for _, row := range plan.add {
		view := AssignmentView{User: plan.user, Role: plan.names[row.RoleID]}
		if err := view.give(ctx, tx, row); err != nil {
			return out, err
		}
		out.Added = append(out.Added, view.Role)
	}
	return out, nil
}

// claimPlan is the difference between what a person has and what the claims say.
type claimPlan struct {
	user    UserRef
	names   map[int64]RoleRef
	add     []models.Assignment
	remove  []models.Assignment
	prolong []models.Assignment // with the new end
	kept    int
	unknown []string
}

func planClaims(ctx context.Context, tx *store.Tx, in ClaimInput) (*claimPlan, error) {
	user, err := lockUser(ctx, tx, in.UserID, "")
	if err != nil {
		return nil, err
	}
	given, err := selectAssignments(ctx, tx.Reader, user.ID)
	if err != nil {
		return nil, err
	}
	plan := &claimPlan{user: userRef(user), names: make(map[int64]RoleRef)}
	have := make(map[string]models.Assignment)
	for _, a := range given {
		if a.Source == models.SourceClaim && strings.HasPrefix(a.SourceRef, in.Provider+"/") && !isDirectory(a) {
			have[claimKey(a.RoleID, a.SourceRef)] = a
		}
	}
	if err := plan.want(ctx, tx, in, have); err != nil {
		return nil, err
	}
	if in.Unknown {
		plan.kept += len(have)
	} else {
		for _, a := range have {
			plan.remove = append(plan.remove, a)
		}
	}
	slices.SortFunc(plan.remove, func(a, b models.Assignment) int { return int(a.ID - b.ID) })
	return plan, plan.name(ctx, tx)
}

func claimKey(role int64, ref string) string { return strconv.FormatInt(role, 10) + " " + ref }

// want goes through the mapped roles: what is there leaves have, what is not is added.
func (p *claimPlan) want(ctx context.Context, tx *store.Tx, in ClaimInput, have map[string]models.Assignment) error {
	if len(in.Roles) == 0 {
		return nil
	}
	wanted := make([]string, len(in.Roles))
	for i, r := range in.Roles {
		wanted[i] = r.RoleKey
	}
	roles, err := selectRolesByKey(ctx, tx.Reader, wanted)
	if err != nil {
		return err
	}
	done := make(map[string]bool)
	for _, r := range in.Roles {
		role, known := roles[r.RoleKey]
		ref := claimRef(in.Provider, r)
		key := claimKey(role.ID, ref)
		switch {
		case !known:
			p.unknown = append(p.unknown, r.RoleKey)
			continue
		case done[key]:
			continue
		}
		done[key] = true
		until := claimEnd(role, tx.Now)
		row, there := have[key]
		delete(have, key)
		switch {
		case !there:
			p.add = append(p.add, models.Assignment{
				UserID: p.user.ID, RoleID: role.ID, Source: models.SourceClaim, SourceRef: ref,
				FromAt: tx.Now, UntilAt: until, GrantedBy: in.Provider, CreatedAt: tx.Now,
			})
		case row.UntilAt < until.Add(-confirmAfter) || row.UntilAt <= tx.Now, until < row.UntilAt:
			row.UntilAt = until
			p.prolong = append(p.prolong, row)
		default:
			p.kept++
		}
	}
	return nil
}

// confirmAfter is how much of the time must have passed before an end is moved.
const confirmAfter = 24 * time.Hour

// claimEnd gives the end of a role from a claim: each sign-in confirms it for
// as long as the role allows.
func claimEnd(role models.Role, now models.Instant) models.Instant {
	if role.MaxDays == 0 {
		return models.Forever
	}
	return now.Add(time.Duration(role.MaxDays) * 24 * time.Hour)
}

// claimRef names the claim behind an assignment. A value too long for the
// column is cut and told apart by its hash.
func claimRef(provider string, r ClaimRole) string {
	ref := provider + "/" + r.Claim + "=" + r.Value
	if utf8.RuneCountInString(ref) <= maxRef {
		return ref
	}
	sum := sha256.Sum256([]byte(ref))
	return clip(ref, maxRef-17) + "#" + hex.EncodeToString(sum[:8])
}

// name reads the names for the events.
func (p *claimPlan) name(ctx context.Context, tx *store.Tx) error {
	rows := slices.Concat(p.add, p.remove, p.prolong)
	if len(rows) == 0 {
		return nil
	}
	_, names, err := selectNames(ctx, tx.Reader, []int64{p.user.ID}, rolesIn(rows))
	p.names = names
	return err
}

func (p *claimPlan) prolongOne(ctx context.Context, tx *store.Tx, row models.Assignment) error {
	if err := updateUntil(ctx, tx, row.ID, row.UntilAt); err != nil {
		return err
	}
	if err := raiseEpoch(ctx, tx, row.UserID); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.RoleUntil, Target: userTarget(p.user), Object: refTarget(p.names[row.RoleID]),
		Reason: "Confirmed by " + row.SourceRef, After: map[string]any{"until": moment(row.UntilAt)},
	})
}

// keepLastAdmin records that a role stayed although its claim is gone.
func (p *claimPlan) keepLastAdmin(ctx context.Context, tx *store.Tx, row models.Assignment, why error) error {
	return tx.Record(ctx, store.Event{
		Action: models.RoleUnassign, Result: models.ResultRefused,
		Target: userTarget(p.user), Object: refTarget(p.names[row.RoleID]),
		Reason: claimGone, Before: span(row), Detail: why.Error(),
	})
}

package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Split says what taking two records apart did, and what it left alone because
// it changed after the merge.
type Split struct {
	Stay, Gone     models.User
	KeptFields     []string // changed since: they stay as they are
	LostIdentities int      // moved then, and no longer there
	KeptReports    int      // have another manager since, or could not go back
	Identities     []int64  // went back
	Reports        []int64  // went back
}

// Split undoes Absorb inside the transaction of the verb. What nobody changed
// since goes back to how it was; what somebody changed stays as it is now.
func (e *Engine) Split(ctx context.Context, tx *store.Tx, a Absorbed) (Split, error) {
	stay, gone, err := e.lockBoth(ctx, tx, a.StayAfter.ID, a.GoBefore.ID)
	if err != nil {
		return Split{}, err
	}
	if stay.Status == models.Removed {
		return Split{}, errs.New(errs.Conflict, "%s was removed since. Nothing was changed.", stay.DisplayName)
	}
	if gone.Status != models.Removed {
		return Split{}, errs.New(errs.Conflict, "%s is %s and no longer the record that was taken in. Nothing was changed.", gone.DisplayName, lowerWord(gone.Status))
	}
	s := Split{}
	before := stay
	if err := s.giveBack(ctx, tx, &stay, a); err != nil {
		return s, err
	}
	if err := s.valuesBack(ctx, tx, a); err != nil {
		return s, err
	}
	if err := s.identitiesBack(ctx, tx, &stay, &gone, a); err != nil {
		return s, err
	}
	stay.AccessEpoch++
	if err := e.saveWhole(ctx, tx, &stay, before); err != nil {
		return s, err
	}
	from := a.GoBefore
	gone.Status, gone.StatusReason, gone.StatusSince, gone.StatusBy = from.Status, from.StatusReason, from.StatusSince, from.StatusBy
	gone.LeavingAt, gone.PendingSince = from.LeavingAt, from.PendingSince
	gone.AccessEpoch++
	err = saveUser(ctx, tx, &gone, "status", "status_reason", "status_since", "status_by", "leaving_at", "pending_since", "provider", "last_sign_in_at", "access_epoch")
	if err != nil {
		return s, err
	}
	s.Stay, s.Gone = stay, gone
	return s, s.reportsBack(ctx, tx, a)
}

// giveBack puts the fields that the merge changed, and nobody since, back.
func (s *Split) giveBack(ctx context.Context, tx *store.Tx, stay *models.User, a Absorbed) error {
	was, now := a.StayBefore, ParseSources(stay.FieldSources)
	sourcesWas, sourcesThen := ParseSources(was.FieldSources), ParseSources(a.StayAfter.FieldSources)
	for _, f := range carried {
		untouched := f.same(stay, &a.StayAfter) && now.Owner(f.name) == sourcesThen.Owner(f.name)
		merged := !f.same(&was, &a.StayAfter) || sourcesWas.Owner(f.name) != sourcesThen.Owner(f.name)
		if untouched && merged && f.name == FieldManager {
			below, err := isAbove(ctx, tx.Reader, stay.ID, was.ManagerID)
			if err != nil {
				return err
			}
			untouched = !below
		}
		switch {
		case !untouched:
			s.KeptFields = append(s.KeptFields, f.name)
		case merged:
			f.take(stay, &was)
			now[f.name] = sourcesWas.Owner(f.name)
		}
	}
	stay.FieldSources = now.Text()
	return nil
}

// valuesBack does the same with local attributes. One whose definition is gone
// cannot come back.
func (s *Split) valuesBack(ctx context.Context, tx *store.Tx, a Absorbed) error {
	present, err := valuesOf(ctx, tx.Reader, a.StayAfter.ID)
	if err != nil {
		return err
	}
	definitions, err := definitionsIn(ctx, tx.Reader)
	if err != nil {
		return err
	}
	now, then, was := valuesByKey(present), valuesByKey(a.ValuesAfter), valuesByKey(a.ValuesBefore)
	var changed []string
	var rows []models.UserAttribute
	for _, d := range definitions {
		switch {
		case now[d.Key] != then[d.Key]:
			s.KeptFields = append(s.KeptFields, FieldAttribute(d.Key))
		case then[d.Key] != was[d.Key]:
			changed = append(changed, d.Key)
			if v, had := was[d.Key]; had {
				rows = append(rows, v)
			}
		}
	}
	return rewriteValues(ctx, tx, a.StayAfter.ID, changed, rows)
}

func valuesByKey(rows []models.UserAttribute) map[string]models.UserAttribute {
	all := make(map[string]models.UserAttribute, len(rows))
	for _, v := range rows {
		v.BaseModel = models.UserAttribute{}.BaseModel
		all[v.Attribute] = v
	}
	return all
}

// identitiesBack gives the moved identities back that the survivor still has.
func (s *Split) identitiesBack(ctx context.Context, tx *store.Tx, stay, gone *models.User, a Absorbed) error {
	held, err := identitiesOf(ctx, tx.Reader, stay.ID)
	if err != nil {
		return err
	}
	moved := identityIDs(a.Identities)
	var back, rest []models.Identity
	for _, i := range held {
		if slices.Contains(moved, i.ID) {
			back = append(back, i)
			s.Identities = append(s.Identities, i.ID)
		} else {
			rest = append(rest, i)
		}
	}
	s.LostIdentities = len(moved) - len(back)
	main := primaryOf(back, a.Identities)
	if err := giveIdentities(ctx, tx, stay.ID, gone.ID, s.Identities, main.ID); err != nil {
		return err
	}
	gone.Provider, gone.LastSignInAt = main.Provider, latestSignIn(back, a.GoBefore.LastSignInAt)
	if stay.LastSignInAt == a.StayAfter.LastSignInAt {
		stay.LastSignInAt = a.StayBefore.LastSignInAt
	} else {
		stay.LastSignInAt = latestSignIn(rest, a.StayBefore.LastSignInAt)
	}
	own := primaryOf(rest, nil)
	stay.Provider = own.Provider
	if own.ID == 0 || own.IsPrimary {
		return nil
	}
	return setPrimary(ctx, tx, stay.ID, own.ID)
}

// primaryOf gives the identity that is, or was, the primary one; else the first.
func primaryOf(list []models.Identity, moved []MovedIdentity) models.Identity {
	for _, i := range list {
		if moved == nil && i.IsPrimary || slices.Contains(moved, MovedIdentity{ID: i.ID, Primary: true}) {
			return i
		}
	}
	if len(list) == 0 {
		return models.Identity{}
	}
	return list[0]
}

func latestSignIn(list []models.Identity, at models.Instant) models.Instant {
	for _, i := range list {
		at = max(at, i.LastSignInAt)
	}
	return at
}

// reportsBack gives the reports back who still have the survivor as manager. One
// who now stands above the record that comes back would close a circle.
func (s *Split) reportsBack(ctx context.Context, tx *store.Tx, a Absorbed) error {
	still, err := reportsAmong(ctx, tx.Reader, a.StayAfter.ID, a.Reports)
	if err != nil {
		return err
	}
	over, err := managersOver(ctx, tx.Reader, a.GoBefore.ID)
	if err != nil {
		return err
	}
	s.Reports = slices.DeleteFunc(still, func(id int64) bool { return over[id] })
	s.KeptReports = len(a.Reports) - len(s.Reports)
	return giveReports(ctx, tx, a.StayAfter.ID, a.GoBefore.ID, s.Reports)
}

// IsLocal reports whether a form name is that of a local attribute, and gives its key.
func IsLocal(name string) (key string, local bool) { return strings.CutPrefix(name, attributePrefix) }

// Changed lists the fields Absorb changed, in their value or their source.
func (a Absorbed) Changed() []string {
	var names []string
	was, then := ParseSources(a.StayBefore.FieldSources), ParseSources(a.StayAfter.FieldSources)
	for _, f := range carried {
		if !f.same(&a.StayBefore, &a.StayAfter) || was.Owner(f.name) != then.Owner(f.name) {
			names = append(names, f.name)
		}
	}
	before, after := valuesByKey(a.ValuesBefore), valuesByKey(a.ValuesAfter)
	for _, v := range slices.Concat(a.ValuesBefore, a.ValuesAfter) {
		name := FieldAttribute(v.Attribute)
		if before[v.Attribute] != after[v.Attribute] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// MaxReports is how many people may get another manager in one merge.
const MaxReports = 2_000

// AbsorbInput says which record takes in which, and what it carries on.
type AbsorbInput struct {
	StayID, GoID int64
	Take         []string // fields, by CarriedFields and FieldAttribute, whose value and source the other record gives
	NoManager    bool     // neither record's manager can be kept
	Reason       string   // StatusReason of the record that goes
}

// Absorbed is what Absorb changed, from which Split takes it apart again.
type Absorbed struct {
	StayBefore, StayAfter     models.User
	ValuesBefore, ValuesAfter []models.UserAttribute // of who stays
	GoBefore                  models.User
	Identities                []MovedIdentity
	Reports                   []int64 // got who stays as manager
}

// MovedIdentity is an identity that changed hands.
type MovedIdentity struct {
	ID      int64
	Primary bool // it was, at the record it came from
}

// Absorb makes one record take in another inside the transaction of the verb,
// which made sure that both are one human, ends the sessions, moves the roles
// and records the events. Identities and reports move, chosen fields are taken
// over with their source, and the record that goes is Removed.
func (e *Engine) Absorb(ctx context.Context, tx *store.Tx, in AbsorbInput) (Absorbed, error) {
	stay, gone, err := e.lockBoth(ctx, tx, in.StayID, in.GoID)
	if err != nil {
		return Absorbed{}, err
	}
	a := Absorbed{StayBefore: stay, GoBefore: gone}
	if a.ValuesBefore, err = valuesOf(ctx, tx.Reader, stay.ID); err != nil {
		return a, err
	}
	if err := e.carry(ctx, tx, &stay, gone, in); err != nil {
		return a, err
	}
	if a.Identities, err = e.takeIdentities(ctx, tx, &stay, gone); err != nil {
		return a, err
	}
	if a.Reports, err = takeReports(ctx, tx, gone.ID, stay.ID); err != nil {
		return a, err
	}
	stay.LastSignInAt = max(stay.LastSignInAt, gone.LastSignInAt)
	stay.AccessEpoch++
	if err := e.saveWhole(ctx, tx, &stay, a.StayBefore); err != nil {
		return a, err
	}
	a.StayAfter = stay
	if a.ValuesAfter, err = valuesOf(ctx, tx.Reader, stay.ID); err != nil {
		return a, err
	}
	gone.Status, gone.StatusReason, gone.StatusSince, gone.StatusBy = models.Removed, cut(in.Reason, maxReason), tx.Now, cut(tx.Actor.Name, maxName)
	gone.PendingSince, gone.Provider = 0, ""
	gone.AccessEpoch++
	return a, saveUser(ctx, tx, &gone, "status", "status_reason", "status_since", "status_by", "pending_since", "provider", "access_epoch")
}

// lockBoth takes the rows of two people, always in the same order.
func (e *Engine) lockBoth(ctx context.Context, tx *store.Tx, a, b int64) (first, second models.User, err error) {
	if a == b {
		return first, second, errs.New(errs.Invalid, "These are one and the same record.")
	}
	one, err := e.LockByID(ctx, tx, min(a, b))
	if err != nil {
		return first, second, err
	}
	two, err := e.LockByID(ctx, tx, max(a, b))
	if a < b {
		return one, two, err
	}
	return two, one, err
}

// carry takes the chosen fields over, each with its source.
func (e *Engine) carry(ctx context.Context, tx *store.Tx, stay *models.User, gone models.User, in AbsorbInput) error {
	sources, others := ParseSources(stay.FieldSources), ParseSources(gone.FieldSources)
	for _, f := range carried {
		if slices.Contains(in.Take, f.name) {
			f.take(stay, &gone)
			sources[f.name] = others.Owner(f.name)
		}
	}
	if in.NoManager {
		stay.ManagerID = 0
	}
	if stay.ManagerID == stay.ID || stay.ManagerID == gone.ID {
		return errs.New(errs.Conflict, "%s cannot be their own manager. Choose another one, or none.", stay.DisplayName)
	}
	stay.FieldSources = sources.Text()
	return takeValues(ctx, tx, stay.ID, gone.ID, in.Take)
}

// takeValues takes chosen local attributes over; one that the other record does
// not have is dropped.
func takeValues(ctx context.Context, tx *store.Tx, stayID, goneID int64, take []string) error {
	var chosen []string
	for _, name := range take {
		if key, local := strings.CutPrefix(name, attributePrefix); local {
			chosen = append(chosen, key)
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	theirs, err := readValues(ctx, tx.Reader, goneID)
	if err != nil {
		return err
	}
	var rows []models.UserAttribute
	for _, key := range chosen {
		if v, there := theirs[key]; there {
			v.UserID = stayID
			rows = append(rows, v)
		}
	}
	return rewriteValues(ctx, tx, stayID, chosen, rows)
}

// takeIdentities moves all identities. Who had none gets a primary one with them.
func (e *Engine) takeIdentities(ctx context.Context, tx *store.Tx, stay *models.User, gone models.User) ([]MovedIdentity, error) {
	own, err := identitiesOf(ctx, tx.Reader, stay.ID)
	if err != nil {
		return nil, err
	}
	theirs, err := identitiesOf(ctx, tx.Reader, gone.ID)
	if err != nil || len(theirs) == 0 {
		return nil, err
	}
	if len(own)+len(theirs) > maxIdentities {
		return nil, errs.New(errs.Conflict, "Together they have more than %d identities. Unlink some first. Nothing was changed.", maxIdentities)
	}
	moved := make([]MovedIdentity, 0, len(theirs))
	for _, i := range theirs {
		moved = append(moved, MovedIdentity{ID: i.ID, Primary: i.IsPrimary})
	}
	primary := int64(0)
	if len(own) == 0 {
		primary, stay.Provider = theirs[0].ID, theirs[0].Provider
	}
	return moved, giveIdentities(ctx, tx, gone.ID, stay.ID, identityIDs(moved), primary)
}

func identityIDs(moved []MovedIdentity) []int64 {
	ids := make([]int64, 0, len(moved))
	for _, m := range moved {
		ids = append(ids, m.ID)
	}
	return ids
}

// takeReports gives the reports of one person to another.
func takeReports(ctx context.Context, tx *store.Tx, from, to int64) ([]int64, error) {
	ids, err := reportIDs(ctx, tx.Reader, from, to, MaxReports+1)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	if len(ids) > MaxReports {
		return nil, errs.New(errs.Conflict, "More than %d people have this person as manager. Give some of them another manager first. Nothing was changed.", MaxReports)
	}
	return ids, giveReports(ctx, tx, from, to, ids)
}

// saveWhole writes everything a merge or its undoing may change of a record,
// and its words when they are others now.
func (e *Engine) saveWhole(ctx context.Context, tx *store.Tx, user *models.User, before models.User) error {
	columns := []string{"field_sources", "provider", "last_sign_in_at", "access_epoch"}
	for _, f := range carried {
		columns = append(columns, f.columns...)
	}
	user.SortName = sortName(user.DisplayName)
	user.UsernameNorm = normUsername(user.Username)
	user.EmailNorm = cut(NormEmail(user.Email), maxEmail)
	if err := saveUser(ctx, tx, user, columns...); err != nil {
		return err
	}
	if user.DisplayName == before.DisplayName && user.Username == before.Username && user.Email == before.Email {
		return nil
	}
	return replaceTokens(ctx, tx, user)
}

// PersonIn reads everything about a person inside a transaction or outside.
func (e *Engine) PersonIn(ctx context.Context, r store.Reader, id int64) (Person, error) {
	user, err := findUser(ctx, r, "id", id)
	if err != nil {
		return Person{}, err
	}
	return complete(ctx, r, user)
}

// MayManage says why somebody cannot be the manager of who stays once two
// records are one, "" when they can.
func (e *Engine) MayManage(ctx context.Context, r store.Reader, manager, stayID, goID int64) (string, error) {
	if manager == 0 {
		return "", nil
	}
	if manager == stayID || manager == goID {
		return "Nobody can be their own manager.", nil
	}
	for _, upper := range []int64{stayID, goID} {
		below, err := isAbove(ctx, r, upper, manager)
		if err != nil {
			return "", err
		}
		if below {
			return "This manager reports to one of the two, directly or through others.", nil
		}
	}
	return "", nil
}

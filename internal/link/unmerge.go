package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Parted says what taking a merge apart does: what goes back, and what changed
// since and stays with the survivor.
type Parted struct {
	Stay, Gone Side
	Fields     []string // labels of fields that go back
	KeptFields []string // labels of fields that changed since
	Roles      []string // go back
	EndedRoles []string // were taken away or ran out since
	KeptRoles  []string // changed since
	Identities int
	Lost       int // identities unlinked since
	Accounts   int
	LostAccts  int // accounts that belong to somebody else now, or to nobody
	Reports    int
	Kept       int // reports who have another manager since
	Sessions   int // end: they began with an identity that goes back
}

// errPreview undoes a transaction that was only run to see what it does.
var errPreview = errors.New("link: only a look at what would happen")

// PreviewSplit says what Split would do, by doing it and undoing it at once.
func (e *Engine) PreviewSplit(ctx context.Context, actor models.Actor, publicID string) (Parted, error) {
	if err := permit(actor); err != nil {
		return Parted{}, err
	}
	var out Parted
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if _, out, err = e.takeApart(ctx, tx, publicID, "Only a look at what would happen"); err != nil {
			return err
		}
		return errPreview
	})
	if errors.Is(err, errPreview) {
		return out, nil
	}
	return out, err
}

// Split takes a merge apart, for 30 days after it. What nobody touched since is
// as it was before the merge; what somebody changed stays with the survivor.
func (e *Engine) Split(ctx context.Context, actor models.Actor, publicID, reason string) (Parted, error) {
	if err := permit(actor); err != nil {
		return Parted{}, err
	}
	clean, err := checkReason(reason)
	if err != nil {
		return Parted{}, err
	}
	var out Parted
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var row models.Link
		var err error
		row, out, err = e.takeApart(ctx, tx, publicID, clean)
		if err != nil {
			return err
		}
		row.State, row.ExpiresAt, row.Reason = models.LinkUnlinked, 0, clean
		row.DecidedByID, row.DecidedBy, row.DecidedAt = actor.UserID, actor.Name, tx.Now
		if err := saveLink(ctx, tx, &row, caseColumns...); err != nil {
			return err
		}
		return dropSnapshot(ctx, tx, row.ID)
	})
	return out, err
}

// splittable reads a merge that can still be taken apart.
func (e *Engine) splittable(ctx context.Context, tx *store.Tx, publicID string) (models.Link, snapshot, error) {
	row, err := lockLink(ctx, tx, publicID)
	if err != nil {
		return row, snapshot{}, err
	}
	if row.State != models.LinkLinked || row.Kind != models.LinkPeople {
		return row, snapshot{}, errs.New(errs.Conflict, "This is no merge that could be taken apart.")
	}
	if err := notOneself(tx.Actor, row.UserA, row.UserB); err != nil {
		return row, snapshot{}, err
	}
	text, found, err := readSnapshot(ctx, tx.Reader, row.ID)
	if err != nil {
		return row, snapshot{}, err
	}
	if row.ExpiresAt <= tx.Now || !found {
		return row, snapshot{}, errs.New(errs.Conflict, "This merge cannot be split automatically: it is older than 30 days. Create a new record for the second person and move what is theirs by hand.")
	}
	var s snapshot
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return row, s, fmt.Errorf("read the snapshot of case %d: %w", row.ID, err)
	}
	return row, s, nil
}

// takeApart does all of it but to close the case.
func (e *Engine) takeApart(ctx context.Context, tx *store.Tx, publicID, reason string) (row models.Link, out Parted, err error) {
	err = e.access.Guarded(ctx, tx, func() error {
		var s snapshot
		if row, s, err = e.splittable(ctx, tx, publicID); err != nil {
			return err
		}
		if err := e.notMergedOn(ctx, tx, row); err != nil {
			return err
		}
		out, err = e.separate(ctx, tx, s, reason)
		return err
	})
	return row, out, err
}

// notMergedOn refuses to split a survivor who was taken in by somebody else since.
func (e *Engine) notMergedOn(ctx context.Context, tx *store.Tx, row models.Link) error {
	into, err := mergeOf(ctx, tx.Reader, row.SurvivorID)
	if err != nil || into.ID == 0 {
		return err
	}
	names, err := namesOf(ctx, tx, []int64{into.SurvivorID, row.SurvivorID})
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "%s was merged into %s since. Take that merge apart first.", names[row.SurvivorID], names[into.SurvivorID])
}

// separate puts roles, accounts, records and sessions back.
func (e *Engine) separate(ctx context.Context, tx *store.Tx, s snapshot, reason string) (Parted, error) {
	stay, gone := sideOf(s.Record.StayAfter), sideOf(s.Record.GoBefore)
	out := Parted{Stay: stay, Gone: gone}
	roles, err := e.access.Part(ctx, tx, access.PartInput{Stay: userRef(stay), Gone: userRef(gone), Can: tx.Actor.Can, Reason: reason}, s.Roles)
	if err != nil {
		return out, err
	}
	out.Roles, out.EndedRoles, out.KeptRoles = roleNames(roles.Back), roleNames(roles.Ended), roleNames(roles.Kept)
	back, err := accountIDs(ctx, tx.Reader, stay.ID, nonNil(s.Accounts))
	if err != nil {
		return out, err
	}
	if err := moveAccounts(ctx, tx, stay.ID, gone.ID, back); err != nil {
		return out, err
	}
	out.Accounts, out.LostAccts = len(back), len(s.Accounts)-len(back)
	split, err := e.people.Split(ctx, tx, s.Record)
	if err != nil {
		return out, err
	}
	out.Identities, out.Lost, out.Reports, out.Kept = len(split.Identities), split.LostIdentities, len(split.Reports), split.KeptReports
	if out.KeptFields, err = e.labels(ctx, tx, split.KeptFields); err != nil {
		return out, err
	}
	if out.Fields, err = e.labels(ctx, tx, changedFields(s.Record, split.KeptFields)); err != nil {
		return out, err
	}
	if out.Sessions, err = e.sessions.EndIdentities(ctx, tx, stay.ID, split.Identities); err != nil {
		return out, err
	}
	if err := e.recordReports(ctx, tx, split.Reports, stay.Name, gone.Name, reason); err != nil {
		return out, err
	}
	return out, tx.Record(ctx, store.Event{
		Action: models.LinkSplit, Target: personRef(stay), Object: personRef(gone), Reason: reason,
		After: map[string]any{
			"identities": out.Identities, "accounts": out.Accounts, "reports": out.Reports,
			"fields": out.Fields, "kept": slices.Concat(out.KeptFields, out.KeptRoles),
		},
		Detail: fmt.Sprintf("%d sessions ended", out.Sessions),
	})
}

func nonNil(ids []int64) []int64 {
	if ids == nil {
		return []int64{}
	}
	return ids
}

func sideOf(u models.User) Side {
	return Side{ID: u.ID, PublicID: u.PublicID, Name: u.DisplayName, Email: u.Email, Status: u.Status, Version: u.Version}
}

func roleNames(roles []access.RoleRef) []string {
	var names []string
	for _, r := range roles {
		names = append(names, r.Name)
	}
	return names
}

// changedFields lists what the merge changed and nobody since.
func changedFields(a directory.Absorbed, kept []string) []string {
	return slices.DeleteFunc(a.Changed(), func(name string) bool { return slices.Contains(kept, name) })
}

// labels gives what fields are called.
func (e *Engine) labels(ctx context.Context, tx *store.Tx, names []string) ([]string, error) {
	var all []string
	for _, name := range names {
		if label := fieldLabels[name]; label != "" {
			all = append(all, label)
			continue
		}
		key, _ := directory.IsLocal(name)
		label, err := attributeLabel(ctx, tx.Reader, key)
		if err != nil {
			return nil, err
		}
		all = append(all, label)
	}
	return all, nil
}

package link

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// snapshot is everything a merge changed, in the words of whoever changed it.
type snapshot struct {
	Record   directory.Absorbed `json:"record"`
	Roles    access.Joined      `json:"roles"`
	Accounts []int64            `json:"accounts"`
}

// merge makes two records one, in the transaction of the proof. Everything is
// done or nothing; the last admin stays.
func (e *Engine) merge(ctx context.Context, tx *store.Tx, row *models.Link, p Plan, can models.Permission) error {
	return e.access.Guarded(ctx, tx, func() error {
		s, ended, err := e.unite(ctx, tx, *row, p, can)
		if err != nil {
			return err
		}
		if err := keepSnapshot(ctx, tx, row.ID, s); err != nil {
			return err
		}
		e.linked(row, tx, tx.Now.Add(SplitTime))
		if err := saveLink(ctx, tx, row, caseColumns...); err != nil {
			return err
		}
		if err := e.recordMerge(ctx, tx, *row, p, s, ended); err != nil {
			return err
		}
		return e.supersede(ctx, tx, row.ID, p.Go.ID)
	})
}

// linked notes that a case was decided for one person.
func (e *Engine) linked(row *models.Link, tx *store.Tx, until models.Instant) {
	row.State, row.ExpiresAt = models.LinkLinked, until
	row.DecidedByID, row.DecidedBy, row.DecidedAt = tx.Actor.UserID, tx.Actor.Name, tx.Now
}

// unite changes the records, the roles, the accounts and the sessions.
func (e *Engine) unite(ctx context.Context, tx *store.Tx, row models.Link, p Plan, can models.Permission) (snapshot, int, error) {
	var s snapshot
	var err error
	if s.Accounts, err = accountIDs(ctx, tx.Reader, p.Go.ID, nil); err != nil {
		return s, 0, err
	}
	if len(s.Accounts) == maxAccounts {
		return s, 0, errs.New(errs.Conflict, "%s has %d accounts or more at connected systems. Nothing was changed.", p.Go.Name, maxAccounts)
	}
	if err := moveAccounts(ctx, tx, p.Go.ID, p.Stay.ID, s.Accounts); err != nil {
		return s, 0, err
	}
	s.Roles, err = e.access.Join(ctx, tx, access.JoinInput{
		Stay: userRef(p.Stay), Gone: userRef(p.Go), Keep: p.keep(), Can: can, Reason: row.RequestReason,
	})
	if err != nil {
		return s, 0, err
	}
	manager, _ := p.field(directory.FieldManager)
	noManager := manager.Pick == PickStay && manager.Stay.No != "" || manager.Pick == PickGo && manager.Go.No != ""
	s.Record, err = e.people.Absorb(ctx, tx, directory.AbsorbInput{
		StayID: p.Stay.ID, GoID: p.Go.ID, Take: p.take(), NoManager: noManager,
		Reason: "Merged into " + p.Stay.Name + ": " + row.RequestReason,
	})
	if err != nil {
		return s, 0, err
	}
	ended, err := e.sessions.EndAll(ctx, tx, p.Go.ID)
	return s, ended, err
}

func userRef(s Side) access.UserRef {
	return access.UserRef{ID: s.ID, PublicID: s.PublicID, Name: s.Name}
}

// recordMerge tells the log: the merge itself, each identity that moved, each
// report who has another manager now. The roles were told by access.
func (e *Engine) recordMerge(ctx context.Context, tx *store.Tx, row models.Link, p Plan, s snapshot, ended int) error {
	before, after := map[string]any{}, map[string]any{}
	for _, f := range p.Fields {
		if f.Pick == PickGo && f.Differs() {
			before[f.Name], after[f.Name] = f.Stay.Text, f.Go.Text
		}
	}
	after["identities"], after["accounts"], after["reports"] = len(s.Record.Identities), len(s.Accounts), len(s.Record.Reports)
	after["plan"] = short(row.PlanHash)
	err := tx.Record(ctx, store.Event{
		Action: models.LinkMerge, Target: directory.Ref(s.Record.StayAfter), Object: personRef(p.Go),
		Reason: row.RequestReason, Before: before, After: after,
		Detail: fmt.Sprintf("asked for by %s; proof: %s; %d sessions ended", row.RequestedBy, proofWord(row.Proof), ended),
	})
	if err != nil {
		return err
	}
	for _, i := range p.Identities {
		if !i.Moves {
			continue
		}
		err := tx.Record(ctx, store.Event{
			Action: models.IdentityLink, Target: directory.Ref(s.Record.StayAfter), Reason: row.RequestReason,
			Object: store.Ref{Kind: models.KindIdentity, ID: i.ID, Name: e.people.SourceName(i.Provider) + ": " + i.Subject},
			Detail: "moved with " + p.Go.Name,
		})
		if err != nil {
			return err
		}
	}
	return e.recordReports(ctx, tx, s.Record.Reports, p.Go.Name, s.Record.StayAfter.DisplayName, row.RequestReason)
}

// recordReports tells that people have another manager.
func (e *Engine) recordReports(ctx context.Context, tx *store.Tx, ids []int64, was, now, reason string) error {
	names, err := namesOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := tx.Record(ctx, store.Event{
			Action: models.UserEdit, Target: store.Ref{Kind: models.KindUser, ID: id, Name: names[id]}, Reason: reason,
			Before: map[string]any{directory.FieldManager: was}, After: map[string]any{directory.FieldManager: now},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// supersede withdraws the other suggestions about a record that is gone.
func (e *Engine) supersede(ctx context.Context, tx *store.Tx, except, gone int64) error {
	open, err := openLinks(ctx, tx.Reader, models.LinkSuggested, gone)
	if err != nil {
		return err
	}
	var stale []models.Link
	for _, row := range open {
		if row.ID != except {
			stale = append(stale, row)
		}
	}
	if len(stale) == 0 {
		return nil
	}
	return withdraw(ctx, tx, stale)
}

func (s snapshot) text() (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

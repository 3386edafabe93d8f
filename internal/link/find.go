package link

import (
	"context"
	"errors"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errNothingNew ends a change that would write nothing worth an event.
var errNothingNew = errors.New("link: nothing new was found")

// save writes what a step found and how far it came. New suggestions are events;
// a fresh look at old ones is not.
func (c *checking) save(ctx context.Context, found []finding) error {
	actor := models.SystemActor(c.tenant, "Rollcall")
	if len(found) > 0 {
		err := c.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
			n, err := refresh(ctx, tx, found)
			if err != nil {
				return err
			}
			if n == 0 {
				return errNothingNew
			}
			return c.progress(ctx, tx)
		})
		if !errors.Is(err, errNothingNew) {
			return err
		}
	}
	return c.db.Maintain(ctx, c.tenant, store.LinkCheck, func(ctx context.Context, tx *store.Tx) error {
		if _, err := refresh(ctx, tx, found); err != nil {
			return err
		}
		return c.progress(ctx, tx)
	})
}

// refresh makes the stored cases what was found, and says how many suggestions
// are new.
func refresh(ctx context.Context, tx *store.Tx, found []finding) (int, error) {
	if len(found) == 0 {
		return 0, nil
	}
	keys := make([]string, 0, len(found))
	for _, f := range found {
		keys = append(keys, f.key)
	}
	stored, err := linksByKey(ctx, tx, keys)
	if err != nil {
		return 0, err
	}
	news := 0
	var seen []int64
	var fresh []models.Link
	for i := range found {
		f := &found[i]
		row, there := stored[f.key]
		isNew := false
		switch {
		case !there:
			if row, err = f.row(tx); err != nil {
				return news, err
			}
			fresh, isNew = append(fresh, row), true
		case f.changes(&row):
			isNew = row.State != models.LinkSuggested
			if err := f.update(ctx, tx, row); err != nil {
				return news, err
			}
		default:
			seen = append(seen, row.ID)
		}
		if isNew {
			news++
			if err := tx.Record(ctx, f.event()); err != nil {
				return news, err
			}
		}
	}
	if err := insertLinks(ctx, tx, fresh); err != nil {
		return news, err
	}
	return news, touchLinks(ctx, tx, seen)
}

// row makes a suggestion of a finding.
func (f finding) row(tx *store.Tx) (models.Link, error) {
	id, err := newID()
	row := models.Link{
		PublicID: id, PairKey: f.key, Kind: f.kind, UserA: f.a.ID, UserB: f.b.ID, AccountID: f.account.ID,
		Provider: f.identity.Provider, Issuer: f.identity.Issuer, Subject: f.identity.Subject,
		FoundAt: tx.Now, Version: 1,
	}
	f.fill(&row, tx)
	return row, err
}

// fill writes what was found into a case, which is a suggestion from then on.
func (f finding) fill(row *models.Link, tx *store.Tx) {
	row.State, row.Strength, row.StrengthRank = models.LinkSuggested, f.strength, f.strength.Rank()
	row.Evidence, row.Digest = f.evidence.text(), f.evidence.digest(f.values)
	row.CheckedAt, row.UpdatedAt = tx.Now, tx.Now
	if f.held {
		row.CheckedAt = models.Forever
	}
}

// changes reports whether a stored case has to become what was found: an open
// suggestion whose evidence reads otherwise, or a decided one whose evidence for
// is another than what was decided about. What people proved themselves is kept.
func (f *finding) changes(row *models.Link) bool {
	if old := readEvidence(row.Evidence); old.has(SignedInBoth) && !f.evidence.has(SignedInBoth) {
		f.evidence.For = append([]Fact{signedInBoth}, f.evidence.For...)
		f.strength, f.held = models.LinkStrong, true
	}
	switch row.State {
	case models.LinkSuggested:
		return row.Evidence != f.evidence.text() || row.Strength != f.strength
	case models.LinkRejected, models.LinkUnlinked:
		return row.Digest != f.evidence.digest(f.values)
	case models.LinkProofAsked, models.LinkLinked:
	}
	return false
}

func (f finding) update(ctx context.Context, tx *store.Tx, row models.Link) error {
	f.fill(&row, tx)
	return saveLink(ctx, tx, &row, "state", "strength", "strength_rank", "evidence", "digest", "checked_at")
}

// event says what was suggested.
func (f finding) event() store.Event {
	object := directory.Ref(f.b)
	switch f.kind {
	case models.LinkAccount:
		object = store.Ref{Kind: models.KindAccount, ID: f.account.ID, Name: f.account.Username}
	case models.LinkIdentity:
		object = store.Ref{Kind: models.KindIdentity, Name: f.identity.Provider + ": " + f.identity.Subject}
	case models.LinkPeople:
	}
	return store.Event{Action: models.LinkSuggest, Target: directory.Ref(f.a), Object: object, Detail: f.evidence.Words(f.strength)}
}

// clear withdraws suggestions that this pass did not find again, and ends the pass.
func (c *checking) clear(ctx context.Context) error {
	actor := models.SystemActor(c.tenant, "Rollcall")
	more := false
	err := c.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		stale, err := staleLinks(ctx, tx, c.row.StartedAt, stepRows/2)
		if err != nil {
			return err
		}
		if len(stale) == 0 {
			return errNothingNew
		}
		more = true
		return withdraw(ctx, tx, stale)
	})
	if err != nil && !errors.Is(err, errNothingNew) {
		return err
	}
	if more {
		return nil
	}
	return c.db.Maintain(ctx, c.tenant, store.LinkCheck, func(ctx context.Context, tx *store.Tx) error {
		c.row.Phase, c.row.FinishedAt, c.row.People = string(idle), tx.Now, c.row.Walked
		return c.progress(ctx, tx)
	})
}

// withdraw takes suggestions back whose evidence is gone.
func withdraw(ctx context.Context, tx *store.Tx, stale []models.Link) error {
	people := make([]int64, 0, 2*len(stale))
	for _, row := range stale {
		people = append(people, row.UserA, row.UserB)
	}
	names, err := namesOf(ctx, tx, people)
	if err != nil {
		return err
	}
	ids := make([]int64, 0, len(stale))
	for _, row := range stale {
		ids = append(ids, row.ID)
		object := store.Ref{Kind: models.KindAccount, ID: row.AccountID}
		if row.Kind == models.LinkPeople {
			object = store.Ref{Kind: models.KindUser, ID: row.UserB, Name: names[row.UserB]}
		}
		err := tx.Record(ctx, store.Event{
			Action: models.LinkWithdraw, Target: store.Ref{Kind: models.KindUser, ID: row.UserA, Name: names[row.UserA]}, Object: object,
			Detail: "the evidence is gone",
		})
		if err != nil {
			return err
		}
	}
	return deleteLinks(ctx, tx, ids)
}

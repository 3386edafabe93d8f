package session

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
)

// AtProvider names sessions by what a provider calls them (BCL-09). With SID it
// is that one session, without it all of the subject.
type AtProvider struct {
	Issuer  string
	Subject string // "": not said, then SID is
	SID     string // "": all of the subject
}

// ErrForeign: the session that a provider names belongs to another subject than
// the one it names.
var ErrForeign = errs.New(errs.Invalid, "The session belongs to another person.")

// EndAtProvider ends the sessions that a provider says have ended there, inside
// the caller's transaction, records each with a detail, and gives their public
// ids. A session of the subject of which the provider never said which one it
// is ends as well: nobody could tell otherwise.
func (m *Manager) EndAtProvider(ctx context.Context, tx *store.Tx, at AtProvider, detail string) ([]string, error) {
	found, err := atProvider(ctx, tx, at)
	if err != nil {
		return nil, err
	}
	var ended []string
	for _, one := range found {
		if at.Subject != "" && one.Subject != at.Subject {
			return nil, ErrForeign
		}
		if err := endOne(ctx, tx, one.owned, detail); err != nil {
			return nil, err
		}
		ended = append(ended, one.PublicID)
	}
	return ended, nil
}

// EndOf ends one session inside the caller's transaction and records it with a
// detail. It says whether the session was still there.
func (m *Manager) EndOf(ctx context.Context, tx *store.Tx, publicID, detail string) (bool, error) {
	o, err := owner(ctx, tx, publicID)
	if err == nil {
		err = endOne(ctx, tx, o, detail)
	}
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// atProvider finds the living sessions that a provider means.
func atProvider(ctx context.Context, tx *store.Tx, at AtProvider) ([]known, error) {
	if at.SID == "" {
		return knownBySubject(ctx, tx, at, false)
	}
	found, err := knownBySID(ctx, tx, at)
	if err != nil || at.Subject == "" {
		return found, err
	}
	unnamed, err := knownBySubject(ctx, tx, at, true)
	return append(found, unnamed...), err
}

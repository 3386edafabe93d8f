package sync

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Found says what came of reading one account.
type Found string

// What can come of it.
const (
	FoundThere  Found = "there"  // it was read, stored and compared
	FoundGone   Found = "gone"   // the system does not know it; that is noted
	FoundHeld   Found = "held"   // it would take something away, and a person has to decide about a stopped run first
	FoundFailed Found = "failed" // it could not be read; Sentence says why
)

// Reading is what came of reading one account of a person now.
type Reading struct {
	Connector ConnectorRef
	Key       string // the system's own id of the account
	Found     Found
	Sentence  string
	At        models.Instant
}

// ReadNow reads every account of a person at the systems they have one at, and
// stores and compares what it finds. Nothing else is read.
func (e *Engine) ReadNow(ctx context.Context, actor models.Actor, publicID string) ([]Reading, error) {
	if !actor.Can.Has(models.SyncRead) {
		return nil, errs.Denied(models.SyncRead.Key(), "You may not read a person's accounts: it needs the permission %s.", models.SyncRead.Key())
	}
	person, err := e.people.Get(ctx, actor.Tenant, publicID)
	if err != nil {
		return nil, err
	}
	sources, err := selectSources(ctx, e.db.Read(actor.Tenant))
	if err != nil {
		return nil, err
	}
	accounts, err := selectAccountsOf(ctx, e.db.Read(actor.Tenant), person.ID)
	if err != nil {
		return nil, err
	}
	var out []Reading
	for i := range sources {
		s := &sources[i]
		if s.State == models.ConnectorDraft {
			continue
		}
		for _, key := range s.keysOf(accounts, person.Identities) {
			out = append(out, e.readNow(ctx, s, key))
		}
	}
	return out, ctx.Err()
}

// keysOf gives the accounts of a person at a source: those that were read, and
// those they signed in with.
func (s *source) keysOf(accounts []models.Account, identities []models.Identity) []string {
	var keys []string
	seen := map[string]bool{}
	add := func(key string) {
		if !seen[key] && isKey(key) {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	for _, a := range accounts {
		if a.ConnectorID == s.ID {
			add(a.Key)
		}
	}
	issuer := s.settings.EffectiveIssuer()
	for _, i := range identities {
		if issuer != "" && i.Issuer == issuer {
			add(i.Subject)
		}
	}
	return keys
}

func (e *Engine) readNow(ctx context.Context, s *source, key string) Reading {
	out := Reading{Connector: s.connectorRef(), Key: key, At: e.db.Now()}
	fail := func(err error) Reading {
		out.Found, out.Sentence = FoundFailed, sentenceOf(err)
		return out
	}
	state, err := selectState(ctx, e.db.Read(s.TenantID), s.ID)
	if err != nil {
		return fail(err)
	}
	if why := s.notReading(state); why != "" {
		return fail(errs.New(errs.Conflict, "%s is not read now. %s", s.Name, why))
	}
	system, err := e.systems.Open(ctx, s.TenantID, s.ID)
	if err != nil {
		return fail(err)
	}
	readings, gone, err := e.readOne(ctx, s, system, []string{key})
	if err != nil {
		return fail(err)
	}
	t, err := e.storeNow(ctx, s, &page{readings: readings, gone: gone, via: models.ViaSync})
	switch {
	case err != nil:
		e.log.ErrorContext(ctx, "an account that was read could not be stored", "connector", s.ID, "error", err.Error())
		return fail(err)
	case t.held > 0:
		out.Found, out.Sentence = FoundHeld, "It was read. What it would take away waits until somebody decides about the stopped run of "+s.Name+"."
	case len(gone) > 0:
		out.Found, out.Sentence = FoundGone, s.Name+" does not know this account."
	default:
		out.Found, out.Sentence = FoundThere, "It was read and compared."
	}
	return out
}

// storeNow stores a page outside of any run.
func (e *Engine) storeNow(ctx context.Context, s *source, p *page) (t tally, err error) {
	err = e.db.Maintain(ctx, s.TenantID, store.SyncPage, func(ctx context.Context, tx *store.Tx) error {
		state, err := lockState(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		t, err = e.storePage(ctx, tx, s, &state, p)
		return err
	})
	return t, err
}

// Arrival is what a provider said about somebody who just signed in.
type Arrival struct {
	Tenant  int64
	Issuer  string
	Account connector.Account // ID is the subject; what was not said is empty
}

// signInTime is how long a sign-in waits for its account to be stored. Nothing
// depends on it: the next read sees the same.
const signInTime = 2 * time.Second

// SignedIn refreshes the account of somebody who signed in, by what the provider
// said, and what differs. What a sign-in does not say stays as it was read. It
// says nothing about groups: signing in decides about roles itself.
func (e *Engine) SignedIn(ctx context.Context, a Arrival) {
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	if err := e.signedIn(ctx, a); err != nil {
		e.log.WarnContext(ctx, "the account of a sign-in was not refreshed", "error", err.Error())
	}
}

func (e *Engine) signedIn(ctx context.Context, a Arrival) error {
	r := e.db.Read(a.Tenant)
	sources, err := selectSources(ctx, r)
	if err != nil {
		return err
	}
	a.Account.Enabled, a.Account.Groups, a.Account.Roles = true, nil, nil
	for i := range sources {
		s := &sources[i]
		if a.Issuer == "" || s.settings.EffectiveIssuer() != a.Issuer {
			continue
		}
		state, err := selectState(ctx, r, s.ID)
		if err != nil {
			return err
		}
		if s.notReading(state) != "" {
			continue
		}
		p := &page{readings: []reading{{account: a.Account, at: e.db.Now(), partial: true}}, via: models.ViaSync}
		if _, err := e.storeNow(ctx, s, p); err != nil {
			return err
		}
	}
	return nil
}

package signin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// How much is asked at once: of each provider one batch after the other, with a
// few questions in flight.
const (
	grantBatch = 20
	grantLanes = 4
	maxRounds  = 50 // in one go; what is left is due the next time
)

// KeepUp asks providers about whom they vouched for, as it falls due, and takes
// tokens back, until ctx ends. Any number of replicas may do so.
func (f *Flow) KeepUp(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := f.Revalidate(ctx); err != nil && ctx.Err() == nil {
			f.log.ErrorContext(ctx, "who is signed in could not be looked at again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-f.wake:
		}
	}
}

// hurry makes KeepUp look now.
func (f *Flow) hurry() {
	select {
	case f.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Revalidate does what is due now and says how many grants it dealt with. A
// provider that does not answer is left alone until its grants fall due again;
// nobody is signed out by that (OIDC-42).
func (f *Flow) Revalidate(ctx context.Context) (int, error) {
	var all sync.WaitGroup
	var n atomic.Int64
	var mu sync.Mutex
	var wrong error
	for key := range f.providers.Names() {
		p, ok := f.providers.find(key)
		if !ok {
			continue
		}
		all.Go(func() {
			done, err := f.revalidateAt(ctx, p)
			n.Add(int64(done))
			mu.Lock()
			defer mu.Unlock()
			wrong = errors.Join(wrong, err)
		})
	}
	all.Wait()
	return int(n.Load()), wrong
}

func (f *Flow) revalidateAt(ctx context.Context, p *provider) (int, error) {
	total := 0
	for range maxRounds {
		batch, err := f.lease(ctx, leaseOf{provider: p.Key(), limit: grantBatch})
		if err != nil || len(batch) == 0 {
			return total, err
		}
		total += len(batch)
		if !f.attendAll(ctx, p, batch) || ctx.Err() != nil {
			return total, nil
		}
	}
	return total, nil
}

func (f *Flow) lease(ctx context.Context, of leaseOf) ([]due, error) {
	token, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("lease: %w", err)
	}
	var found []due
	err = f.store.Maintain(ctx, f.tenant, store.GrantKeeping, func(ctx context.Context, tx *store.Tx) error {
		if of.user != 0 { // marked and taken in one: in between the background would come first
			if err := endGrantsOfUser(ctx, tx, of.user); err != nil {
				return err
			}
		}
		var err error
		found, err = lease(ctx, tx, of, token.String())
		return err
	})
	return found, err
}

// attendAll works on a batch. When the provider does not answer the rest is put
// off unasked; then it is false.
func (f *Flow) attendAll(ctx context.Context, p *provider, batch []due) bool {
	var lanes sync.WaitGroup
	var down atomic.Bool
	work := make(chan *due)
	for range min(grantLanes, len(batch)) {
		lanes.Go(func() {
			for g := range work {
				a := &attending{Flow: f, provider: p, grant: g}
				answers, err := a.attend(ctx, down.Load())
				if !answers {
					down.Store(true)
				}
				if still := (errStill{}); err != nil && !errors.Is(err, errLostLease) && !errors.As(err, &still) && ctx.Err() == nil {
					f.log.ErrorContext(ctx, "a grant could not be looked after", "grant", g.PublicID, "error", err)
				}
			}
		})
	}
	for i := range batch {
		work <- &batch[i]
	}
	close(work)
	lanes.Wait()
	return !down.Load()
}

// attend does what is due with one grant.
func (a *attending) attend(ctx context.Context, down bool) (bool, error) {
	g := a.grant
	switch {
	case ctx.Err() != nil, g.LeaseUntil < a.store.Now().Add(leaseLeft):
		return true, nil // too late to begin; the lease runs out
	case g.State == models.GrantDead:
		return true, a.keeping(ctx, g.remove)
	case down:
		return true, a.putOff(ctx, g.Trouble, 0)
	}
	waits, err := a.waits(ctx)
	switch {
	case waits || err != nil:
		return true, err
	case g.State == models.GrantEnding || !a.vouches():
		_, answers, err := a.takeBack(ctx)
		return answers, err
	}
	return a.renew(ctx)
}

// waits leaves a grant alone beside a newer one: it is taken back together with
// that one.
func (a *attending) waits(ctx context.Context) (bool, error) {
	g, next, waits := a.grant, a.provider.next(a.store.Now()), false
	if !a.welcome() {
		return false, nil
	}
	err := a.keeping(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if g.SessionLives && g.State == models.GrantLive {
			if waits, err = g.followed(ctx, tx.Reader); err == nil && waits {
				err = g.settle(ctx, tx, next)
			}
			return err
		}
		if g.SessionID != "" {
			waits, err = g.follow(ctx, tx, next)
		}
		return err
	})
	return waits, err
}

// welcome reports whether the person may be in and the settings want their
// tokens.
func (a *attending) welcome() bool {
	g := a.grant
	return a.provider.config.Refresh && a.gate(a.provider, &models.User{Status: g.Status, LeavingAt: g.LeavingAt}, a.store.Now()) == nil
}

// vouches reports whether the grant still is of use: its session lives, or it
// outlived it by right.
func (a *attending) vouches() bool {
	return (a.grant.SessionLives || a.grant.SessionID == "") && a.welcome()
}

// Holder is somebody of whom a provider's tokens are held.
type Holder struct {
	User             int64
	Provider, Issuer string
}

// TokenHolders says of which of the people there are tokens to be taken back. For
// so long the background leaves them to TakeBackTokens: what it took back could
// not be proven by whoever calls that.
func (f *Flow) TokenHolders(ctx context.Context, tx *store.Tx, users []int64, patience time.Duration) ([]Holder, error) {
	found, err := selectHolders(ctx, tx.Reader, users)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found, leaveGrants(ctx, tx, users, tx.Now.Add(patience))
}

// leftToSteps is how long the background leaves a token alone that could not be
// taken back yet: whoever tries to prove it tries again before.
const leftToSteps = 15 * time.Minute

// TakenBack is what became of a person's tokens.
type TakenBack struct {
	Tokens int // that were held
	Proven int // that were seen alive before and dead after
	Looks  []Look
}

// TakeBackTokens takes back and forgets every token of a person that Rollcall
// holds, of all sessions and those that outlived them (BCL-12). Doing it twice is
// no error. An error means that some are left: they are tried again, by whoever
// calls and in the background. It reaches only the tokens of this client: what
// other applications hold is theirs (TOK-03).
func (f *Flow) TakeBackTokens(ctx context.Context, user int64) (TakenBack, error) {
	var out TakenBack
	batch, err := f.lease(ctx, leaseOf{user: user, limit: 200})
	if err != nil {
		return out, err
	}
	lost := int64(0) // of providers that are not here any more: nobody to ask, forgotten with time
	for i := range batch {
		p, ok := f.providers.find(batch[i].Provider)
		if !ok {
			lost++
			out.Tokens++
			continue
		}
		a := &attending{Flow: f, provider: p, grant: &batch[i], prove: true}
		done, _, took := a.takeBack(ctx)
		if took != nil {
			err = errors.Join(err, took)
			continue
		}
		out.Tokens++
		out.Looks = append(out.Looks, done.looks...)
		if done.dead {
			out.Proven++
		}
	}
	if err != nil {
		return out, err
	}
	left, err := countGrants(ctx, f.store.Read(f.tenant), user)
	if err == nil && left > lost {
		err = errs.New(errs.Unavailable, "Some tokens are being taken back by another replica at this moment.")
	}
	return out, err
}

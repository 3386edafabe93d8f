package outside

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
)

var (
	_ connector.LockReader    = (*System)(nil)
	_ connector.Unlocker      = (*System)(nil)
	_ connector.FactorReader  = (*System)(nil)
	_ connector.HistoryReader = (*System)(nil)
)

// proof is what an account proves itself with, and whether guessing locked it.
type proof struct {
	Account string             `json:"account"`
	Lock    connector.Lock     `json:"lock"`
	Factors []connector.Factor `json:"factors,omitempty"`
}

// Prove says what an account proves itself with and whether guessing locked it.
func (s *System) Prove(account string, lock connector.Lock, factors ...connector.Factor) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note(line{Proof: &proof{account, lock, factors}})
}

// Locked reports whether guessing keeps an account out at this moment.
func (s *System) Locked(account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lock(account).Locked
}

// lock gives the lock of an account; one whose time is over is open.
func (s *System) lock(account string) connector.Lock {
	lock := s.proofs[account].Lock
	lock.Protected = true
	if lock.Locked && !lock.Forever && !s.Now().Before(lock.Until) {
		return connector.Lock{Protected: true}
	}
	return lock
}

// ReadLock reads whether wrong passwords locked an account.
func (s *System) ReadLock(ctx context.Context, id string) (connector.Lock, error) {
	if _, err := s.ReadPerson(ctx, id); err != nil {
		return connector.Lock{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lock(id), nil
}

// Unlock lifts a lock.
func (s *System) Unlock(ctx context.Context, id string) error {
	if err := s.may(ctx, "unlock an account"); err != nil {
		return err
	}
	if _, err := s.ReadPerson(ctx, id); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.lock(id).Locked {
		return nil
	}
	return s.note(line{Proof: &proof{Account: id, Factors: s.proofs[id].Factors}},
		s.tell(connector.Event{Kind: connector.EventChanged, AccountID: id, Actor: byConsole, Reason: "unlocked"}))
}

// ReadFactors reads what an account can prove itself with.
func (s *System) ReadFactors(ctx context.Context, id string) ([]connector.Factor, error) {
	a, err := s.ReadPerson(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.proofs[id].Factors; len(known) > 0 {
		return slices.Clone(known), nil
	}
	return []connector.Factor{{Kind: connector.FactorPassword, Word: "password", CreatedAt: a.CreatedAt}}, nil
}

// ReadHistory reads the newest sign-ins and refused ones of an account.
func (s *System) ReadHistory(ctx context.Context, id string, limit int) ([]connector.Event, error) {
	if _, err := s.ReadPerson(ctx, id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []connector.Event
	for _, h := range slices.Backward(s.events) {
		if len(out) >= limit {
			break
		}
		if h.event.AccountID == id && (h.event.Kind == connector.EventSignedIn || h.event.Kind == connector.EventSignInFailed) {
			out = append(out, h.event)
		}
	}
	slices.SortStableFunc(out, func(a, b connector.Event) int { return b.At.Compare(a.At) })
	return out, nil
}

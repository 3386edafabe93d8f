package keycloak

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

const (
	stepLock    = "read whether one person is locked"
	stepUnlock  = "unlock one person"
	stepFactors = "read the credentials of one person"
)

// ReadLock reads whether guessing of passwords locked an account. A lock for good
// has also disabled the account.
func (s *system) ReadLock(ctx context.Context, id string) (connector.Lock, error) {
	if _, err := s.person(ctx, id, stepLock); err != nil {
		return connector.Lock{}, err // Keycloak says "not locked" of people it does not know
	}
	path, err := s.account(id, stepLock)
	if err != nil {
		return connector.Lock{}, err
	}
	var status struct {
		Locked   bool   `json:"disabled"`
		Failures int    `json:"numFailures"`
		Until    int64  `json:"failedLoginNotBefore"` // seconds; the largest number is for good
		Last     int64  `json:"lastFailure"`          // milliseconds
		From     string `json:"lastIPFailure"`
	}
	err = s.call(ctx, request{path: "/attack-detection/brute-force" + path, step: stepLock, role: roleView}, &status)
	if err != nil {
		return connector.Lock{}, err
	}
	var realm struct {
		Protected bool `json:"bruteForceProtected"`
	}
	if err := s.call(ctx, request{step: stepLock, role: roleView}, &realm); err != nil {
		return connector.Lock{}, err
	}
	lock := connector.Lock{Locked: status.Locked, Failures: status.Failures, Since: millis(status.Last), Protected: realm.Protected}
	if !lock.Since.IsZero() && status.From != "n/a" {
		lock.From = clean(status.From)
	}
	if status.Locked {
		lock.Forever = status.Until > farMillis/1000
		if !lock.Forever && status.Until > 0 {
			lock.Until = time.Unix(status.Until, 0).UTC()
		}
	}
	return lock, nil
}

// Unlock forgets wrong passwords. It enables nobody: an account that a lock for
// good disabled stays disabled until SetEnabled, because somebody may have
// disabled it for another reason meanwhile.
func (s *system) Unlock(ctx context.Context, id string) error {
	if _, err := s.person(ctx, id, stepUnlock); err != nil {
		return err
	}
	path, err := s.account(id, stepUnlock)
	if err != nil {
		return err
	}
	return s.call(ctx, request{method: http.MethodDelete, path: "/attack-detection/brute-force" + path, step: stepUnlock, role: roleManage}, nil)
}

// ReadFactors reads what an account can prove itself with.
func (s *system) ReadFactors(ctx context.Context, id string) ([]connector.Factor, error) {
	path, err := s.account(id, stepFactors)
	if err != nil {
		return nil, err
	}
	var found []struct {
		Type    string `json:"type"`
		Created int64  `json:"createdDate"`
	}
	err = s.call(ctx, request{path: path + "/credentials", step: stepFactors, role: roleView}, &found)
	if err != nil {
		return nil, err
	}
	factors := make([]connector.Factor, len(found))
	for i, one := range found {
		factors[i] = connector.Factor{Kind: factorKind(one.Type), Word: clean(one.Type), CreatedAt: millis(one.Created)}
	}
	return factors, nil
}

func factorKind(word string) connector.FactorKind {
	switch {
	case word == "password":
		return connector.FactorPassword
	case word == "otp":
		return connector.FactorCode
	case strings.HasPrefix(word, "webauthn"), strings.HasPrefix(word, "passkey"):
		return connector.FactorKey
	case word == "recovery-authn-codes":
		return connector.FactorRecovery
	}
	return connector.FactorOther
}

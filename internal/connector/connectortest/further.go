package connectortest

import (
	"context"
	"slices"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

func (s *suite) listApps(t *testing.T) {
	lister := as[connector.AppLister](t, s.system)
	made := s.Apps(t)
	apps, err := lister.ListApps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range made {
		i := slices.IndexFunc(apps, func(a connector.App) bool { return a.ClientID == want.ClientID })
		if i < 0 || apps[i] != want {
			t.Errorf("want %+v among %+v", want, apps)
		}
	}
}

func (s *suite) readLock(t *testing.T) {
	reader := as[connector.LockReader](t, s.system)
	id := s.AddPerson(t, somebody("guessed"))
	if lock, err := reader.ReadLock(t.Context(), id); err != nil || lock.Locked || lock.Failures != 0 {
		t.Fatalf("before: %+v, %v", lock, err)
	}
	s.Lock(t, id)
	lock, err := reader.ReadLock(t.Context(), id)
	if err != nil || !lock.Locked || !lock.Protected || lock.Failures == 0 || lock.Since.IsZero() {
		t.Errorf("locked: %+v, %v", lock, err)
	}
	if !lock.Forever && lock.Until.IsZero() {
		t.Errorf("neither for good nor until a time: %+v", lock)
	}
	_, err = reader.ReadLock(t.Context(), s.Unknown)
	if f := Failed(t, err); f.Kind != connector.FailNotFound {
		t.Errorf("of nobody: %v", err)
	}
}

func (s *suite) unlock(t *testing.T) {
	unlocker := as[connector.Unlocker](t, s.system)
	id := s.AddPerson(t, somebody("unlocked"))
	s.Lock(t, id)
	for range 2 { // lifting none is no error
		if err := unlocker.Unlock(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if lock, err := as[connector.LockReader](t, s.system).ReadLock(t.Context(), id); err != nil || lock.Locked {
			t.Errorf("unlocked: %+v, %v", lock, err)
		}
	}
	if f := Failed(t, unlocker.Unlock(t.Context(), s.Unknown)); f.Kind != connector.FailNotFound {
		t.Errorf("nobody was unlocked: %v", f)
	}
}

func (s *suite) readFactors(t *testing.T) {
	reader := as[connector.FactorReader](t, s.system)
	id := s.AddPerson(t, somebody("factors"))
	found, err := reader.ReadFactors(t.Context(), id)
	if err != nil || !slices.ContainsFunc(found, func(f connector.Factor) bool { return f.Kind == s.Factor && f.Word != "" }) {
		t.Errorf("want %s among %+v, %v", s.Factor, found, err)
	}
	_, err = reader.ReadFactors(t.Context(), s.Unknown)
	if f := Failed(t, err); f.Kind != connector.FailNotFound {
		t.Errorf("of nobody: %v", err)
	}
}

// check wants a connection test that passes on a system that works, in which
// every result speaks.
func (s *suite) check(t *testing.T) {
	keys := make(map[string]bool)
	s.system.Check(t.Context(), func(c connector.Check) {
		if c.Key == "" || keys[c.Key] || c.Label == "" || c.Sentence == "" {
			t.Errorf("a result without a key of its own, a label or a sentence: %+v", c)
		}
		keys[c.Key] = true
		if !s.Reading && c.State != connector.CheckPassed && c.State != connector.CheckWarning {
			t.Errorf("%s %s: %s", c.Key, c.State, c.Sentence)
		}
		if (c.State == connector.CheckPassed) != (c.Fix == "") {
			t.Errorf("%s %s with the fix %q", c.Key, c.State, c.Fix)
		}
	})
	if len(keys) == 0 {
		t.Error("nothing was checked")
	}
}

// callerGone wants a failure, at once, when the caller has left.
func (s *suite) callerGone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range s.does.Has {
		if _, err := attempts[c](ctx, s.system, s.Unknown); err != nil {
			_ = Failed(t, err)
		} else {
			t.Errorf("%s works for a caller that has left", c)
		}
	}
}

package connectortest

import (
	"slices"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

func (s *suite) listChanges(t *testing.T) {
	lister := as[connector.ChangeLister](t, s.system)
	changed, removed := s.AddPerson(t, somebody("changed")), s.AddPerson(t, somebody("removed"))
	start := s.changes(t, lister, "")
	if len(start.Changed)+len(start.Removed) != 0 || !start.Whole {
		t.Errorf("the point of now comes with changes: %+v", start)
	}
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // so that nothing shares a second
	s.ChangePerson(t, changed)
	s.RemovePerson(t, removed)
	made := s.AddPerson(t, somebody("madelater"))
	c := s.changes(t, lister, start.Next)
	if !slices.Contains(c.Changed, changed) || !slices.Contains(c.Changed, made) {
		t.Errorf("changed and made: %+v", c)
	}
	if !slices.Contains(c.Removed, removed) || slices.Contains(c.Changed, removed) {
		t.Errorf("removed: %+v", c)
	}
	if !c.Whole {
		t.Errorf("not whole: %s", c.Why)
	}
	if again := s.changes(t, lister, c.Next); !again.Whole {
		t.Errorf("nothing happened, and it is not whole: %s", again.Why)
	}
	// The same point may be asked again: a run that broke off begins anew there.
	if repeat := s.changes(t, lister, start.Next); !slices.Contains(repeat.Changed, changed) || !slices.Contains(repeat.Removed, removed) {
		t.Errorf("the same point gives %+v", repeat)
	}
	if c, err := lister.ListChanges(t.Context(), "no point of ours"); err == nil && (c.Whole || c.Why == "" || c.Next == "") {
		t.Errorf("a point of nobody's gives a whole answer: %+v", c)
	}
}

func (s *suite) changes(t *testing.T, lister connector.ChangeLister, since string) connector.Changes {
	t.Helper()
	c, err := lister.ListChanges(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	if c.Next == "" {
		t.Fatal("no point to continue from")
	}
	if !c.Whole && c.Why == "" {
		t.Error("not whole, and no sentence says why")
	}
	return c
}

func (s *suite) listEvents(t *testing.T) {
	lister := as[connector.EventLister](t, s.system)
	id := s.AddPerson(t, somebody("eventful"))
	before, start, err := lister.ListEvents(t.Context(), "")
	if err != nil || start == "" {
		t.Fatalf("point %q, %v", start, err)
	}
	s.SignIn(t, id)
	s.Refuse(t, id)
	s.ChangePerson(t, id)
	events, next, err := lister.ListEvents(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	seen, kinds := orderly(t, events, id)
	for _, kind := range []connector.EventKind{connector.EventSignedIn, connector.EventSignInFailed, connector.EventChanged} {
		if kinds[kind] == 0 {
			t.Errorf("no event %s among %v", kind, kinds)
		}
	}
	// Nothing new: what is given again is what was given before.
	events, _, err = lister.ListEvents(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range before {
		seen[e.ID] = true
	}
	for _, e := range events {
		if e.AccountID == id && !seen[e.ID] {
			t.Errorf("an event that was not given before: %+v", e)
		}
	}
}

// orderly holds that events have ids of their own and come the oldest first. It
// gives the ids, and how many of each kind are about one account.
func orderly(t *testing.T, events []connector.Event, id string) (seen map[string]bool, kinds map[connector.EventKind]int) {
	t.Helper()
	seen, kinds = make(map[string]bool), make(map[connector.EventKind]int)
	for i, e := range events {
		if e.ID == "" || seen[e.ID] || e.At.IsZero() {
			t.Errorf("an event without an id of its own or a time: %+v", e)
		}
		seen[e.ID] = true
		if i > 0 && e.At.Before(events[i-1].At) {
			t.Error("the oldest is not the first")
		}
		if e.AccountID == id {
			kinds[e.Kind]++
		}
	}
	return seen, kinds
}

func (s *suite) readHistory(t *testing.T) {
	reader := as[connector.HistoryReader](t, s.system)
	id := s.AddPerson(t, somebody("historic"))
	s.SignIn(t, id)
	s.Refuse(t, id)
	events, err := reader.ReadHistory(t.Context(), id, 10)
	if err != nil || len(events) < 2 {
		t.Fatalf("%v, %v", events, err)
	}
	if events[0].Kind != connector.EventSignInFailed || events[len(events)-1].Kind != connector.EventSignedIn {
		t.Errorf("the newest is not the first: %+v", events)
	}
	if events[0].AccountID != id || events[0].At.IsZero() || events[0].Reason == "" {
		t.Errorf("says too little: %+v", events[0])
	}
	if one, err := reader.ReadHistory(t.Context(), id, 1); err != nil || len(one) != 1 || one[0].ID != events[0].ID {
		t.Errorf("the newest alone: %v, %v", one, err)
	}
}

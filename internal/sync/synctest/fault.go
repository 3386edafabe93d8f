package synctest

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Fault makes calls of a method go wrong.
type Fault struct {
	Method string // "ListPeople" ...; "": every method
	After  int    // this many calls go well first
	Times  int    // then so many go wrong; 0: all
	What   What
	Wait   time.Duration // with Busy: what the source asks for

	calls int
}

// What says in which way a call goes wrong.
type What string

// The ways.
const (
	Refused   What = "401"
	Forbidden What = "403"
	NotThere  What = "404"
	Conflict  What = "409"
	Busy      What = "429"
	Broken    What = "500"
	Garbage   What = "garbage"     // an answer that makes no sense
	Half      What = "half a page" // half the people, and no word of a next page
	Same      What = "same page"   // the page before once more
	Total     What = "total"       // another number than before
	Never     What = "never"       // no answer
	Panic     What = "panic"       // the adapter breaks
	Lie       What = "lie"         // says it is done, and does nothing
	Another   What = "another"     // somebody else than was asked for
	Rubbish   What = "rubbish"     // accounts without an id among the others
)

// Fail makes calls go wrong until Heal.
func (s *System) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal makes everything go well again.
func (s *System) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// enter counts a call and says what goes wrong with it: a failure to give back,
// or a way for the method itself to go wrong.
func (s *System) enter(ctx context.Context, method string) (What, error) {
	s.mu.Lock()
	s.calls[method]++
	var hit *Fault
	for _, f := range s.faults {
		if f.Method != "" && f.Method != method {
			continue
		}
		if f.calls++; f.calls > f.After && (f.Times == 0 || f.calls <= f.After+f.Times) {
			hit = f
			break
		}
	}
	s.mu.Unlock()
	if hit == nil {
		return "", nil
	}
	switch hit.What {
	case Never:
		<-ctx.Done()
		return "", ctx.Err()
	case Panic:
		panic("synctest: told to")
	case Half, Same, Total, Lie, Another, Rubbish:
		return hit.What, nil
	case Refused, Forbidden, NotThere, Conflict, Busy, Broken, Garbage:
	}
	return "", hit.failure(method)
}

func (f *Fault) failure(method string) error {
	said := map[What]connector.Failure{
		Refused:   {Kind: connector.FailRefused, Status: 401, Sentence: "The source does not accept our credentials.", Fix: "Enter them again."},
		Forbidden: {Kind: connector.FailForbidden, Status: 403, Sentence: "The source does not let us read people.", Fix: "Give the service account the role view-users."},
		NotThere:  {Kind: connector.FailNotFound, Status: 404, Sentence: "The source does not know this."},
		Conflict:  {Kind: connector.FailConflict, Status: 409, Sentence: "The source says that something stands in the way."},
		Busy:      {Kind: connector.FailBusy, Status: 429, RetryAfter: f.Wait, Sentence: "The source asks us to wait."},
		Broken:    {Kind: connector.FailBroken, Status: 500, Sentence: "The source broke down."},
		Garbage:   {Kind: connector.FailAnswer, Status: 200, Sentence: "The source's answer makes no sense."},
	}[f.What]
	said.System, said.Step = "Test source", method
	return connector.Fail(said, nil)
}

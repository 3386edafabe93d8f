package synctest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// System is a source. Its zero value is empty and does as it is asked; it is
// safe for use by many goroutines.
type System struct {
	mu      sync.Mutex
	n       int                          // generated people: 0 to n-1
	changed map[string]connector.Account // by id, instead of the generated one, or added
	added   []string                     // ids beyond the generated ones, in their order
	removed map[string]bool
	log     []string // ids in the order they changed; "-id" was removed
	forget  int      // changes before this point are forgotten
	events  []connector.Event
	faults  []*Fault
	calls   map[string]int
	overlap int
	domain  string
	now     func() time.Time
}

// New gives a source of n people. now is its clock; nil is the machine's.
func New(n int, now func() time.Time) *System {
	if now == nil {
		now = time.Now
	}
	return &System{n: n, changed: map[string]connector.Account{}, removed: map[string]bool{}, calls: map[string]int{}, now: now}
}

// ID gives the id of a generated person.
func ID(i int) string { return fmt.Sprintf("u%07d", i) }

// Person gives a generated person as they are before anything changes them.
func Person(i int) connector.Account {
	name := fmt.Sprintf("Person %d", i)
	return connector.Account{
		ID: ID(i), Username: fmt.Sprintf("person%d", i), Email: fmt.Sprintf("person%d@northwind.example", i), EmailVerified: true,
		DisplayName: name, GivenName: "Person", FamilyName: strconv.Itoa(i), Enabled: true,
		Attributes: map[string][]string{"department": {fmt.Sprintf("Department %d", i%20)}, "title": {"Clerk"}},
		Groups:     []string{"everybody"}, Roles: []string{},
	}
}

// Size gives how many people there are now.
func (s *System) Size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n + len(s.added) - len(s.removed)
}

// Get gives somebody as they are now; false when they are not there.
func (s *System) Get(id string) (connector.Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(id)
}

func (s *System) get(id string) (connector.Account, bool) {
	if s.removed[id] {
		return connector.Account{}, false
	}
	if a, ok := s.changed[id]; ok {
		return clone(a), true
	}
	if i, err := strconv.Atoi(id[min(1, len(id)):]); err == nil && i >= 0 && i < s.n && id == ID(i) {
		a := Person(i)
		if s.domain != "" {
			a.Email = a.Username + "@" + s.domain
		}
		return a, true
	}
	return connector.Account{}, false
}

func clone(a connector.Account) connector.Account {
	a.Attributes = maps.Clone(a.Attributes)
	a.Groups, a.Roles = slices.Clone(a.Groups), slices.Clone(a.Roles)
	return a
}

// Change lets fn change somebody, whoever they are, and tells of it as an event
// by the actor. It adds somebody who is not there.
func (s *System) Change(id, actor string, fn func(*connector.Account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change(id, actor, fn)
}

func (s *System) change(id, actor string, fn func(*connector.Account)) {
	a, there := s.get(id)
	if !there {
		a = connector.Account{ID: id, Enabled: true}
		if _, known := s.changed[id]; !known && !s.generated(id) {
			s.added = append(s.added, id)
		}
		delete(s.removed, id)
	}
	fn(&a)
	s.changed[id] = a
	s.log = append(s.log, id)
	s.tell(connector.EventChanged, id, actor)
}

func (s *System) generated(id string) bool {
	i, err := strconv.Atoi(id[min(1, len(id)):])
	return err == nil && i >= 0 && i < s.n && id == ID(i)
}

// Remove takes somebody away and tells of it.
func (s *System) Remove(id, actor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.get(id); !there {
		return
	}
	s.removed[id] = true
	s.log = append(s.log, "-"+id)
	s.tell(connector.EventRemoved, id, actor)
}

// Empty takes everybody away without a word, as a changed filter does. Restore
// brings them back.
func (s *System) Empty() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.n {
		s.removed[ID(i)] = true
	}
	for _, id := range s.added {
		s.removed[id] = true
	}
}

// Restore brings everybody back who was removed.
func (s *System) Restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.removed)
}

func (s *System) tell(kind connector.EventKind, id, actor string) {
	s.events = append(s.events, connector.Event{ID: strconv.Itoa(len(s.events) + 1), Kind: kind, At: s.now(), AccountID: id, Actor: actor})
}

// Events gives everything that was told so far.
func (s *System) Events() []connector.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// Forget makes the source forget what changed until now: a point given before
// leads to an answer that is not whole.
func (s *System) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget = len(s.log) + 1
}

// Domain gives generated people addresses of a domain, so that those of two
// sources are not alike.
func (s *System) Domain(domain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.domain = domain
}

// Overlap makes each page begin with so many people of the one before.
func (s *System) Overlap(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overlap = n
}

// Calls gives how often a method was called.
func (s *System) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Describe says that it can do everything.
func (s *System) Describe(context.Context) (connector.Description, error) {
	return connector.Description{Product: "Test source", Has: connector.Capabilities, Writes: []string{"title", "department"}}, nil
}

// Check has nothing to check.
func (s *System) Check(context.Context, func(connector.Check)) {}

// Close has nothing to close.
func (s *System) Close() {}

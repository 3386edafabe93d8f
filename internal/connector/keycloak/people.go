package keycloak

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/outbound"
)

// The steps of reading people, as sentences name them.
const (
	stepPage = "read a page of people"
	stepOne  = "read one person"
	stepFind = "find a person"
)

// ListPeople lists everybody, service accounts excepted, in the order of their
// usernames: see place for how nobody is lost. The total is the one of the
// beginning.
func (s *system) ListPeople(ctx context.Context, from connector.Cursor, limit int) (connector.Page, error) {
	p, ok := readPlace(from)
	if !ok {
		return connector.Page{}, s.guard.Fail(connector.FailInvalid, stepPage, "This is no place in the list of people of "+s.name+".", "Read the list from its beginning.")
	}
	if limit <= 0 || limit > fullPage {
		limit = fullPage
	}
	r := reading{system: s, place: p, limit: limit}
	for range mostTries {
		people, done, err := r.next(ctx)
		if err != nil {
			return connector.Page{}, err
		}
		if len(people) > 0 || done {
			return r.page(people, done)
		}
	}
	return connector.Page{}, r.tooFast()
}

// mostTries bounds how often one call reads on because the list shifted by more
// than a page.
const mostTries = 50

// reading is one call of ListPeople.
type reading struct {
	*system
	place
	limit int
	early int // how often the list ended before the count
}

func (r *reading) page(people []person, done bool) (connector.Page, error) {
	page := connector.Page{Accounts: make([]connector.Account, len(people)), Total: r.Total}
	for i, p := range people {
		var err error
		if page.Accounts[i], err = r.read(p, stepPage); err != nil {
			return connector.Page{}, err
		}
	}
	if !done {
		page.Next = r.spell()
	}
	return page, nil
}

// next reads on. It may give nobody and not be done: the list shifted.
func (r *reading) next(ctx context.Context) (people []person, done bool, err error) {
	if len(r.Anchors) == 0 {
		return r.first(ctx)
	}
	size := r.size()
	at := max(0, r.Next-len(r.Anchors))
	page, full, err := r.fetch(ctx, at, size+len(r.Anchors))
	if err != nil {
		return nil, false, err
	}
	rest, skipped, found := r.behind(page)
	if !found {
		if at, page, full, err = r.search(ctx, at, size); err != nil {
			return nil, false, err
		}
		if rest, skipped, found = r.behind(page); !found {
			return nil, false, r.beginAgain()
		}
	}
	rest = rest[:min(len(rest), r.limit)]
	r.pass(rest, at+skipped)
	// Only an anchor with nobody behind it is the end: where accounts come from a
	// directory behind Keycloak, a page may be short in the middle.
	if len(rest) > 0 || full {
		return rest, false, nil
	}
	done, err = r.atEnd(ctx)
	return nil, done, err
}

// atEnd holds the end of a list against the count: half a list must not look
// like a list. The place is the length of the list as it is now, so only what
// happens between the two requests can set them apart, and people of a directory
// behind Keycloak that it counts and cannot show.
func (r *reading) atEnd(ctx context.Context) (bool, error) {
	n, err := r.count(ctx)
	if err != nil {
		return false, err
	}
	if n-r.Next <= max(littleApart, n/20) {
		return true, nil
	}
	if r.early++; r.early < 3 {
		return false, nil // many may just have been added: read on
	}
	return false, r.guard.Fail(connector.FailAnswer, stepPage,
		r.name+" counts "+thousands(n)+" people, and its list ends after "+thousands(r.Next)+". Nobody is taken to be gone.",
		"Check that no proxy changes the answers of Keycloak, and that a directory behind it (User federation) works.")
}

// first reads the beginning. Keycloak shows an empty list to a service account
// that may count people but not see them; that is no empty realm.
func (r *reading) first(ctx context.Context) (people []person, done bool, err error) {
	if r.Total, err = r.count(ctx); err != nil {
		return nil, false, err
	}
	people, _, err = r.fetch(ctx, 0, r.size())
	if err != nil {
		return nil, false, err
	}
	if len(people) == 0 && r.Total > 0 {
		return nil, false, r.guard.Fail(connector.FailForbidden, stepPage,
			r.name+" counts "+thousands(r.Total)+" people and lists nobody: the service account "+r.client+" lacks the role "+roleView+".", r.fixRole(roleView))
	}
	people = people[:min(len(people), r.limit)]
	r.pass(people, 0)
	return people, len(people) == 0, nil
}

// search looks for an anchor in the pages around a place, nearest first, both
// ways. It gives the page it found one in, or the last it looked at.
func (r *reading) search(ctx context.Context, around, size int) (at int, page []person, full bool, err error) {
	ahead := true
	for d := 1; d <= farSearch; d++ {
		for _, try := range []int{around - d*size, around + d*size} {
			if try > around && !ahead || try <= -size {
				continue
			}
			at = max(0, try)
			page, full, err = r.fetch(ctx, at, size+manyAnchors)
			if err != nil {
				return 0, nil, false, err
			}
			if _, _, found := r.behind(page); found {
				return at, page, full, nil
			}
			ahead = ahead && (try < around || len(page) > 0)
		}
	}
	return at, page, full, nil
}

// beginAgain gives up the place: everybody it knew is gone.
func (r *reading) beginAgain() error {
	if r.Again >= manyAgain {
		return r.tooFast()
	}
	r.place = place{Again: r.Again + 1, Size: r.Size}
	return nil
}

func (r *reading) tooFast() error {
	return r.guard.Fail(connector.FailAnswer, stepPage,
		"The people of "+r.name+" changed faster than they could be read. Nobody is taken to be gone.",
		"Read them again when nothing large is being imported or removed there.")
}

func (r *reading) size() int {
	if r.Size > 0 {
		return min(r.Size, r.limit)
	}
	return r.limit
}

// fetch reads one page, a smaller one when the answer is larger than is accepted or
// takes longer than is waited for. A full one has as many people as were asked for.
func (r *reading) fetch(ctx context.Context, at, size int) (people []person, full bool, err error) {
	for {
		people, err = r.fetchOnce(ctx, at, size)
		large := errors.Is(err, outbound.ErrTooLarge) && size > manyAnchors+1
		slow := errors.Is(err, outbound.ErrTime) && size > slowPage && ctx.Err() == nil
		if !large && !slow {
			return people, len(people) == size, err
		}
		size = max(manyAnchors+1, size/2)
		r.Size = size - manyAnchors
	}
}

func (r *reading) fetchOnce(ctx context.Context, at, size int) ([]person, error) {
	var people []person
	err := r.call(ctx, request{path: "/users", step: stepPage, role: roleView, query: url.Values{
		"first": {strconv.Itoa(at)}, "max": {strconv.Itoa(size)}, "briefRepresentation": {"false"},
	}}, &people)
	if err != nil {
		return nil, err
	}
	if len(people) > size {
		return nil, r.guard.Fail(connector.FailAnswer, stepPage, r.name+" sent more people than it was asked for. Nothing of it was used.", "Check that no proxy changes the answers of Keycloak.")
	}
	return people, nil
}

func (s *system) count(ctx context.Context) (int, error) {
	var n int
	err := s.call(ctx, request{path: "/users/count", step: "count the people", role: roleView}, &n)
	if err == nil && n < 0 {
		err = s.guard.Fail(connector.FailAnswer, "count the people", s.name+" counts fewer than no people.", "Check that no proxy changes the answers of Keycloak.")
	}
	return n, err
}

// ReadPerson reads one account.
func (s *system) ReadPerson(ctx context.Context, id string) (connector.Account, error) {
	p, err := s.person(ctx, id, stepOne)
	if err != nil {
		return connector.Account{}, err
	}
	return s.read(p, stepOne)
}

func (s *system) person(ctx context.Context, id, step string) (person, error) {
	var p person
	path, err := s.account(id, step)
	if err != nil {
		return p, err
	}
	return p, s.call(ctx, request{path: path, step: step, role: roleView}, &p)
}

// mostFound is how many accounts FindPerson gives.
const mostFound = 10

// FindPerson finds accounts by exact username and by exact e-mail address.
func (s *system) FindPerson(ctx context.Context, text string) ([]connector.Account, error) {
	if text == "" || len(text) > longID {
		return nil, nil
	}
	var found []connector.Account
	seen := make(map[string]bool)
	for _, by := range []string{"username", "email"} {
		var people []person
		err := s.call(ctx, request{path: "/users", step: stepFind, role: roleView, query: url.Values{
			by: {text}, "exact": {"true"}, "first": {"0"}, "max": {strconv.Itoa(mostFound)}, "briefRepresentation": {"false"},
		}}, &people)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			account, err := s.read(p, stepFind)
			if err != nil {
				return nil, err
			}
			if !seen[p.ID] && len(found) < mostFound {
				seen[p.ID] = true
				found = append(found, account)
			}
		}
	}
	if len(found) == 0 {
		return nil, s.sees(ctx, stepFind, roleView)
	}
	return found, nil
}

package connectortest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

// somebody gives a complete person.
func somebody(username string) Person {
	username = strings.ReplaceAll(username, "-", "")
	return Person{Username: username, Email: username + "@example.org", GivenName: "Amara", FamilyName: "Okafor"}
}

// crowd gives n people in the order of their usernames.
func crowd(prefix string, n int) []Person {
	people := make([]Person, n)
	for i := range people {
		people[i] = somebody(fmt.Sprintf("%s%04d", prefix, i))
	}
	return people
}

func (s *suite) readPerson(t *testing.T) {
	reader := as[connector.PersonReader](t, s.system)
	p := somebody("reader")
	p.Attribute = "Warehouse 3"
	id := s.AddPerson(t, p)
	a, err := reader.ReadPerson(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != id || a.Username != p.Username || a.Email != p.Email || a.GivenName != p.GivenName || a.FamilyName != p.FamilyName || !a.Enabled {
		t.Errorf("read %+v", a)
	}
	if s.Attribute != "" && strings.Join(a.Attributes[s.Attribute], "|") != p.Attribute {
		t.Errorf("attributes %v", a.Attributes)
	}
	for _, unknown := range []string{s.Unknown, "", ".", "..", "../clients", strings.Repeat("x", 5000)} {
		_, err := reader.ReadPerson(t.Context(), unknown)
		if err == nil {
			t.Fatalf("somebody was read as %.20q", unknown)
		}
		if f := Failed(t, err); f.Kind != connector.FailNotFound {
			t.Errorf("%.20q: %v", unknown, err)
		}
	}
	var group sync.WaitGroup
	for range 8 { // safe for many goroutines
		group.Go(func() {
			if a, err := reader.ReadPerson(t.Context(), id); err != nil || a.ID != id {
				t.Errorf("read at once: %v", err)
			}
		})
	}
	group.Wait()
}

func (s *suite) findPerson(t *testing.T) {
	finder := as[connector.PersonFinder](t, s.system)
	p := somebody("findme")
	id := s.AddPerson(t, p)
	s.AddPerson(t, somebody("findmetoo"))
	for _, text := range []string{p.Username, p.Email} {
		found, err := finder.FindPerson(t.Context(), text)
		if err != nil || len(found) != 1 || found[0].ID != id {
			t.Errorf("%q finds %v, %v", text, found, err)
		}
	}
	for _, text := range []string{"", "nobody", "findm", "*", "%"} {
		found, err := finder.FindPerson(t.Context(), text)
		if err != nil || len(found) != 0 {
			t.Errorf("%q finds %v, %v", text, found, err)
		}
	}
}

// listPeople holds that everybody who is there all the time is listed, in a list
// that stands still and in one that does not.
func (s *suite) listPeople(t *testing.T) {
	lister := as[connector.PeopleLister](t, s.system)
	ids := s.AddPeople(t, crowd("list", 60))
	for _, limit := range []int{7, 60, 1000, 0} {
		seen := s.readAll(t, lister, limit, nil)
		for _, id := range ids {
			if seen[id] != 1 {
				t.Fatalf("with pages of %d somebody is listed %d times", limit, seen[id])
			}
		}
	}
	stay, leave := ids[20:], ids[:20]
	page := 0
	seen := s.readAll(t, lister, 7, func() {
		switch page++; {
		case page == 2: // more in front of the reader than a page holds
			s.AddPeople(t, crowd("early", 15))
		case page == 4:
			s.AddPeople(t, crowd("zlate", 5))
		case page > 4 && len(leave) > 0:
			n := min(len(leave), 6)
			for _, id := range leave[:n] {
				s.RemovePerson(t, id)
			}
			leave = leave[n:]
		}
	})
	for _, id := range stay {
		if seen[id] == 0 {
			t.Errorf("somebody who was there all the time was not listed: %s", id)
		}
	}
	if len(leave) > 0 {
		t.Fatalf("the list ended before people left: %d", len(leave))
	}
	_, err := lister.ListPeople(t.Context(), "no cursor of ours", 10)
	if err == nil {
		t.Fatal("a cursor of nobody's was taken")
	}
	_ = Failed(t, err)
}

// readAll reads everybody and counts how often each was listed.
func (s *suite) readAll(t *testing.T, lister connector.PeopleLister, limit int, between func()) map[string]int {
	t.Helper()
	seen := make(map[string]int)
	cursor := connector.Cursor("")
	for range 1000 {
		page, err := lister.ListPeople(t.Context(), cursor, limit)
		if err != nil {
			t.Fatal(err)
		}
		if limit > 0 && len(page.Accounts) > limit {
			t.Fatalf("a page of %d holds %d", limit, len(page.Accounts))
		}
		for _, a := range page.Accounts {
			if a.ID == "" || a.Username == "" {
				t.Fatalf("listed without id or username: %+v", a)
			}
			seen[a.ID]++
		}
		if page.Next == "" {
			return seen
		}
		cursor = page.Next
		if between != nil {
			between()
		}
	}
	t.Fatal("the list does not end")
	return nil
}

func (s *suite) readAccess(t *testing.T) {
	reader := as[connector.AccessReader](t, s.system)
	id := s.AddPerson(t, somebody("access"))
	groups, roles := s.Access(t, id)
	gotGroups, gotRoles, err := reader.ReadAccess(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ want, got []string }{{groups, gotGroups}, {roles, gotRoles}} {
		have := make(map[string]int)
		for _, name := range x.got {
			have[name]++
		}
		for _, name := range x.want {
			if have[name] != 1 {
				t.Errorf("%q is read %d times among %v", name, have[name], x.got)
			}
		}
	}
	none := s.AddPerson(t, somebody("accessnone"))
	gotGroups, gotRoles, err = reader.ReadAccess(t.Context(), none)
	if err != nil || gotGroups == nil || gotRoles == nil {
		t.Errorf("read, and not said to be: %v %v %v", gotGroups, gotRoles, err)
	}
	if _, _, err = reader.ReadAccess(t.Context(), s.Unknown); Failed(t, err).Kind != connector.FailNotFound {
		t.Errorf("of nobody: %v", err)
	}
}

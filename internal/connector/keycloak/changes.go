package keycloak

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// point is where ListChanges and ListEvents go on, in both lists.
type point struct {
	Admins mark  `json:"a"`
	People mark  `json:"p"`
	Made   int64 `json:"m"` // milliseconds of our clock
}

func (p point) spell() string {
	b, err := json.Marshal(p)
	if err != nil {
		return "" // numbers and plain texts always can be spelled
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readPoint(text string) (point, bool) {
	var p point
	b, err := base64.RawURLEncoding.DecodeString(text)
	ok := err == nil && json.Unmarshal(b, &p) == nil && p.Admins.Since > 0 && p.People.Since > 0 && p.Made > 0
	return p, ok
}

// changing are the acts of people that change what we read of them.
var changing = []string{
	"REGISTER", "UPDATE_PROFILE", "UPDATE_EMAIL", "VERIFY_EMAIL", "VERIFY_PROFILE", "DELETE_ACCOUNT",
	"IDENTITY_PROVIDER_FIRST_LOGIN", "IDENTITY_PROVIDER_LOGIN", "FEDERATED_IDENTITY_LINK", "REMOVE_FEDERATED_IDENTITY",
	"CUSTOM_REQUIRED_ACTION", "EXECUTE_ACTIONS", "UPDATE_PASSWORD", "USER_DISABLED_BY_PERMANENT_LOCKOUT",
}

// blindSpot is how long a list without any event to hold on to is trusted not to
// have been emptied meanwhile.
const blindSpot = 24 * time.Hour

// ListChanges lists whose accounts changed since a point, from both lists of
// events. It gives no whole answer, and says why, when Keycloak does not record
// what it would take, when the newest event seen before is gone (the list was
// cleared, or it expired), when recording was switched on or off meanwhile, when
// a group or a role changed for everybody who has it, and when there is too much.
// People who come from a directory behind Keycloak change without events: only a
// full read sees them.
func (s *system) ListChanges(ctx context.Context, since string) (connector.Changes, error) {
	records, err := s.recording(ctx)
	if err != nil {
		return connector.Changes{}, err
	}
	admins, people, types := s.feeds(records)
	from, ok := readPoint(since)
	if !ok {
		return s.changesFromNow(ctx, since, admins, people)
	}
	var found changes
	found.judge(s, records, types, from)
	next := point{Made: s.now().UnixMilli()}
	if next.Admins, err = found.read(ctx, s, admins, from.Admins); err != nil {
		return connector.Changes{}, err
	}
	if next.People, err = found.read(ctx, s, people, from.People); err != nil {
		return connector.Changes{}, err
	}
	if found.tooMany {
		return s.changesFromNow(ctx, since, admins, people)
	}
	return found.answer(next), nil
}

// feeds gives both lists; types are those of people that are not recorded.
func (s *system) feeds(r recording) (admins, people feed, missing []string) {
	kept, missing := r.kept(changing)
	people = feed{path: "events", step: stepEvents, types: kept}
	if len(kept) == 0 {
		people.types = changing[:1] // asking for none would give all
	}
	return feed{path: "admin-events", step: stepAdminEvents}, people, missing
}

// changesFromNow begins anew: with no point before it, nothing was missed.
func (s *system) changesFromNow(ctx context.Context, since string, admins, people feed) (connector.Changes, error) {
	next := point{Made: s.now().UnixMilli()}
	var err error
	if next.Admins, err = s.newest(ctx, admins); err != nil {
		return connector.Changes{}, err
	}
	if next.People, err = s.newest(ctx, people); err != nil {
		return connector.Changes{}, err
	}
	c := connector.Changes{Next: next.spell(), Whole: since == ""}
	if since != "" {
		c.Why = "There are more changes at " + s.name + " than are worth reading one by one, or the point to continue from is not one of this connector."
	}
	return c, nil
}

// changes gathers what the lists say.
type changes struct {
	seen    map[string]bool // of changed
	lost    map[string]bool // of removed
	why     []string
	tooMany bool
}

// judge says in advance why the answer cannot be whole.
func (c *changes) judge(s *system, r recording, missing []string, from point) {
	if !r.Admins {
		c.doubt(s.name + " does not record what administrators change (Realm settings > Events > Admin events settings > Save events).")
	}
	if !r.People {
		c.doubt(s.name + " does not record what people change themselves (Realm settings > Events > User events settings > Save events).")
	} else if len(missing) > 0 {
		c.doubt(s.name + " does not record all events that change people (Realm settings > Events > User events settings > Add saved types): " + strings.Join(missing, ", ") + ".")
	}
	age := s.now().Sub(time.UnixMilli(from.Made))
	if r.Keeps > 0 && age >= time.Duration(r.Keeps)*time.Second {
		c.doubt("The point to continue from is older than " + s.name + " keeps events.")
	}
	if from.Admins.ID == "" && age >= blindSpot {
		c.doubt("The point to continue from is more than a day old, and no event then tells whether the list was emptied since.")
	}
}

func (c *changes) doubt(sentence string) { c.why = append(c.why, sentence) }

// read takes in one list.
func (c *changes) read(ctx context.Context, s *system, f feed, from mark) (mark, error) {
	b, err := s.readFeed(ctx, f, from)
	if err != nil {
		return mark{}, err
	}
	c.tooMany = c.tooMany || b.more
	if b.lost {
		c.doubt("The list of events at " + s.name + " was cleared or expired since it was read last.")
	}
	for _, one := range b.records {
		c.add(s, one)
	}
	return b.next, nil
}

// add takes in one event.
func (c *changes) add(s *system, one record) {
	if one.Resource == "" { // of a person
		c.touch(one.User, one.Type == "DELETE_ACCOUNT" && one.Error == "", false)
		return
	}
	id, rest := aboutPerson(one.Path)
	switch {
	case id != "":
		c.touch(id, one.Act == "DELETE" && rest == "", one.Act == "CREATE" && rest == "")
	case one.Resource == "REALM":
		c.doubt("The settings of the realm, or of what it records, were changed at " + s.name + ".")
	case one.Resource == "USER_PROFILE":
		c.doubt("The user profile was changed at " + s.name + ", so that other attributes may show.")
	case touchesMany(one):
		c.doubt("A group or a role was changed at " + s.name + ", which touches everybody who has it.")
	}
}

// touchesMany reports whether an event changes groups or roles of people it does
// not name.
func touchesMany(one record) bool {
	switch one.Resource {
	case "GROUP":
		return one.Act != "CREATE" // a new one is empty
	case "REALM_ROLE", "CLIENT_ROLE":
		return one.Act != "CREATE" || strings.Contains(one.Path, "/composites")
	case "REALM_ROLE_MAPPING", "CLIENT_ROLE_MAPPING":
		return strings.HasPrefix(one.Path, "groups/")
	case "CLIENT":
		return one.Act == "DELETE" // its roles went with it
	}
	return false
}

// touch notes an account once. One that was removed is not read again, unless it
// was made anew afterwards.
func (c *changes) touch(id string, removed, made bool) {
	if id == "" || len(id) > longID {
		return
	}
	if c.seen == nil {
		c.seen, c.lost = make(map[string]bool), make(map[string]bool)
	}
	switch {
	case removed:
		c.lost[id] = true
		delete(c.seen, id)
	case made || !c.lost[id]:
		c.seen[id] = true
		delete(c.lost, id)
	}
}

func (c *changes) answer(next point) connector.Changes {
	out := connector.Changes{Next: next.spell(), Whole: len(c.why) == 0, Changed: sorted(c.seen), Removed: sorted(c.lost)}
	out.Why = strings.Join(unique(c.why), " ")
	return out
}

// aboutPerson gives the account a path of an administrator's act is about, and
// what of it.
func aboutPerson(path string) (id, rest string) {
	behind, ok := strings.CutPrefix(path, "users/")
	if !ok {
		return "", ""
	}
	id, rest, _ = strings.Cut(behind, "/")
	if id == "profile" { // the realm's user profile
		return "", ""
	}
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return id, rest
}

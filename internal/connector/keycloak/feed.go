package keycloak

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// record is one event of either of Keycloak's two lists.
type record struct {
	ID      string `json:"id"`
	Time    int64  `json:"time"`
	RealmID string `json:"realmId"`

	// of the list of what people did
	Type    string `json:"type"`
	Client  string `json:"clientId"`
	User    string `json:"userId"`
	Session string `json:"sessionId"`
	IP      string `json:"ipAddress"`
	Error   string `json:"error"`

	// of the list of what administrators did
	Act      string `json:"operationType"`
	Resource string `json:"resourceType"`
	Path     string `json:"resourcePath"`
	By       struct {
		RealmID string `json:"realmId"`
		User    string `json:"userId"`
		IP      string `json:"ipAddress"`
	} `json:"authDetails"`
}

// feed is one of the two lists.
type feed struct {
	path  string // events, admin-events
	step  string
	types []string // nil: all
}

const (
	stepEvents      = "read the events of people"
	stepAdminEvents = "read the events of administrators"
)

// events reads one page of a list.
func (s *system) events(ctx context.Context, f feed, query url.Values) ([]record, error) {
	if f.types != nil {
		query["type"] = f.types
	}
	var page []record
	err := s.call(ctx, request{path: "/" + f.path, query: query, step: f.step, role: roleEvents}, &page)
	if err != nil {
		return nil, err
	}
	for _, one := range page {
		if one.ID == "" || len(one.ID) > longID || one.Time <= 0 || one.Time > farMillis {
			return nil, s.guard.Fail(connector.FailAnswer, f.step, s.name+" sent an event without id or time. Nothing of it was used.", "Check that no proxy changes the answers of Keycloak.")
		}
	}
	return page, nil
}

// theirNow is the time on Keycloak's clock, to the second.
func (s *system) theirNow(ctx context.Context) (time.Time, error) {
	t, err := s.token(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return s.now().Add(t.ahead), nil
}

// recording is what the realm records.
type recording struct {
	People  bool     `json:"eventsEnabled"`
	Admins  bool     `json:"adminEventsEnabled"`
	Keeps   int64    `json:"eventsExpiration"` // seconds; 0: for ever
	Enabled []string `json:"enabledEventTypes"`
}

func (s *system) recording(ctx context.Context) (recording, error) {
	var r recording
	err := s.call(ctx, request{path: "/events/config", step: "read which events are recorded", role: roleEvents}, &r)
	return r, err
}

// kept gives those of some types that the realm records. Keycloak answers a type
// that it does not know with a fault of its own.
func (r recording) kept(types []string) (kept, missing []string) {
	if len(r.Enabled) == 0 { // everything
		return types, nil
	}
	known := make(map[string]bool, len(r.Enabled))
	for _, name := range r.Enabled {
		known[strings.ToUpper(name)] = true
	}
	for _, name := range types {
		if known[name] {
			kept = append(kept, name)
		} else {
			missing = append(missing, name)
		}
	}
	return kept, missing
}

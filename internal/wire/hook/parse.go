package hook

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Parse reads the events of a body: {"events": [{...}, ...]}. A body without
// events is a sign of life. The error is a *Problem.
func Parse(body []byte) ([]Event, error) {
	if len(body) > MaxBody {
		return nil, &Problem{Sentence: fmt.Sprintf("The body is larger than %d KiB.", MaxBody>>10)}
	}
	r, err := newReader(body)
	if err != nil {
		return nil, err
	}
	var events []Event
	listed := false
	err = r.object("", 1, func(key string) error {
		if key != "events" {
			return r.skip(key, 2)
		}
		listed = true
		return r.list(key, 2, func(i int) error {
			if i == MaxEvents {
				return &Problem{Where: key, Sentence: fmt.Sprintf("More than %d events stand in one message.", MaxEvents)}
			}
			e, err := r.event(fmt.Sprintf("events[%d]", i))
			events = append(events, e)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if !listed {
		return nil, &Problem{Where: "events", Sentence: "The list of events is missing."}
	}
	return events, repeated(events)
}

// event reads one event.
func (r *reader) event(where string) (Event, error) {
	var e Event
	at := ""
	fields := map[string]*string{
		"id": &e.ID, "kind": &e.Kind, "at": &at, "account": &e.Account, "session": &e.Session,
		"app": &e.App, "ip": &e.IP, "actor": &e.Actor, "reason": &e.Reason,
	}
	err := r.object(where, 3, func(key string) error {
		into, known := fields[key]
		if !known {
			return r.skip(join(where, key), 4)
		}
		text, err := r.text(join(where, key))
		if err != nil {
			return err
		}
		*into = text
		return plain(join(where, key), text)
	})
	if err != nil {
		return e, err
	}
	return e, e.check(where, at)
}

// plain refuses what no column and no page can hold.
func plain(where, text string) error {
	switch {
	case utf8.RuneCountInString(text) > maxText:
		return &Problem{Where: where, Sentence: fmt.Sprintf("The text has more than %d characters.", maxText)}
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }):
		return &Problem{Where: where, Sentence: "The text holds characters that are none."}
	}
	return nil
}

// check refuses an event that says too little or something impossible.
func (e *Event) check(where, at string) error {
	missing := func(name string) error {
		return &Problem{Where: join(where, name), Sentence: "This field is missing."}
	}
	switch {
	case strings.TrimSpace(e.ID) == "":
		return missing("id")
	case e.Kind == "":
		return missing("kind")
	case !slices.Contains(Kinds, e.Kind):
		return &Problem{Where: where + ".kind", Sentence: "The kind is not one of " + strings.Join(Kinds, ", ") + "."}
	case at == "":
		return missing("at")
	case strings.TrimSpace(e.Account) == "" && e.Kind != Other:
		return missing("account")
	}
	var err error
	if e.At, err = time.Parse(time.RFC3339, at); err != nil || e.At.Year() < 2000 || e.At.Year() > 9999 {
		return &Problem{Where: where + ".at", Sentence: "The time is not one like 2026-11-22T10:42:00Z."}
	}
	e.At = e.At.UTC()
	if e.IP != "" {
		ip, err := netip.ParseAddr(e.IP)
		if err != nil || ip.Zone() != "" {
			return &Problem{Where: where + ".ip", Sentence: "The address is neither IPv4 nor IPv6."}
		}
		e.IP = ip.Unmap().String()
	}
	return nil
}

// repeated refuses two events of one id: which of them is meant cannot be known.
func repeated(events []Event) error {
	seen := make(map[string]bool, len(events))
	for i, e := range events {
		if seen[e.ID] {
			return &Problem{Where: fmt.Sprintf("events[%d].id", i), Sentence: "Two events have this id."}
		}
		seen[e.ID] = true
	}
	return nil
}

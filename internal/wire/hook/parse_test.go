package hook_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/wire/hook"
)

const full = `{"events":[{"id":"e-1","kind":"sign-in-failed","at":"2026-11-22T11:42:00.5+01:00","account":"8f2a","session":"s1","app":"ledger","ip":"::ffff:203.0.113.9","actor":"77","reason":"invalid_user_credentials"}]}`

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := hook.Parse([]byte(full))
	want := []hook.Event{{
		ID: "e-1", Kind: hook.SignInFailed, At: time.Date(2026, time.November, 22, 10, 42, 0, 500_000_000, time.UTC), Account: "8f2a",
		Session: "s1", App: "ledger", IP: "203.0.113.9", Actor: "77", Reason: "invalid_user_credentials",
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a sign of life":           `{"events":[]}`,
		"fields nobody knows":      `{"v":2,"meta":{"a":[1,null,{"b":true}]},"events":[{"id":"1","kind":"changed","at":"2026-11-22T10:42:00Z","account":"a","realm":"staff","Account":"b"}]}`,
		"an event about nobody":    `{"events":[{"id":"1","kind":"other","at":"2026-11-22T10:42:00Z"}]}`,
		"space around":             " \n{\"events\" : [ ] }\n",
		"the most events there be": events(hook.MaxEvents),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := hook.Parse([]byte(body)); err != nil {
				t.Error(err)
			}
		})
	}
}

func events(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"id":"e%d","kind":"changed","at":"2026-11-22T10:42:00Z","account":"a"}`, i)
	}
	return `{"events":[` + strings.Join(list, ",") + `]}`
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	one := func(fields string) string { return `{"events":[{` + fields + `}]}` }
	const good = `"id":"1","kind":"changed","at":"2026-11-22T10:42:00Z","account":"a"`
	for name, c := range map[string]struct{ body, want string }{
		"nothing":                {"", "The body ends in the middle."},
		"half":                   {full[:60], "The body ends in the middle."},
		"no JSON":                {`{"events":[tru]}`, "The body is no JSON at byte 11."},
		"a list":                 {`[]`, "Here must stand an object."},
		"two values":             {`{"events":[]}{"events":[]}`, "Something follows after the end of the JSON."},
		"garbage after":          {`{"events":[]}x`, "Something follows after the end of the JSON."},
		"no events":              {`{}`, "events: The list of events is missing."},
		"the key in other case":  {`{"Events":[]}`, "events: The list of events is missing."},
		"events is no list":      {`{"events":{}}`, "events: Here must stand a list."},
		"an event is no object":  {`{"events":["x"]}`, "events[0]: Here must stand an object."},
		"events twice":           {`{"events":[],"events":[]}`, "events: This key stands twice."},
		"a field twice":          {one(good + `,"id":"2"`), "events[0].id: This key stands twice."},
		"twice by escape":        {one(good + `,"\u0069d":"2"`), "events[0].id: This key stands twice."},
		"unknown twice":          {`{"a":{"b":1,"b":2},"events":[]}`, "a.b: This key stands twice."},
		"too deep":               {`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `,"events":[]}`, "a: Objects and lists stand more than 16 deep in each other."},
		"id missing":             {one(`"kind":"changed"`), "events[0].id: This field is missing."},
		"id blank":               {one(`"id":" ","kind":"changed"`), "events[0].id: This field is missing."},
		"id a number":            {one(`"id":1`), "events[0].id: Here must stand a text."},
		"id null":                {one(`"id":null`), "events[0].id: Here must stand a text."},
		"id long":                {one(`"id":"` + strings.Repeat("é", 256) + `"`), "events[0].id: The text has more than 255 characters."},
		"id with control":        {one(`"id":"a\u0000b"`), "events[0].id: The text holds characters that are none."},
		"half a pair":            {one(`"id":"\ud800"`), "events[0].id: The text holds characters that are none."},
		"kind missing":           {one(`"id":"1"`), "events[0].kind: This field is missing."},
		"kind unknown":           {one(`"id":"1","kind":"login"`), "events[0].kind: The kind is not one of signed-in, sign-in-failed, signed-out, changed, removed, other."},
		"at missing":             {one(`"id":"1","kind":"changed"`), "events[0].at: This field is missing."},
		"at without offset":      {one(`"id":"1","kind":"other","at":"2026-11-22T10:42:00"`), "events[0].at: The time is not one like 2026-11-22T10:42:00Z."},
		"at before time":         {one(`"id":"1","kind":"other","at":"1970-01-01T00:00:00Z"`), "events[0].at: The time is not one like 2026-11-22T10:42:00Z."},
		"account missing":        {one(`"id":"1","kind":"changed","at":"2026-11-22T10:42:00Z"`), "events[0].account: This field is missing."},
		"ip wrong":               {one(good + `,"ip":"203.0.113.999"`), "events[0].ip: The address is neither IPv4 nor IPv6."},
		"ip with zone":           {one(good + `,"ip":"fe80::1%eth0"`), "events[0].ip: The address is neither IPv4 nor IPv6."},
		"one id for two":         {`{"events":[{` + good + `},{` + good + `}]}`, "events[1].id: Two events have this id."},
		"too many":               {events(hook.MaxEvents + 1), "events: More than 500 events stand in one message."},
		"too large":              {`{"events":[]}` + strings.Repeat(" ", hook.MaxBody), "The body is larger than 256 KiB."},
		"no UTF-8":               {"{\"events\":[],\"a\":\"\xff\"}", "The body is not UTF-8."},
		"UTF-16":                 {"{\x00\"\x00", "The body is no JSON at byte 1."},
		"a key nobody can write": {`{"events":[],"` + strings.Repeat("k", 50) + `":1,"` + strings.Repeat("k", 50) + `":1}`, strings.Repeat("k", 40) + "...: This key stands twice."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := hook.Parse([]byte(c.body))
			if p, ok := errors.AsType[*hook.Problem](err); !ok || p.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// Whatever arrives is either refused with a sentence or gives events that every
// column can hold.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{full, `{"events":[]}`, events(3), `{"a":{"b":[1,2,{"c":null}]},"events":[]}`, "[", `{"events":[{"id":"\ud800"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := hook.Parse(body)
		if err != nil {
			if p, ok := errors.AsType[*hook.Problem](err); !ok || p.Sentence == "" || !utf8.ValidString(p.Error()) {
				t.Fatalf("refused without a sentence: %v", err)
			}
			return
		}
		ids := map[string]bool{}
		for _, e := range got {
			if e.ID == "" || ids[e.ID] || e.At.IsZero() || e.At.Location() != time.UTC || e.Account == "" && e.Kind != hook.Other {
				t.Fatalf("accepted %+v", e)
			}
			ids[e.ID] = true
			for _, text := range []string{e.ID, e.Account, e.Session, e.App, e.IP, e.Actor, e.Reason} {
				if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > 255 {
					t.Fatalf("accepted the text %q", text)
				}
			}
		}
	})
}

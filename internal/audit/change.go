package audit

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/rollcall/rollcall/models"
)

// none stands for an empty value: a blank cell means nothing anywhere.
const none = "None"

// Change is one field before and after.
type Change struct {
	Field  string // as the form names it
	Label  string
	Before string // worded for people: "Yes", "None", an exact time
	After  string
	Hidden bool // masked, and the reader lacks users.unmask: both values are empty

	before, after json.RawMessage
}

// changes reads the two JSON objects of an event, fields in a fixed order.
func changes(before, after string, known refs) []Change {
	old, fresh := object(before), object(after)
	var fields []string
	for f := range old {
		fields = append(fields, f)
	}
	for f := range fresh {
		if _, both := old[f]; !both {
			fields = append(fields, f)
		}
	}
	slices.Sort(fields)
	list := make([]Change, 0, len(fields))
	for _, f := range fields {
		c := Change{Field: f, Label: known.label(f)}
		if known.hides(f) {
			c.Hidden = true
		} else {
			c.before, c.after = old[f], fresh[f]
			c.Before, c.After = word(f, old[f]), word(f, fresh[f])
		}
		list = append(list, c)
	}
	return list
}

// object reads a JSON object; what is not one has no fields.
func object(s string) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if s == "" || json.Unmarshal([]byte(s), &m) != nil {
		return nil
	}
	return m
}

// word says a value in words.
func word(field string, raw json.RawMessage) string {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return none
	}
	switch v := v.(type) {
	case nil:
		return none
	case bool:
		if v {
			return "Yes"
		}
		return "No"
	case string:
		return wordText(field, v)
	case float64:
		var n int64
		if json.Unmarshal(raw, &n) == nil && isMoment(field) {
			return moment(models.Instant(n))
		}
		return string(raw)
	case []any:
		return wordList(field, raw)
	}
	return string(raw)
}

func wordText(field, v string) string {
	if v == "" {
		return none
	}
	if field == "status" {
		return models.Status(v).Word()
	}
	return v
}

func wordList(field string, raw json.RawMessage) string {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || len(items) == 0 {
		return none
	}
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = word(field, item)
	}
	return strings.Join(words, ", ")
}

func isMoment(field string) bool {
	return strings.HasSuffix(field, "_at") || strings.HasSuffix(field, "_since") || field == "from" || field == "until"
}

func moment(i models.Instant) string {
	switch {
	case i == 0:
		return none
	case i >= models.Forever:
		return "No end"
	}
	return i.Time().Format("2006-01-02 15:04:05 UTC")
}

// stamp gives the exact time of files: ISO with microseconds and offset.
func stamp(i models.Instant) string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("2006-01-02T15:04:05.000000Z07:00")
}

// humanise makes a label of a field nobody named.
func humanise(field string) string {
	runes := []rune(strings.TrimSpace(strings.NewReplacer("_", " ", ".", " ", "-", " ").Replace(field)))
	if len(runes) == 0 {
		return "Value"
	}
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

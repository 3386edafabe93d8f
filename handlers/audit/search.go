package audit

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// localTime is how a datetime-local field sends a moment.
const localTime = "2006-01-02T15:04"

// span is a time range that can be chosen by name.
type span struct {
	key, label, words string
	length            time.Duration
}

// spans are the ranges; the first one is used when nothing is said.
var spans = []span{
	{"24h", "Last 24 hours", "last 24 hours", 24 * time.Hour},
	{"7d", "Last 7 days", "last 7 days", 7 * 24 * time.Hour},
	{"30d", "Last 30 days", "last 30 days", 30 * 24 * time.Hour},
	{"90d", "Last 90 days", "last 90 days", 90 * 24 * time.Hour},
	{"all", "All time", "all time", 0},
}

// search is the filters as the address says them. Empty means not set.
type search struct {
	who, whom, role   string
	what, result, via string
	span              span
	from, to          string // as typed; from or to set puts the named span out of force
	text              string
	seq, request      string
	cursor            string
}

// read gives the filters of an address, or those a form posts on.
func read(get func(string) string) search {
	s := search{
		who: get("who"), whom: get("whom"), role: get("role"), what: get("what"), result: get("result"), via: get("via"),
		from: get("from"), to: get("to"), text: get("q"), seq: get("seq"), request: get("request"), cursor: get("after"), span: spans[0],
	}
	for _, value := range []*string{&s.who, &s.whom, &s.from, &s.to, &s.text, &s.seq, &s.request} {
		*value = strings.TrimSpace(*value)
	}
	for _, sp := range spans {
		if sp.key == get("range") {
			s.span = sp
		}
	}
	// A number or a request is looked for everywhere, unless a time was chosen.
	if (s.seq != "" || s.request != "") && get("range") == "" {
		s.span = spans[len(spans)-1]
	}
	return s
}

// values gives the address's parameters, without the page.
func (s search) values() url.Values {
	v := url.Values{}
	for _, pair := range s.pairs() {
		if pair[1] != "" {
			v.Set(pair[0], pair[1])
		}
	}
	return v
}

func (s search) pairs() [][2]string {
	key := s.span.key
	if s.absolute() {
		key = ""
	}
	return [][2]string{
		{"who", s.who}, {"whom", s.whom}, {"role", s.role}, {"what", s.what}, {"result", s.result}, {"via", s.via},
		{"range", key}, {"from", s.from}, {"to", s.to}, {"q", s.text}, {"seq", s.seq}, {"request", s.request},
	}
}

func (s search) href(path string) string { return path + "?" + s.values().Encode() }

func (s search) page(cursor string) string {
	if cursor == "" {
		return ""
	}
	v := s.values()
	v.Set("after", cursor)
	return "/audit?" + v.Encode()
}

func (s search) absolute() bool { return s.from != "" || s.to != "" }

// query turns the filters into the log's query; whom they name is found before.
func (s search) query(now time.Time) (audit.Query, []errs.Field) {
	q := audit.Query{Text: s.text, RequestID: s.request, Cursor: s.cursor}
	var wrong []errs.Field
	if s.absolute() {
		q.From = moment("from", s.from, &wrong)
		q.To = moment("to", s.to, &wrong)
	} else if s.span.length > 0 {
		q.From = models.At(now.Add(-s.span.length))
	}
	if group, known := audit.ParseGroup(s.what); known {
		q.Group = group
	} else if action, known := audit.KnownAction(s.what); known {
		q.Actions = []models.Action{action}
	} else if s.what != "" {
		wrong = append(wrong, errs.Field{Name: "what", Message: "There is no kind of event called " + strconv.Quote(s.what) + ". Choose one from the list."})
	}
	q.Result, q.Via = models.Result(s.result), models.Via(s.via)
	if s.result != "" && audit.ResultLabel(q.Result) == s.result {
		wrong = append(wrong, errs.Field{Name: "result", Message: "There is no such result. Choose one from the list."})
	}
	if s.via != "" && audit.ViaLabel(q.Via) == s.via {
		wrong = append(wrong, errs.Field{Name: "via", Message: "There is no such door. Choose one from the list."})
	}
	q.Seq = number(s.seq, &wrong)
	return q, wrong
}

// moment reads a time of UTC.
func moment(name, text string, wrong *[]errs.Field) models.Instant {
	if text == "" {
		return 0
	}
	for _, layout := range []string{localTime, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() >= 1 {
			return models.At(at)
		}
	}
	*wrong = append(*wrong, errs.Field{Name: name, Message: "This is not a time of the form 2026-11-29T10:42."})
	return 0
}

// number reads "18204", "#18204" and "#18,204".
func number(text string, wrong *[]errs.Field) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimPrefix(text, "#"), ",", ""), 10, 64)
	if err != nil || n <= 0 {
		*wrong = append(*wrong, errs.Field{Name: "seq", Message: "An event number has digits only, such as #18,204."})
		return 0
	}
	return n
}

// words says the time range in a sentence.
func (s search) words() string {
	from, to := strings.Replace(s.from, "T", " ", 1), strings.Replace(s.to, "T", " ", 1)
	switch {
	case s.from != "" && s.to != "":
		return from + " to " + to
	case s.from != "":
		return "since " + from
	case s.to != "":
		return "before " + to
	}
	return s.span.words
}

// without gives the filters with some of them taken off.
func (s search) without(names ...string) search {
	for _, name := range names {
		switch name {
		case "who":
			s.who = ""
		case "whom":
			s.whom = ""
		case "role":
			s.role = ""
		case "what":
			s.what = ""
		case "result":
			s.result = ""
		case "via":
			s.via = ""
		case "time":
			s.from, s.to = "", ""
		case "q":
			s.text = ""
		case "seq":
			s.seq = ""
		case "request":
			s.request = ""
		}
	}
	s.cursor = ""
	return s
}

// chip is one filter that is on, with the link that takes it off.
func (s search) chip(name, label, value string) ui.Chip {
	return ui.Chip{
		Label: label, Value: value, Remove: s.without(name).href("/audit"), Spoken: "Remove filter " + label,
		Request: ui.Request{Target: "#audit", Swap: "innerMorph", PushURL: true},
	}
}

func scoped(c *web.Call) bool { return !c.Can(models.AuditRead) }

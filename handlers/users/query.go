package users

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// The parameters of the list's address. after and before are cursors.
const (
	paramText      = "q"
	paramView      = "view"
	paramStatus    = "status"
	paramDept      = "dept"
	paramRole      = "role"
	paramProvider  = "provider"
	paramManager   = "manager"
	paramSeen      = "seen" // never, 30, 90: not seen for so many days
	paramBefore    = "seen_before"
	paramExternal  = "external"
	paramSort      = "sort"
	paramNext      = "after"
	paramPrev      = "before"
	paramRows      = "rows"
	paramSelection = "sel"
	paramCurrent   = "current" // the selection as the page has it, in front of the address
	paramAttribute = "attr."   // and the key of a local attribute
)

var known = []string{
	paramText, paramView, paramStatus, paramDept, paramRole, paramProvider, paramManager, paramSeen, paramBefore, paramExternal,
	paramSort, paramNext, paramPrev, paramRows, paramSelection, paramCurrent, "exactly", "ok",
}

// passing are the parameters that the links of a list do not carry along.
var passing = []string{paramNext, paramPrev, paramRows, paramCurrent, "exactly", "ok"}

// noProvider is the value for people whom no provider knows.
const noProvider = "-"

// viewPending is a view of ours beside the directory's: who waits to be let in.
const viewPending = "pending"

// request is a list as its address asks for it, with the names for its chips.
type request struct {
	query       directory.Query
	values      url.Values  // only what was understood, and is carried along
	odd         []string    // names of parameters that were not understood
	role        string      // name of the role that is filtered by
	manager     string      // name of the manager that is filtered by
	departments []string    // names of the departments that are filtered by
	attributes  []attribute // local attributes that are filtered by
}

// attribute is one filter by a local attribute.
type attribute struct {
	param string
	label string
	value string
}

// parse reads the address of a list. What it does not understand is named in a
// notice and left out; a cursor that cannot be read is an error.
func (p *Pages) parse(c *web.Call, in url.Values) (request, error) {
	in = tidied(in)
	r := read(in, c.Now())
	r.query.Limit = c.Rows()
	if current := in.Get(paramCurrent); current != "" {
		in.Set(paramSelection, current)
	}
	if err := p.resolve(c, in, &r); err != nil {
		return r, err
	}
	r.keep(in)
	return r, nil
}

// tidied gives the parameters as text that can be read and shown: without what
// no text may hold and without empty ones. Only statuses and departments may be
// several; of everything else the first counts.
func tidied(in url.Values) url.Values {
	out := url.Values{}
	for name, values := range in {
		if name != paramStatus && name != paramDept {
			values = values[:min(1, len(values))]
		}
		for _, v := range values {
			if v = strings.TrimSpace(legible(v)); v != "" {
				out.Add(name, v)
			}
		}
	}
	return out
}

// read understands all that needs nothing but the address itself, tidied.
func read(in url.Values, now time.Time) request {
	r := request{values: url.Values{}}
	q := &r.query
	for name := range in {
		if !slices.Contains(known, name) && !strings.HasPrefix(name, paramAttribute) {
			r.strange(name)
		}
	}
	q.Text = in.Get(paramText)
	r.readView(in.Get(paramView))
	r.readStatus(in[paramStatus])
	r.readSeen(in, now)
	r.readSort(in.Get(paramSort))
	r.readExternal(in.Get(paramExternal))
	r.readDepartments(in[paramDept])
	switch v := in.Get(paramProvider); v {
	case "":
	case noProvider:
		q.Providers = []string{""}
	default:
		q.Providers = []string{v}
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if key, is := strings.CutPrefix(name, paramAttribute); is {
			q.Attributes = append(q.Attributes, directory.AttributeFilter{Key: key, Value: in.Get(name)})
		}
	}
	if q.Cursor = in.Get(paramNext); q.Cursor == "" && in.Get(paramPrev) != "" {
		q.Cursor, q.Backward = in.Get(paramPrev), true
	}
	return r
}

func (r *request) strange(name string) { r.odd = append(r.odd, name) }

func (r *request) readView(view string) {
	if view == viewPending {
		r.query.Pending = true
		return
	}
	for _, v := range directory.Views {
		if string(v.View) == view {
			r.query.View = v.View
			return
		}
	}
	r.strange(paramView)
}

func (r *request) readStatus(values []string) {
	var found []models.Status
	for _, v := range values {
		for word := range strings.SplitSeq(v, ",") {
			s := models.Status(strings.TrimSpace(word))
			switch {
			case s == "":
			case !s.Known():
				r.strange(paramStatus)
				return
			case !slices.Contains(found, s):
				found = append(found, s)
			}
		}
	}
	r.query.Statuses = found
}

func (r *request) readSeen(in url.Values, now time.Time) {
	switch v := in.Get(paramSeen); v {
	case "":
	case "never":
		r.query.NeverSignedIn = true
	case "30", "90":
		days, _ := strconv.Atoi(v) // one of the two above
		r.query.SignedInBefore = models.At(now.AddDate(0, 0, -days))
	default:
		r.strange(paramSeen)
	}
	if v := in.Get(paramBefore); v != "" {
		day, err := time.Parse(time.DateOnly, v)
		if err != nil || day.Year() < 1970 {
			r.strange(paramBefore)
			return
		}
		r.query.SignedInBefore = models.At(day)
	}
}

func (r *request) readSort(v string) {
	name, desc := strings.CutPrefix(v, "-")
	switch s := directory.Sort(name); s {
	case "", directory.SortName, directory.SortSignIn, directory.SortCreated:
		r.query.Sort, r.query.Desc = s, desc
	default:
		r.strange(paramSort)
	}
}

func (r *request) readExternal(v string) {
	switch v {
	case "":
	case "yes", "no":
		yes := v == "yes"
		r.query.External = &yes
	default:
		r.strange(paramExternal)
	}
}

func (r *request) readDepartments(values []string) {
	var found []int64
	for _, v := range values {
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil || id < 0 {
			r.strange(paramDept)
			return
		}
		if !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	r.query.DepartmentIDs = found
}

// keep remembers what was understood, for the links of the page.
func (r *request) keep(in url.Values) {
	for name, values := range in {
		attribute := strings.HasPrefix(name, paramAttribute)
		if !attribute && !slices.Contains(known, name) || slices.Contains(r.odd, name) || slices.Contains(passing, name) {
			continue
		}
		r.values[name] = slices.Clone(values)
	}
}

// notice names what was not understood.
func (r request) notice() string {
	if len(r.odd) == 0 {
		return ""
	}
	odd := slices.Clone(r.odd)
	slices.Sort(odd)
	return "Not understood in the address and left out: " + legible(strings.Join(slices.Compact(odd), ", ")) + "."
}

// link gives an address with the parameters of this list, some of them changed;
// "" removes one.
func (r request) link(path string, changes map[string]string) string {
	v := url.Values{}
	for name, values := range r.values {
		v[name] = slices.Clone(values)
	}
	for name, value := range changes {
		v.Del(name)
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

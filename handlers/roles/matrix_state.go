package roles

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/views/roles"
)

const (
	matrixPath  = "/roles/matrix"
	comparePath = "/roles/compare"
	editPath    = matrixPath + "/edit"
	reviewPath  = matrixPath + "/review"
)

// matrixForm is everything the pages of a matrix send: what is looked at, and what
// was changed so far. All of it stands in the address too, so that going back,
// a fresh sign-in and a second window lose nothing.
type matrixForm struct {
	Application string   `form:"app" label:"Application" validate:"max=120"`
	Of          string   `form:"of" label:"Application of the roles" validate:"max=120"` // for which the roles were chosen
	Roles       []string `form:"role" label:"Roles" validate:"max=200"`
	Search      string   `form:"q" label:"Search" validate:"max=200"`
	Differences string   `form:"differences" label:"Only differences" validate:"max=10"`
	Open        string   `form:"open" label:"Group" validate:"max=300"`
	After       string   `form:"after" label:"Place" validate:"max=300"`

	Give     []string `form:"give" label:"Changes" validate:"max=1000"` // role:permission
	Take     []string `form:"take" label:"Changes" validate:"max=1000"`
	Versions []string `form:"v" label:"Versions" validate:"max=1000"` // role:version

	Columns []string `form:"column" label:"Columns" validate:"max=20"` // roles whose cells can be ticked
	Shown   []string `form:"shown" label:"Rows" validate:"max=1000"`   // permission:roles that hold it
	Hold    []string `form:"hold" label:"Cells" validate:"max=20000"`
	Act     string   `form:"act" label:"Act"`
	Group   string   `form:"group" label:"Group" validate:"max=300"`
	Next    string   `form:"next" label:"Place" validate:"max=300"`
	Reason  string   `form:"reason" label:"Reason" validate:"omitempty,max=1000"`
}

// asked reads the address.
func asked(c *web.Call) matrixForm {
	return matrixForm{
		Application: c.Query("app"), Of: c.Query("of"), Roles: chosen(c.QueryArray("role")), Search: strings.TrimSpace(c.Query("q")),
		Differences: c.Query("differences"), Open: c.Query("open"), After: c.Query("after"),
		Give: c.QueryArray("give"), Take: c.QueryArray("take"), Versions: c.QueryArray("v"),
	}
}

// chosen drops what names no role.
func chosen(keys []string) []string {
	return slices.DeleteFunc(keys, func(key string) bool { return strings.TrimSpace(key) == "" || len(key) > 130 })
}

// filter says what is looked at. Roles that were chosen for another application
// do not go with this one, unless permissions of every application are shown.
func (f matrixForm) filter() access.MatrixFilter {
	m := access.MatrixFilter{Application: f.Application, Roles: f.Roles, Search: f.Search, Differences: f.Differences != ""}
	if f.Of != "" && f.Application != "" && f.Of != f.Application {
		m.Roles = nil
	}
	return m
}

// values gives what is looked at as an address has it.
func (f matrixForm) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("app", f.Application)
	set("q", f.Search)
	set("differences", f.Differences)
	set("open", f.Open)
	set("after", f.After)
	if filter := f.filter(); len(filter.Roles) > 0 {
		v["role"] = filter.Roles
	}
	return v
}

// href gives the address of one of the pages, without what was changed.
func (f matrixForm) href(path string) string {
	if v := f.values(); len(v) > 0 {
		return path + "?" + v.Encode()
	}
	return path
}

// pending gives the address of one of the pages with what was changed.
func (f matrixForm) pending(path string) string {
	v := f.values()
	for name, list := range map[string][]string{"give": f.Give, "take": f.Take, "v": f.Versions} {
		if len(list) > 0 {
			v[name] = list
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// hidden gives what a form carries along unseen.
func hidden(v url.Values) []roles.Hidden {
	var out []roles.Hidden
	for name, list := range v {
		for _, value := range list {
			out = append(out, roles.Hidden{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(out, func(a, b roles.Hidden) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// cell is a role and a permission.
type cell struct{ role, permission int64 }

func (c cell) String() string {
	return strconv.FormatInt(c.role, 10) + ":" + strconv.FormatInt(c.permission, 10)
}

// pair reads two numbers; what is none is dropped, as if it were not there.
func pair(text string) (a, b int64, ok bool) {
	left, right, found := strings.Cut(text, ":")
	a, err := strconv.ParseInt(left, 10, 64)
	if err != nil || !found || a <= 0 {
		return 0, 0, false
	}
	b, err = strconv.ParseInt(right, 10, 64)
	return a, b, err == nil && b > 0
}

// changes reads what was changed so far: true gives, false takes.
func (f matrixForm) changes() map[cell]bool {
	out := map[cell]bool{}
	for _, text := range f.Give {
		if role, permission, ok := pair(text); ok {
			out[cell{role, permission}] = true
		}
	}
	for _, text := range f.Take {
		if role, permission, ok := pair(text); ok {
			out[cell{role, permission}] = false
		}
	}
	return out
}

func (f matrixForm) versions() map[int64]int64 {
	out := map[int64]int64{}
	for _, text := range f.Versions {
		if role, version, ok := pair(text); ok {
			out[role] = version
		}
	}
	return out
}

// keep writes changes back, with the versions of the roles they concern.
func (f *matrixForm) keep(changes map[cell]bool, versions map[int64]int64) {
	f.Give, f.Take, f.Versions = nil, nil, nil
	concerned := map[int64]bool{}
	for c, give := range changes {
		concerned[c.role] = true
		if give {
			f.Give = append(f.Give, c.String())
		} else {
			f.Take = append(f.Take, c.String())
		}
	}
	for role := range concerned {
		f.Versions = append(f.Versions, cell{role, versions[role]}.String())
	}
	slices.Sort(f.Give)
	slices.Sort(f.Take)
	slices.Sort(f.Versions)
}

// collect holds the ticks of the shown cells against what the roles held when
// they were shown, and keeps the difference beside what was changed out of sight.
func (f *matrixForm) collect() {
	ticked := map[cell]bool{}
	for _, text := range f.Hold {
		if role, permission, ok := pair(text); ok {
			ticked[cell{role, permission}] = true
		}
	}
	changes, versions := f.changes(), f.versions()
	columns := numbers(f.Columns)
	for _, text := range f.Shown {
		id, held, _ := strings.Cut(text, ":")
		permission, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			continue
		}
		had := strings.Split(held, ".")
		for _, role := range columns {
			at := cell{role, permission}
			if was := slices.Contains(had, strconv.FormatInt(role, 10)); was == ticked[at] {
				delete(changes, at)
			} else {
				changes[at] = ticked[at]
			}
		}
	}
	f.keep(changes, versions)
	f.Columns, f.Shown, f.Hold = nil, nil, nil
}

// numbers reads ids; what is none is dropped.
func numbers(texts []string) []int64 {
	var out []int64
	for _, text := range texts {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			out = append(out, id)
		}
	}
	return out
}

// input is what the engine is asked to do.
func (f matrixForm) input() access.MatrixInput {
	in := access.MatrixInput{Versions: f.versions(), Reason: f.Reason}
	for c, give := range f.changes() {
		in.Changes = append(in.Changes, access.CellChange{RoleID: c.role, PermissionID: c.permission, Give: give})
	}
	slices.SortFunc(in.Changes, func(a, b access.CellChange) int {
		return strings.Compare(cell{a.RoleID, a.PermissionID}.String(), cell{b.RoleID, b.PermissionID}.String())
	})
	return in
}

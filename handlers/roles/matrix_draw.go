package roles

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/roles"
)

// A page of a matrix has about so many elements at most. With more, groups are
// closed but for one, of which as many permissions are shown as fit; and so many
// groups that they are no help are one.
const (
	matrixElements = 1_150
	mostGroups     = 40
)

// fits gives how many permissions are drawn at once beside so many roles, under the
// heads of so many groups.
func fits(columns, groups int) int {
	return max(10, (matrixElements-groups*(8+2*columns))/(4+3*columns))
}

// drawing turns a matrix into its view model.
type drawing struct {
	form     matrixForm
	data     access.Matrix
	edit     bool
	can      models.Permission
	pending  map[cell]bool
	versions map[int64]int64
	names    map[string]string // of applications
	seen     map[cell]bool     // cells that are drawn
}

// group is the permissions of one resource.
type group struct {
	key, label string
	rows       []access.MatrixRow
}

func (d *drawing) draw(m *roles.MatrixModel) {
	for _, r := range d.data.Roles {
		m.Columns = append(m.Columns, d.column(r))
		m.Editable = m.Editable || m.Columns[len(m.Columns)-1].Fixed == ""
	}
	d.seen = map[cell]bool{}
	groups := d.groups()
	most := fits(len(d.data.Roles), len(groups))
	closed := len(d.data.Rows) > most
	if closed && len(groups) > mostGroups {
		groups = []group{{key: "all", label: "All permissions", rows: d.data.Rows}}
		most = fits(len(d.data.Roles), 1)
	}
	for _, g := range groups {
		v := roles.MatrixGroup{Key: g.key, Label: g.label, Permissions: len(g.rows), Counts: d.counts(g.rows), Open: true}
		rows := g.rows
		if closed {
			v.Open = g.key == d.form.Open || len(groups) == 1
			if len(groups) > 1 {
				v.Href = d.toggle(g.key, v.Open)
			}
			rows, v.NextHref, v.Next = d.part(g, v.Open, most)
		}
		for _, row := range rows {
			v.Rows = append(v.Rows, d.row(row))
		}
		m.Groups = append(m.Groups, v)
	}
	if d.edit {
		d.carry(m)
	}
}

// groups cuts the rows at every change of resource. Rows come by key.
func (d *drawing) groups() []group {
	var out []group
	for _, row := range d.data.Rows {
		key, label := d.resource(row.PermissionRef)
		at := slices.IndexFunc(out, func(g group) bool { return g.key == key })
		if at < 0 {
			at = len(out)
			out = append(out, group{key: key, label: label})
		}
		out[at].rows = append(out[at].rows, row)
	}
	return out
}

// resource gives what a permission is about: what its key says before the first
// dot or colon.
func (d *drawing) resource(p access.PermissionRef) (key, label string) {
	resource := ""
	if at := strings.IndexAny(p.Key, ".:"); at > 0 {
		resource = p.Key[:at]
	}
	key, label = p.Application+"/"+resource, words(resource)
	if label == "" {
		label = "Other"
	}
	if d.form.Application == "" {
		label = name(d.names, p.Application) + ": " + strings.ToLower(label[:1]) + label[1:]
		if resource == "" {
			label = name(d.names, p.Application)
		}
	}
	return key, label
}

func name(names map[string]string, key string) string {
	if n := names[key]; n != "" {
		return n
	}
	return key
}

// words writes a part of a key as people do: "period-close" is "Period close".
func words(key string) string {
	text := strings.NewReplacer("-", " ", "_", " ").Replace(key)
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

func (d *drawing) counts(rows []access.MatrixRow) []int {
	counts := make([]int, len(d.data.Roles))
	for _, row := range rows {
		for i, c := range row.Cells {
			if c.Given() {
				counts[i]++
			}
		}
	}
	return counts
}

// toggle gives the address at which a group is open, or closed.
func (d *drawing) toggle(key string, open bool) string {
	f := d.form
	f.Open, f.After = key, ""
	if open {
		f.Open = ""
	}
	return f.href(matrixPath)
}

// part gives the rows of a group that are drawn, and where the next are.
func (d *drawing) part(g group, open bool, most int) (rows []access.MatrixRow, href, next string) {
	if !open {
		return nil, "", ""
	}
	rows = g.rows
	if d.form.After != "" {
		rows = rows[sortedAfter(rows, d.form.After):]
	}
	if len(rows) > most {
		rows = rows[:most]
		next = rows[most-1].Key
		f := d.form
		f.Open, f.After = g.key, next
		href = f.href(matrixPath)
	}
	return rows, href, next
}

// sortedAfter gives how many rows stand up to a key.
func sortedAfter(rows []access.MatrixRow, key string) int {
	at := slices.IndexFunc(rows, func(r access.MatrixRow) bool { return r.Key == key })
	return at + 1 // a key that is gone: from the start
}

func (d *drawing) column(r access.RoleRow) roles.MatrixColumn {
	v := roles.MatrixColumn{Name: r.Name, Href: roleHref(r.Key), Privileged: r.Reaches, BuiltIn: r.BuiltIn}
	switch {
	case r.BuiltIn:
		v.Fixed = "Comes with Rollcall"
	case r.Reaches && !d.can.Has(models.RolesAssignPrivileged):
		v.Fixed = "Privileged: not yours to change"
	}
	return v
}

func (d *drawing) row(r access.MatrixRow) roles.MatrixRow {
	v := roles.MatrixRow{Sentence: r.Sentence, Key: r.Key}
	own, console := models.PermissionByKey(r.Key)
	if d.edit && console && r.Application == models.ConsoleApplication && !d.can.Has(own) {
		v.Note = "You do not hold it, so you cannot give or take it."
	}
	var had []string
	for i, c := range r.Cells {
		role := d.data.Roles[i]
		cellOf := roles.MatrixCell{Own: c.Own, Via: through(c.Via), Label: role.Name + ": " + lower(r.Sentence)}
		if len(c.Via) > 0 {
			cellOf.Href = roleHref(c.Via[0].Key)
		}
		if d.edit && v.Note == "" && d.column(role).Fixed == "" {
			at := cell{role.ID, r.ID}
			d.seen[at] = true
			cellOf.Edit, cellOf.Value, cellOf.Ticked = true, at.String(), c.Own
			if want, changed := d.pending[at]; changed {
				cellOf.Ticked = want
			}
			if c.Own {
				had = append(had, strconv.FormatInt(role.ID, 10))
			}
		}
		v.Cells = append(v.Cells, cellOf)
	}
	if d.edit && v.Note == "" {
		v.Shown = strconv.FormatInt(r.ID, 10) + ":" + strings.Join(had, ".")
	}
	return v
}

func through(via []access.RoleRef) string {
	var names []string
	for _, r := range via {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", through ")
}

func lower(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

// carry adds what the form sends along: what is looked at, the versions that were
// read, and the changes out of sight.
func (d *drawing) carry(m *roles.MatrixModel) {
	v := d.form.values()
	v.Del("q") // these two have fields of their own
	v.Del("differences")
	v.Del("role")
	for i, r := range d.data.Roles {
		v.Add("role", r.Key)
		if m.Columns[i].Fixed != "" {
			continue
		}
		v.Add("column", strconv.FormatInt(r.ID, 10))
		if _, read := d.versions[r.ID]; !read {
			d.versions[r.ID] = r.Version
		}
	}
	for role, version := range d.versions {
		v.Add("v", cell{role, version}.String())
	}
	for at, give := range d.pending {
		switch {
		case d.seen[at]:
			continue
		case give:
			v.Add("give", at.String())
		default:
			v.Add("take", at.String())
		}
		m.Unseen++
	}
	for _, name := range []string{"v", "give", "take"} {
		slices.Sort(v[name])
	}
	m.Changes = d.changed() + m.Unseen
	m.Hidden, m.Action = hidden(v), editPath
}

// changed counts the drawn cells that differ from what is stored.
func (d *drawing) changed() int {
	n := 0
	for _, row := range d.data.Rows {
		for i, c := range row.Cells {
			at := cell{d.data.Roles[i].ID, row.ID}
			if want, pending := d.pending[at]; pending && d.seen[at] && want != c.Own {
				n++
			}
		}
	}
	return n
}

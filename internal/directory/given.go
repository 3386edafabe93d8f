package directory

import (
	"context"
	"maps"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Given is what a connected system gives one person. Who decided what may be
// taken is the caller; here it is only checked that a value fits its field.
type Given struct {
	UserID int64
	Source string // key of the system
	Values map[string]GivenValue
}

// GivenValue is the value of one field, by its form name.
type GivenValue struct {
	Text      string
	Own       bool // the system owns the field from now on
	OnlyEmpty bool // what is there stays
}

// Taken is a person who was changed by what they were given. Before and After
// are for the audit event, which the caller records.
type Taken struct {
	User   models.User
	Before map[string]any
	After  map[string]any
}

// Fit knows which values fit which field.
type Fit struct{ attributes map[string]Definition }

// Fit reads the local attributes that are defined now.
func (e *Engine) Fit(ctx context.Context, r store.Reader) (Fit, error) {
	definitions, err := definitionsIn(ctx, r)
	if err != nil {
		return Fit{}, err
	}
	f := Fit{attributes: make(map[string]Definition, len(definitions))}
	for _, d := range definitions {
		f.attributes[FieldAttribute(d.Key)] = d
	}
	return f, nil
}

// Value gives what a system says as the field would keep it: the same as given,
// but tidy and not too long. ok is false when there is no such field, or the
// value cannot stand in it: then the field stays as it is.
func (f Fit) Value(name, text string) (value string, ok bool) {
	if name == FieldDepartment {
		return accept(text, maxDepartment), true
	}
	if d, local := f.attributes[name]; local {
		clean, problem := d.checkValue(accept(text, maxValue))
		return clean, problem == ""
	}
	line, known := lineNamed(name)
	if !known {
		return "", false
	}
	value = accept(text, line.limit)
	// a person without a name, or an address nobody can write to, is worse than the old one
	ok = (name != FieldDisplayName || value != "") && (name != FieldEmail || value == "" || isEmail(value))
	return value, ok
}

// Same reports whether two values of a field are the same to people: a department
// is one whatever its capitals.
func (f Fit) Same(name, a, b string) bool {
	return a == b || name == FieldDepartment && fold(a) == fold(b)
}

func lineNamed(name string) (field, bool) {
	i := slices.IndexFunc(lines, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, false
	}
	return lines[i], true
}

// Standing is a person with the values of their fields.
type Standing struct {
	User       models.User
	Sources    Sources
	department string
	attributes map[string]models.UserAttribute // by form name
}

// Value gives a field by its form name.
func (s *Standing) Value(name string) string {
	if name == FieldDepartment {
		return s.department
	}
	if line, known := lineNamed(name); known {
		return *line.value(&s.User)
	}
	return s.attributes[name].Value
}

// Owner gives the source that owns a field, "" when it is local.
func (s *Standing) Owner(name string) string {
	if a, local := s.attributes[name]; local {
		return a.Source
	}
	return s.Sources.Owner(name)
}

// StandingOf reads many people with their fields. Who is not there is missing.
func (e *Engine) StandingOf(ctx context.Context, r store.Reader, ids []int64) (map[int64]*Standing, error) {
	users, err := readUsers(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	return standing(ctx, r, users)
}

func standing(ctx context.Context, r store.Reader, users []models.User) (map[int64]*Standing, error) {
	ids, departments := make([]int64, len(users)), make([]int64, 0, len(users))
	for i := range users {
		ids[i] = users[i].ID
		if users[i].DepartmentID != 0 {
			departments = append(departments, users[i].DepartmentID)
		}
	}
	slices.Sort(departments)
	names, err := departmentNames(ctx, r, slices.Compact(departments))
	if err != nil {
		return nil, err
	}
	values, err := readValuesOf(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	all := make(map[int64]*Standing, len(users))
	for _, u := range users {
		all[u.ID] = &Standing{User: u, Sources: ParseSources(u.FieldSources), department: names[u.DepartmentID], attributes: map[string]models.UserAttribute{}}
	}
	for _, v := range values {
		all[v.UserID].attributes[FieldAttribute(v.Attribute)] = v
	}
	return all, nil
}

// Take gives many people what systems say about them, inside the transaction of
// the verb, with few statements however many they are. Only who is changed by
// it is written and returned; people who were removed stay as they are.
func (e *Engine) Take(ctx context.Context, tx *store.Tx, given []Given) ([]Taken, error) {
	if len(given) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(given))
	for i := range given {
		ids[i] = given[i].UserID
	}
	users, err := lockUsers(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	now, err := standing(ctx, tx.Reader, users)
	if err != nil {
		return nil, err
	}
	fit, err := e.Fit(ctx, tx.Reader)
	if err != nil {
		return nil, err
	}
	t := taking{engine: e, tx: tx, fit: fit, departments: map[string]int64{"": 0}}
	for i := range given {
		if s := now[given[i].UserID]; s != nil && s.User.Status != models.Removed {
			if err := t.take(ctx, s, &given[i]); err != nil {
				return nil, err
			}
		}
	}
	taken, err := t.save(ctx)
	if err != nil {
		return nil, err
	}
	changes := make([]Changed, len(t.drafts))
	for i, d := range t.drafts {
		changes[i] = d.changedBy(t.sources[i])
	}
	return taken, e.tell(ctx, tx, changes...)
}

// taking collects what is to be written.
type taking struct {
	engine      *Engine
	tx          *store.Tx
	fit         Fit
	departments map[string]int64 // ids by name
	drafts      []*draft
	sources     []string // who said what is in each draft
}

// take compares one person with what they are given.
func (t *taking) take(ctx context.Context, s *Standing, g *Given) error {
	d := t.engine.draft(t.tx, s.User)
	for _, name := range slices.Sorted(maps.Keys(g.Values)) {
		v := g.Values[name]
		value, ok := t.fit.Value(name, v.Text)
		if !ok || v.OnlyEmpty && s.Value(name) != "" {
			continue
		}
		owner := s.Owner(name)
		if v.Own {
			owner = g.Source
		}
		if err := t.set(ctx, d, s, claimed{name, value, owner}); err != nil {
			return err
		}
	}
	if d.changed() {
		if len(d.after) == 0 {
			d.note("field_sources", s.User.FieldSources, d.sources.Text())
		}
		t.drafts, t.sources = append(t.drafts, d), append(t.sources, g.Source)
	}
	return nil
}

// claimed is a value that fits, and who owns the field with it.
type claimed struct{ name, value, owner string }

// set puts one value into a draft when it or its owner differs.
func (t *taking) set(ctx context.Context, d *draft, s *Standing, c claimed) error {
	current := s.Value(c.name)
	if a, local := t.fit.attributes[c.name]; local {
		if c.value != current || c.value != "" && c.owner != s.Owner(c.name) {
			d.attributes = append(d.attributes, models.UserAttribute{Attribute: a.Key, Value: c.value, Source: c.owner})
		}
		if c.value != current {
			d.note(c.name, current, c.value)
		}
		return nil
	}
	if c.owner != s.Owner(c.name) {
		d.sources[c.name] = c.owner
		d.columns = append(d.columns, "field_sources")
	}
	if t.fit.Same(c.name, c.value, current) {
		return nil
	}
	if line, known := lineNamed(c.name); known {
		d.set(line, c.value)
		return nil
	}
	id, err := t.department(ctx, c.value)
	if err != nil {
		return err
	}
	d.note(c.name, current, c.value)
	d.user.DepartmentID = id
	d.columns = append(d.columns, "department_id")
	return nil
}

// department gives the id of a department, and makes it when it is new.
func (t *taking) department(ctx context.Context, name string) (int64, error) {
	if id, known := t.departments[name]; known {
		return id, nil
	}
	id, err := t.engine.EnsureDepartment(ctx, t.tx, name)
	t.departments[name] = id
	return id, err
}

// save writes everybody who changed.
func (t *taking) save(ctx context.Context) ([]Taken, error) {
	if len(t.drafts) == 0 {
		return nil, nil
	}
	users := make([]models.User, len(t.drafts))
	var renamed []models.User
	var values []models.UserAttribute
	taken := make([]Taken, len(t.drafts))
	for i, d := range t.drafts {
		d.derive()
		d.user.Version++
		d.user.UpdatedAt, d.user.UpdatedBy = t.tx.Now, cut(t.tx.Actor.Name, maxName)
		users[i], taken[i] = d.user, Taken{User: d.user, Before: d.before, After: d.after}
		if d.renamed() {
			renamed = append(renamed, d.user)
		}
		for _, v := range d.attributes {
			v.UserID, v.UpdatedAt = d.user.ID, t.tx.Now
			values = append(values, v)
		}
	}
	if err := updateUsers(ctx, t.tx, users); err != nil {
		return nil, err
	}
	if err := replaceTokensOf(ctx, t.tx, renamed); err != nil {
		return nil, err
	}
	return taken, saveValues(ctx, t.tx, values)
}

package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// lastRune ends the range of all words that begin with another.
const lastRune = "\U0010ffff"

// lists reads the list of people: its first page, a far one, and by role.
func (b *bench) lists() []act {
	s := b.samples
	return []act{
		b.listAct(firstPage, 1, func(int) directory.Query { return directory.Query{} },
			func(ctx context.Context, _ int) ([]directory.Row, error) { return b.direct.list(ctx, place{}, "") }),
		b.listAct(farPage, len(s.far), func(i int) directory.Query { return directory.Query{Cursor: s.far[i].cursor} },
			func(ctx context.Context, i int) ([]directory.Row, error) { return b.direct.list(ctx, s.far[i], "") }),
		b.roleAct("filter-role-small", s.smallRoles),
		b.roleAct("filter-role-large", s.largeRoles),
	}
}

const (
	firstPage = "list-first"
	farPage   = "list-page-1000-by-next"
)

// searches look for people by words.
func (b *bench) searches() []act {
	s := b.samples
	var all []act
	for _, one := range []struct {
		name  string
		words []searched
	}{
		{"search-frequent", s.frequent}, {"search-rare", s.rare}, {"search-two-words", s.pairs}, {"search-absent", s.absent},
	} {
		all = append(all, b.listAct(one.name, len(one.words),
			func(i int) directory.Query { return directory.Query{Text: one.words[i].text} },
			func(ctx context.Context, i int) ([]directory.Row, error) { return b.direct.search(ctx, one.words[i]) }))
	}
	return all
}

func (b *bench) roleAct(name string, roles []held) act {
	return b.listAct(name, len(roles),
		func(i int) directory.Query {
			return directory.Query{RoleIDs: roles[i].roles, Cursor: roles[i].at.cursor}
		},
		func(ctx context.Context, i int) ([]directory.Row, error) {
			return b.direct.holders(ctx, roles[i], b.app.Store.Now())
		})
}

func (b *bench) listAct(name string, n int, q func(i int) directory.Query, bare func(context.Context, int) ([]directory.Row, error)) act {
	ours := func(ctx context.Context, i int) ([]directory.Row, error) {
		page, err := b.app.People.List(ctx, b.tenant, q(i))
		return page.Rows, err
	}
	return reading(name, n, ours, bare, slices.Equal)
}

// opened is what both ways must agree on when a person's page is opened.
type opened struct {
	name, department, manager               string
	identities, attributes, roles, sessions []string
	reports                                 int
}

func (o opened) equal(other opened) bool {
	slices.Sort(other.roles)
	other.roles = slices.Compact(other.roles) // one row for each path
	slices.Sort(o.roles)
	return fmt.Sprint(o) == fmt.Sprint(other)
}

// openUser opens a person: record, identities, attributes, roles with their
// paths, sessions.
func (b *bench) openUser() act {
	people := b.samples.people
	return reading("open-user", len(people),
		func(ctx context.Context, i int) (opened, error) { return b.open(ctx, people[i].publicID) },
		func(ctx context.Context, i int) (opened, error) {
			return b.direct.open(ctx, people[i].publicID, b.app.Store.Now())
		}, opened.equal)
}

func (b *bench) open(ctx context.Context, publicID string) (opened, error) {
	p, err := b.app.People.Get(ctx, b.tenant, publicID)
	if err != nil {
		return opened{}, err
	}
	roles, err := b.app.Access.Held(ctx, b.tenant, p.ID)
	if err != nil {
		return opened{}, err
	}
	sessions, err := b.app.Sessions.List(ctx, b.tenant, p.ID)
	if err != nil {
		return opened{}, err
	}
	out := opened{name: p.DisplayName, department: p.Department, manager: p.Manager.Name, reports: p.Reports}
	for _, i := range p.Identities {
		out.identities = append(out.identities, i.Subject)
	}
	for _, a := range p.Attributes {
		out.attributes = append(out.attributes, a.Definition.Key+"="+a.Source)
	}
	for _, r := range roles {
		out.roles = append(out.roles, r.Role.Key)
	}
	for _, s := range sessions {
		out.sessions = append(out.sessions, s.PublicID)
	}
	return out, nil
}

// searched is a search and how the bare statement should go about it.
type searched struct {
	text  string
	words []string // the rarest first
	many  bool     // even the rarest is a word of many people
}

// search makes a search of words with the number of people who have each.
func search(holders map[string]int, words ...string) searched {
	s := searched{text: strings.Join(words, " "), words: slices.Clone(words)}
	slices.SortStableFunc(s.words, func(a, b string) int { return holders[a] - holders[b] })
	s.words = slices.Compact(s.words)
	s.many = holders[s.words[0]] > fewWords
	return s
}

// How many people of a condition are sooner found by it than met on a walk: of a
// word, which holds the name, and of a role, which does not.
const (
	fewWords = 20_000
	few      = 2_000
)

// held are the roles of a filter, where the page begins, and whether many hold them.
type held struct {
	roles []int64
	at    place
	many  bool
}

// user is somebody to open, to change, or to read the log about.
type user struct {
	id          int64
	publicID    string
	given, last string
	status      models.Status
}

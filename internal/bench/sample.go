package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// Sizes of the samples.
const (
	samplePeople  = 1_000
	sampleChanges = 800 // two for each run: ours and the bare one
	sampleWords   = 50
	sampleEvents  = 300
	samplePages   = 20
	farAway       = 1_000 // the page that is far away
)

// samples are the inputs of all acts, drawn from the data with a fixed seed.
type samples struct {
	people   []user // anybody
	toAssign []user // Active, each used once
	toCutOff []user // Active, each used once
	admins   []user // Active, to call the page of people

	frequent, rare, pairs, absent []searched

	smallRoles, largeRoles []held

	pages []place // of the list of everybody, in order, from the second on
	far   []place // the last of those

	actors  []int64
	actions []models.Action
	moments []models.Instant
}

func (b *bench) draw(ctx context.Context) error {
	r := rand.New(rand.NewPCG(b.Seed, 0x5eed)) //nolint:gosec // samples, the same at every run
	b.samples = new(samples)
	for _, step := range []func(context.Context, *rand.Rand) error{b.drawPeople, b.drawWords, b.drawRoles, b.drawPages, b.drawLog} {
		if err := step(ctx, r); err != nil {
			return fmt.Errorf("draw samples: %w", err)
		}
	}
	return nil
}

func (b *bench) drawPeople(ctx context.Context, r *rand.Rand) error {
	s := b.samples
	var err error
	if s.people, err = b.direct.drawUsers(ctx, r, samplePeople, func(user) bool { return true }); err != nil {
		return err
	}
	active, err := b.direct.drawUsers(ctx, r, 2*sampleChanges+visitors, func(u user) bool { return u.status == models.Active })
	if err != nil {
		return err
	}
	if len(active) < visitors+4*warmRuns {
		return fmt.Errorf("only %d active people were found, too few to measure changes", len(active))
	}
	s.admins, active = active[:visitors], active[visitors:]
	s.toAssign, s.toCutOff = active[:len(active)/2], active[len(active)/2:]
	return nil
}

// drawWords sorts the words of the drawn people by how many people have them.
func (b *bench) drawWords(ctx context.Context, r *rand.Rand) error {
	s := b.samples
	holders := map[string]int{}
	var all []string
	for _, p := range s.people[:min(len(s.people), 300)] {
		words, err := b.direct.wordsOf(ctx, p.id)
		if err != nil {
			return err
		}
		for _, w := range words {
			if _, known := holders[w]; known || len(w) < 3 {
				continue
			}
			if holders[w], err = b.direct.holdersOf(ctx, w); err != nil {
				return err
			}
			all = append(all, w)
		}
		if given, last := oneWord(p.given, words), oneWord(p.last, words); given != "" && last != "" && given != last && len(s.pairs) < sampleWords {
			s.pairs = append(s.pairs, search(holders, given, last))
		}
	}
	slices.SortStableFunc(all, func(x, y string) int { return holders[y] - holders[x] })
	for _, w := range all[:min(len(all), sampleWords/5)] {
		s.frequent = append(s.frequent, search(holders, w))
	}
	for _, w := range slices.Backward(all) {
		if holders[w] <= 5 && len(s.rare) < sampleWords {
			s.rare = append(s.rare, search(holders, w))
		}
	}
	for range sampleWords {
		s.absent = append(s.absent, search(holders, "zzq"+strings.Repeat("x", 1+r.IntN(9))))
	}
	return nil
}

// oneWord gives a name in the form it is found by, "" when it has several words.
func oneWord(name string, words []string) string {
	if name = strings.ToLower(name); len(name) >= 3 && slices.Contains(words, name) {
		return name
	}
	return ""
}

// drawRoles takes the roles that most people hold, and those that few do.
func (b *bench) drawRoles(ctx context.Context, _ *rand.Rand) error {
	sizes, err := b.direct.roleSizes(ctx, b.app.Store.Now())
	if err != nil {
		return err
	}
	sizes = slices.DeleteFunc(sizes, func(s roleSize) bool { return strings.HasPrefix(s.key, rolePrefix) })
	if len(sizes) == 0 {
		return fmt.Errorf("nobody holds a role")
	}
	for _, size := range sizes {
		if size.n > few || len(b.samples.smallRoles) == samplePages {
			continue
		}
		ids, err := b.app.Access.ContainingRoles(ctx, b.tenant, size.id)
		if err != nil {
			return err
		}
		if n := together(sizes, ids); n <= few {
			b.samples.smallRoles = append(b.samples.smallRoles, held{roles: ids})
		}
	}
	ids, err := b.app.Access.ContainingRoles(ctx, b.tenant, sizes[0].id)
	if err != nil {
		return err
	}
	large := held{roles: ids, many: together(sizes, ids) > few}
	if !large.many { // looked up and sorted: first page only
		b.samples.largeRoles = []held{large}
		return nil
	}
	return b.drawRolePages(ctx, large)
}

func (b *bench) drawRolePages(ctx context.Context, large held) error {
	for range samplePages {
		b.samples.largeRoles = append(b.samples.largeRoles, large)
		page, err := b.app.People.List(ctx, b.tenant, directory.Query{RoleIDs: large.roles, Cursor: large.at.cursor})
		if err != nil || page.Next == "" {
			return err
		}
		large.at = placeOf(&page.Rows[len(page.Rows)-1], page.Next)
	}
	return nil
}

// together adds up how often the roles are given.
func together(sizes []roleSize, ids []int64) int {
	n := 0
	for _, s := range sizes {
		if slices.Contains(ids, s.id) {
			n += s.n
		}
	}
	return n
}

// drawPages walks the list of everybody to page 1,000, or to its end.
func (b *bench) drawPages(ctx context.Context, _ *rand.Rand) error {
	s := b.samples
	var at place
	for len(s.pages) < farAway-1 {
		page, err := b.app.People.List(ctx, b.tenant, directory.Query{Cursor: at.cursor})
		if err != nil {
			return err
		}
		if page.Next == "" {
			break
		}
		at = placeOf(&page.Rows[len(page.Rows)-1], page.Next)
		s.pages = append(s.pages, at)
	}
	if len(s.pages) == 0 {
		return fmt.Errorf("the directory has one page only")
	}
	s.far = s.pages[max(0, len(s.pages)-samplePages):]
	if n := len(s.pages) + 1; n < farAway {
		b.say("the directory has %d pages: %s is measured on the last of them", n, farPage)
	}
	return nil
}

func (b *bench) drawLog(ctx context.Context, r *rand.Rand) error {
	s := b.samples
	events, err := b.direct.drawEvents(ctx, r, sampleEvents)
	if err != nil {
		return err
	}
	for _, e := range events {
		s.moments = append(s.moments, e.At)
		if e.ActorKind == models.ActorUser {
			s.actors = append(s.actors, e.ActorID)
		}
		if !slices.Contains(s.actions, e.Action) {
			s.actions = append(s.actions, e.Action)
		}
	}
	return nil
}

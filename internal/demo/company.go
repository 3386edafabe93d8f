package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/models"
)

// Size is how many people the directory of the demo holds.
const Size = 12_000

// seedNumber fixes everything that is drawn.
const seedNumber = 20_261_122

// age is how long Rollcall has been used when somebody looks at the demo.
const age = 400 * 24 * time.Hour

// company is the invented organisation at one moment.
type company struct {
	now     time.Time
	opened  time.Time // when Rollcall began here
	people  []*person // managers stand before their reports, level by level
	parts   map[string]*person
	handles map[string]int
	r       *rand.Rand
}

// compose invents the company as it is at a moment. The same moment gives the
// same company.
func compose(now time.Time) *company {
	now = now.UTC().Truncate(time.Minute)
	c := &company{
		now: now, opened: weekday(now.Add(-age).Truncate(24 * time.Hour)).Add(9 * time.Hour),
		parts: map[string]*person{}, handles: map[string]int{},
		r: rand.New(rand.NewPCG(seedNumber, 1)),
	}
	c.staff()
	c.level()
	c.cast()
	c.details()
	c.tellStories()
	c.signIns()
	return c
}

// staff fills the departments: each is a tree below its head, and the heads
// report to the head of the first.
func (c *company) staff() {
	var chief *person
	for i := range departments {
		d := &departments[i]
		head := c.hire(d, chief)
		head.title = d.head
		if chief == nil {
			chief = head
		}
		c.below(head, d.people-1, 1)
	}
}

// below puts n people under a boss: as few levels as spans of 6 to 10 allow.
func (c *company) below(boss *person, n, level int) {
	span := 6 + c.r.IntN(5)
	if n <= span+2 {
		for range n {
			p := c.hire(boss.dept, boss)
			titles := boss.dept.titles
			p.title = titles[min(c.r.IntN(len(titles)+1), len(titles)-1)]
			if c.r.Float64() < 0.16 {
				p.external, p.supplier = true, suppliers[c.r.IntN(len(suppliers))]
			}
		}
		return
	}
	leads := make([]*person, span)
	for i := range leads {
		leads[i] = c.hire(boss.dept, boss)
		leads[i].title = leadTitle(boss.dept, level)
	}
	n -= span
	for i, lead := range leads {
		share := n / (span - i)
		n -= share
		if share == 0 {
			lead.title = boss.dept.titles[len(boss.dept.titles)-1]
		}
		c.below(lead, share, level+1)
	}
}

func leadTitle(d *department, level int) string {
	if level == 1 {
		return "Director, " + d.name
	}
	return "Team Lead, " + d.name
}

func (c *company) hire(d *department, boss *person) *person {
	i := len(c.people)
	p := &person{Name: seed.NewName(seed.Source(seedNumber, i)), dept: d, boss: boss, status: models.Active}
	if boss != nil {
		p.depth = boss.depth + 1
		boss.reports++
	}
	c.people = append(c.people, p)
	return p
}

// level orders the people so that managers come first, which is how the
// directory loads them, and numbers them.
func (c *company) level() {
	levels := map[int][]*person{}
	deepest := 0
	for _, p := range c.people {
		levels[p.depth] = append(levels[p.depth], p)
		deepest = max(deepest, p.depth)
	}
	c.people = c.people[:0]
	for depth := range deepest + 1 {
		c.people = append(c.people, levels[depth]...)
	}
	for i, p := range c.people {
		p.number = 1000 + i*7
	}
}

// details gives everybody the rest: where they sit, since when, and as whom
// they sign in.
func (c *company) details() {
	for i, p := range c.people {
		r := seed.Source(seedNumber+1, i)
		p.site = p.dept.sites[r.IntN(len(p.dept.sites))]
		p.costCentre = fmt.Sprintf("CC-%d", 4100+10*deptIndex(p.dept))
		p.created = c.opened
		years := time.Duration(r.Float64() * r.Float64() * 14 * 365 * 24 * float64(time.Hour))
		p.start = c.opened.Add(-years - 24*time.Hour)
		if !p.leads() && p.key == "" && r.Float64() < 0.13 { // came since
			p.created = weekday(c.opened.Add(time.Duration(r.Float64() * float64(c.now.Sub(c.opened)-72*time.Hour)))).Truncate(24 * time.Hour).Add(workingHour(r))
			p.start = p.created
		}
		p.publicID = seed.PublicID(p.created, r)
		if r.Float64() < 0.62 {
			p.badge = digits("B-#####", r)
		}
		if pattern, known := dialling[p.site]; known && r.Float64() < 0.7 {
			p.phone = digits(pattern, r)
		}
		c.account(p, r)
	}
}

// account gives the person an address and an identity at one of the providers.
func (c *company) account(p *person, r *rand.Rand) {
	if p.username == "" { // whoever plays a part has one
		p.username = handle(p.Given, p.Family)
		c.handles[p.username]++
		if n := c.handles[p.username]; n > 1 {
			p.username = fmt.Sprintf("%s%d", p.username, n)
		}
	}
	domain := EmailDomain
	p.provider = ProviderKey
	switch {
	case p.external:
		domain, p.provider = p.supplier, supplierKey
		if r.Float64() < 0.4 { // works here long enough to have got an own account
			p.provider = ProviderKey
		}
	case p.dept.name == acquired:
		domain, p.provider = "moravia-works.example", supplierKey
	}
	p.email = p.username + "@" + domain
	if p.subject == "" {
		p.subject = seed.PublicID(p.created, r)
		if p.provider == ProviderKey {
			p.subject = fmt.Sprintf("nw-%06d", p.number)
		}
	}
}

func deptIndex(d *department) int {
	for i := range departments {
		if d == &departments[i] {
			return i
		}
	}
	return -1
}

// weekday moves Saturday and Sunday to the Friday before.
func weekday(t time.Time) time.Time {
	switch t.Weekday() {
	case time.Saturday:
		return t.AddDate(0, 0, -1)
	case time.Sunday:
		return t.AddDate(0, 0, -2)
	}
	return t
}

// workday gives the beginning of the n-th working day before today. Of two such days
// the greater n is always the earlier one, whatever day of the week it is.
func (c *company) workday(n int) time.Time {
	day := c.day(0)
	for n > 0 {
		if day = day.AddDate(0, 0, -1); day.Equal(weekday(day)) {
			n--
		}
	}
	return day
}

// workingHour is a time of day between 07:00 and 18:00 UTC.
func workingHour(r *rand.Rand) time.Duration {
	return 7*time.Hour + time.Duration(r.IntN(11*3600))*time.Second
}

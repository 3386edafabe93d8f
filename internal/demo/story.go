package demo

import (
	"math/rand/v2"
	"time"

	"github.com/rollcall/rollcall/models"
)

// How many people each story is about. Tests hold the directory's views
// against these.
const (
	deactivatedPeople = 640
	deactivatedLeads  = 4 // their people have nobody
	suspendedPeople   = 18
	invitedPeople     = 42
	pendingPeople     = 7
	leavingThisWeek   = 16
	leavingLater      = 37
	overdueLeavers    = 11
	withoutManager    = 14
	dormantPeople     = 236
	liveSessions      = 64
)

// tellStories gives people the fates that a real directory has.
func (c *company) tellStories() {
	pool := append([]*person(nil), c.people...)
	c.r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	take := func(n int, match func(*person) bool, tell func(*person)) {
		for _, p := range pool {
			if n == 0 {
				return
			}
			if p.plainLeaf() && p.boss != c.parts[PersonaManager] && match(p) {
				tell(p)
				n--
			}
		}
		panic("demo: too few people for a story") // a mistake in this package
	}
	anybody := func(*person) bool { return true }
	staff := func(p *person) bool { return p.internal() && p.provider == ProviderKey }
	old := func(p *person) bool { return p.created.Equal(c.opened) }

	c.fatesOfParts()
	take(overdueLeavers-1, staff, func(p *person) {
		p.leave(c.day(-1-c.r.IntN(26)), c.day(-30-c.r.IntN(20)), pick(c.r, leavingReasons))
	})
	take(leavingThisWeek-2, staff, func(p *person) {
		p.leave(c.day(1+c.r.IntN(6)), c.day(-10-c.r.IntN(20)), pick(c.r, leavingReasons))
	})
	take(2, staff, func(p *person) { // put on garden leave meanwhile
		p.leave(c.day(2+c.r.IntN(4)), c.day(-12), pick(c.r, leavingReasons))
		c.suspend(p, c.now.Add(-4*24*time.Hour), "Garden leave until the last day, agreed with Legal")
	})
	take(leavingLater, staff, func(p *person) {
		p.leave(c.day(9+c.r.IntN(60)), c.day(-1-c.r.IntN(20)), pick(c.r, leavingReasons))
	})
	take(pendingPeople, staff, func(p *person) {
		c.wait(p, c.now.Add(-time.Duration(20+c.r.IntN(5*24*60))*time.Minute))
	})
	take(invitedPeople-1, anybody, func(p *person) { c.invite(p, c.now.Add(-time.Duration(1+c.r.IntN(44*24))*time.Hour)) })
	take(suspendedPeople-3, old, func(p *person) {
		c.suspend(p, c.now.Add(-time.Duration(3+c.r.IntN(70*24))*time.Hour), pick(c.r, suspendingReasons))
	})
	c.leaderless(take, staff)
	c.castOperations(take)
	take(deactivatedPeople-1-deactivatedLeads, old, func(p *person) {
		c.deactivate(p, c.opened.Add(time.Duration(c.r.Float64()*float64(c.now.Sub(c.opened)-24*time.Hour))), pick(c.r, deactivatingReasons))
	})
}

// fatesOfParts decides about those who play a part.
func (c *company) fatesOfParts() {
	c.parts[partLeaver].leave(c.day(-3), c.day(-24), "Notice given, last day agreed with Elif Kaya")
	c.deactivate(c.parts[partDeactivated], c.now.Add(-23*24*time.Hour), "Left the company, return of the laptop confirmed")
	c.suspend(c.parts[partSuspended], c.now.Add(-50*time.Hour), "Laptop reported stolen on the train from Brno; lift when the new one is enrolled")
	c.invite(c.parts[partInvited], c.now.Add(-26*time.Hour))
	c.wait(c.parts[partLetIn], c.workday(5).Add(8*time.Hour))
}

// leaderless takes people's managers away: some have none, some have one who is gone.
func (c *company) leaderless(take func(int, func(*person) bool, func(*person)), staff func(*person) bool) {
	take(withoutManager, staff, func(p *person) {
		p.boss.reports--
		p.boss = nil
		p.key = "without-manager"
	})
	gone := 0
	for _, p := range c.people {
		if gone < deactivatedLeads && p.depth == 3 && p.leads() && p.reports < 12 && p.key == "" && p.dept.kind != kindFinance {
			c.deactivate(p, c.now.Add(-time.Duration(9+gone*11)*24*time.Hour), pick(c.r, deactivatingReasons))
			gone++
		}
	}
}

// day gives midnight n days from today.
func (c *company) day(n int) time.Time { return c.now.Truncate(24*time.Hour).AddDate(0, 0, n) }

func (p *person) leave(on, said time.Time, reason string) {
	p.status, p.leaving, p.since, p.reason, p.by = models.Leaving, on, said.Add(10*time.Hour), reason, amara
	if p.since.Before(p.created) {
		p.since = p.created.Add(2 * time.Hour)
	}
}

func (c *company) suspend(p *person, at time.Time, reason string) {
	p.status, p.since, p.reason, p.by = models.Suspended, at, reason, amara
	if p.key == partSuspended {
		p.by = jonas
	}
}

func (c *company) deactivate(p *person, at time.Time, reason string) {
	p.status, p.since, p.reason, p.by = models.Deactivated, at, reason, pick(c.r, []string{amara, goran})
}

func (c *company) invite(p *person, at time.Time) {
	p.status, p.created, p.since, p.by = models.Invited, at, at, amara
	p.provider, p.start = "", at.AddDate(0, 0, 14).Truncate(24*time.Hour)
}

func (c *company) wait(p *person, at time.Time) {
	p.status, p.created, p.since, p.pending, p.start = models.Invited, at, at, at, at
	p.by, p.reason = "Sign-in at "+ProviderName, "Created at the first sign-in: rule: waits to be let in"
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// Names of those who act in the stories.
const (
	amara    = "Amara Okafor"
	goran    = "Goran Novak"
	priya    = "Priya Raman"
	jonas    = "Jonas Lindqvist"
	ilse     = "Ilse Weber"
	rollcall = "Rollcall"
)

var leavingReasons = []string{
	"Resigned, notice of one month", "Contract ends and is not renewed", "Retires", "Moves to a customer", "Returns to university",
	"Position closed, agreement signed with People Operations", "Parental leave without return, agreed with the manager",
}

var suspendingReasons = []string{
	"Unpaid leave for three months", "Phone with the authenticator lost abroad", "Investigation by Compliance, case C-118, until it is closed",
	"Long sick leave, agreed with the manager", "Sign-ins from two continents within an hour; waits for a talk with Security",
	"Supplier's contract is being renewed", "Password seen in a leaked list; waits for a reset in person",
}

var deactivatingReasons = []string{
	"Left the company, last day passed", "Contract with the supplier ended", "Retired", "Double record, the other one is kept", "Probation ended",
	"Moved to the sold business unit", "Left during onboarding",
}

package demo

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/models"
)

// signIns says when each person was last in.
func (c *company) signIns() {
	for i, p := range c.people {
		r := seed.Source(seedNumber+2, i)
		switch p.status {
		case models.Active, models.Leaving:
			p.last = c.recent(p, r)
		case models.Suspended, models.Deactivated:
			p.last = latest(p.since.Add(-time.Duration(1+r.IntN(9*24))*time.Hour), p.created)
		}
	}
	// Whoever acts in the last days was in before.
	for key, ago := range map[string]time.Duration{
		PersonaAdmin: 4 * time.Hour, partChiefSecurity: 5 * time.Hour, PersonaAuditor: 27 * time.Hour, PersonaHelpdesk: 51 * time.Hour,
	} {
		c.parts[key].last = c.now.Add(-ago)
	}
	c.dormant()
	c.liveNow()
	for i, p := range c.people { // nobody was in after they were cut off
		if p.key == cutSixDays || p.key == cutToday {
			p.last = c.now.AddDate(0, 0, -8-i%20)
		}
	}
}

// recent draws a last sign-in as offices have them: a third today or the last
// working day, nearly all within six weeks.
func (c *company) recent(p *person, r *rand.Rand) time.Time {
	days := 0
	switch point := r.Float64(); {
	case point < 0.34:
	case point < 0.74:
		days = 1 + r.IntN(6)
	case point < 0.96:
		days = 7 + r.IntN(35)
	default:
		days = 42 + r.IntN(40)
	}
	at := weekday(c.day(-days)).Add(workingHour(r))
	if at.After(c.now.Add(-time.Hour)) {
		at = c.now.Add(-time.Hour - time.Duration(r.IntN(20*60))*time.Minute)
	}
	if !p.leaving.IsZero() && at.After(p.leaving) { // nobody comes in after the last day
		at = p.leaving.Add(-time.Duration(7+r.IntN(9)) * time.Hour)
	}
	return latest(at, p.created.Add(10*time.Minute))
}

// dormant makes some people stay away for more than ninety days, and a few
// never come at all.
func (c *company) dormant() {
	n := dormantPeople
	for i := len(c.people) - 1; i >= 0 && n > 0; i -= 13 {
		p := c.people[i]
		if !p.plainLeaf() || !p.created.Equal(c.opened) || p.boss == c.parts[PersonaManager] {
			continue
		}
		r := seed.Source(seedNumber+3, i)
		p.last = c.now.Add(-time.Duration(91*24+r.IntN(250*24)) * time.Hour)
		if n%6 == 0 {
			p.last = time.Time{}
		}
		n--
	}
	if n > 0 {
		panic("demo: too few people to be dormant") // a mistake in this package
	}
}

// liveNow chooses who has a session at this moment.
func (c *company) liveNow() {
	n := liveSessions
	for i := 40; i < len(c.people) && n > 0; i += 29 {
		p := c.people[i]
		if p.provider != ProviderKey || !p.in() || p.last.IsZero() || !p.leaving.IsZero() || strings.HasPrefix(p.key, "cut-") || c.now.Sub(p.last) > 6*24*time.Hour || c.parts[p.key] != nil {
			continue
		}
		p.live = true
		p.last = c.now.Add(-time.Duration(3+n%52) * time.Minute)
		n--
	}
	if n > 0 {
		panic("demo: too few people to be signed in") // a mistake in this package
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

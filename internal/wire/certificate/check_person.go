package certificate

import "time"

// person checks one entry: its place, what is in it, and the chain.
func (c *checker) person(line []byte) error {
	place := c.order.at + 1
	p, err := parse[Person](line)
	if err != nil {
		c.order.add(place)
		c.chain = ""
		c.say("Person %d: %v.", place, err)
		return nil
	}
	if c.report.Head.Scope == ScopePerson {
		c.order.at++
		c.one, c.chain, c.report.Person = append([]byte(nil), line...), "", &p
	} else if !c.order.add(p.Position) {
		c.chain = "" // said already, with more sense
	}
	named := len(c.report.Problems)
	if text := sequence("step", stepNumbers(p.Steps), p.StepCount); text != "" {
		c.say("Person %d: %s.", p.Position, text)
	}
	for _, s := range p.Steps {
		if err := c.step(p, s); err != nil {
			return err
		}
	}
	hash, err := p.own()
	if err != nil {
		return err
	}
	if named == len(c.report.Problems) {
		switch {
		case hash != p.Hash:
			c.say("Person %d: the entry was changed, its hash does not fit.", p.Position)
		case c.chain != "" && link(c.chain, p.Hash) != p.Chain:
			c.say("Person %d: the entry does not follow the one before it, the chain is broken here.", p.Position)
		default:
			c.sense(p)
		}
	}
	c.chain = p.Chain
	c.counted.add(p)
	c.tree.add(leaf(line))
	if p.Included {
		c.list.Add(int64(p.Position), p.ID, p.StatusBefore, p.Version)
	}
	return nil
}

func stepNumbers(steps []Step) []int {
	out := make([]int, len(steps))
	for i, s := range steps {
		out[i] = s.N
	}
	return out
}

func (c *checker) step(p Person, s Step) error {
	named := len(c.report.Problems)
	probes, applications := make([]int, len(s.Probes)), make([]int, len(s.Applications))
	for i := range s.Probes {
		probes[i] = s.Probes[i].N
	}
	for i := range s.Applications {
		applications[i] = s.Applications[i].N
	}
	if text := sequence("probe", probes, s.ProbeCount); text != "" {
		c.say("Person %d, step %d (%s): %s.", p.Position, s.N, s.about(), text)
	}
	if text := sequence("application", applications, s.ApplicationCount); text != "" {
		c.say("Person %d, step %d (%s): %s.", p.Position, s.N, s.about(), text)
	}
	hash, err := s.own()
	if err != nil || named != len(c.report.Problems) {
		return err
	}
	switch {
	case hash != s.Hash:
		c.say("Person %d, step %d (%s): it was changed, its hash does not fit.", p.Position, s.N, s.about())
	case s.Outcome == Confirmed && !proven(s):
		c.say("Person %d, step %d (%s): it is called confirmed, and its probes do not show it.", p.Position, s.N, s.about())
	}
	return nil
}

// about names a step for people.
func (s Step) about() string {
	if s.System == "" {
		return s.Kind
	}
	return s.Kind + " at " + s.System
}

// proven reports whether the probes of a step show what "confirmed" means: alive
// before and not after, or the other way round for one that lets in.
func proven(s Step) bool {
	if s.Held != nil {
		return s.Held.Tokens > 0 && s.Held.Proven == s.Held.Tokens && (len(s.Probes) == 0 || provenTokens(s.Probes))
	}
	var before, after *bool
	for _, p := range s.Probes {
		switch p.When {
		case Before:
			before = p.Alive
		case After:
			after = p.Alive
		}
	}
	if before == nil || after == nil {
		return false
	}
	if s.Want == WantIn {
		return !*before && *after
	}
	return *before && !*after
}

// provenTokens reports whether looks at tokens show that: one of the same kind saw
// a token alive and then dead, and none saw one alive afterwards.
func provenTokens(probes []Probe) bool {
	dead := false
	for i, p := range probes {
		if p.When != After || p.Alive == nil {
			continue
		}
		if *p.Alive {
			return false
		}
		if i == 0 {
			continue
		}
		b := probes[i-1]
		dead = dead || b.When == Before && b.What == p.What && b.Alive != nil && *b.Alive
	}
	return dead
}

// sense checks that an entry says nothing that cannot be.
func (c *checker) sense(p Person) {
	h := c.report.Head
	if p.Included && p.State == StateOut {
		for _, s := range p.Steps {
			if s.Outcome != Confirmed && s.Outcome != Nothing && s.Outcome != Skipped {
				c.say("Person %d: is called out, and step %d ended as %q.", p.Position, s.N, s.Outcome)
			}
		}
	}
	switch {
	case p.CutAt != "" && p.CutAt < h.Trigger.At:
		c.say("Person %d: was cut off before anybody asked for it.", p.Position)
	case p.OutAt != "" && p.OutAt < p.CutAt:
		c.say("Person %d: was out before they were cut off.", p.Position)
	case p.OutAt != "" && (p.SecondsToOut == nil || *p.SecondsToOut != Seconds(h.Trigger.At, p.OutAt)):
		c.say("Person %d: the time from the trigger to out is not what the two moments say.", p.Position)
	}
}

// Seconds gives the whole seconds between two moments.
func Seconds(from, to string) int64 {
	return int64(ParseMoment(to).Sub(ParseMoment(from)) / time.Second)
}

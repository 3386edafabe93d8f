package certificate

// newTotals gives totals of nobody.
func newTotals() Totals {
	return Totals{LeftOut: map[string]int{}, States: map[string]int{}, Outcomes: map[string]int{}, Applications: map[string]int{}}
}

// add counts a person.
func (t *Totals) add(p Person) {
	t.People++
	if !p.Included {
		t.LeftOut[p.LeftOut]++
		return
	}
	t.Included++
	t.States[p.State]++
	t.Sessions += p.Sessions
	t.until(p.ResidualUntil)
	if p.SecondsToOut != nil {
		t.LongestToOut = max(t.LongestToOut, *p.SecondsToOut)
	}
	for _, s := range p.Steps {
		t.Steps++
		t.Outcomes[s.Outcome]++
		t.Probes += len(s.Probes)
		if s.Want == WantOut && s.Outcome == Confirmed {
			t.Proven++
		}
		for _, a := range s.Applications {
			t.Applications[a.Outcome]++
			t.until(a.Until)
		}
	}
}

// until keeps the last second of access; moments sort as text.
func (t *Totals) until(moment string) { t.ResidualUntil = max(t.ResidualUntil, moment) }

package certificate

// decisions checks the head by itself: its hash, and that what was decided was
// decided over this list, in time, by those who may.
func (c *checker) decisions(h Head) error {
	named := false
	numbers := make([]int, len(h.Decisions))
	for i, d := range h.Decisions {
		numbers[i] = d.N
	}
	if text := sequence("decision", numbers, h.DecisionCount); text != "" {
		c.say("Head: %s.", text)
		named = true
	}
	if len(h.Events) != h.EventCount {
		c.say("Head: %d of %d events of the audit log are there.", len(h.Events), h.EventCount)
		named = true
	}
	for _, d := range h.Decisions {
		hash, err := d.own()
		if err != nil {
			return err
		}
		if hash != d.Hash {
			c.say("Decision %d (%s, %s): it was changed, its hash does not fit.", d.N, d.Decision, d.By.Name)
			named = true
			continue
		}
		c.decided(h, d)
	}
	hash, err := h.own()
	if err != nil {
		return err
	}
	if hash != h.Hash && !named {
		c.say("Head: it was changed, its hash does not fit.")
	}
	return nil
}

func (c *checker) decided(h Head, d Decision) {
	if d.Decision != "approved" {
		return
	}
	switch {
	case d.ListHash != h.Plan.ListHash:
		c.say("Decision %d: %s approved another list than the one that was carried out.", d.N, d.By.Name)
	case d.By.ID != "" && d.By.ID == h.Trigger.By.ID:
		c.say("Decision %d: %s approved what they had asked for themselves.", d.N, d.By.Name)
	case h.Operation.StartedAt != "" && d.At > h.Operation.StartedAt:
		c.say("Decision %d: %s approved after it had begun.", d.N, d.By.Name)
	}
}

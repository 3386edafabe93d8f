package prove_test

import (
	"os"
	"time"
)

// trace shows where the time of one person went.
func (w *world) trace(c claims, click time.Time) {
	if os.Getenv("PROVE_TRACE") == "" {
		return
	}
	ms := func(t time.Time) int64 { return t.Sub(click).Milliseconds() }
	for _, s := range c.steps {
		e := s.Evidence
		line := []any{s.Kind, s.Outcome, "asked", ms(e.AskedAt), "ended", ms(s.At.Time())}
		if e.Before != nil {
			line = append(line, "before", ms(e.Before.At))
		}
		if e.After != nil {
			line = append(line, "after", ms(e.After.At))
		}
		if e.Tokens != nil {
			for _, l := range e.Tokens.Looks {
				line = append(line, l.Token, l.How, ms(l.Before.At), ms(l.After.At))
			}
		}
		w.t.Log(line...)
	}
}

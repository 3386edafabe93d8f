package demo

import (
	"context"
	"crypto/rand"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/demo/outside"
)

// How the company goes on living while somebody looks at the demo: people sign in
// to its applications, one now and then, and some of them go again. A source that
// told of nothing would soon be taken for one that fell silent.
const (
	arriveEvery = 40 * time.Second
	present     = 30 // of those who came while the demo runs
)

var entered = []string{"ledger-prod", "warehouse", "crm"}

// live lets people of a system come and go until ctx ends.
func live(ctx context.Context, s *outside.System, log *slog.Logger) {
	tick := time.NewTicker(arriveEvery)
	defer tick.Stop()
	var here []connector.Session
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if len(here) == present {
			if err := s.Leave(here[0].AccountID, here[0].ID); err != nil {
				log.Warn("somebody of the demo could not go", "error", err)
			}
			here = here[1:]
		}
		a, found := s.Any(mathrand.IntN)
		if !found {
			continue
		}
		one := connector.Session{ID: rand.Text(), AccountID: a.ID, IP: "198.51.100.7", Apps: entered[mathrand.IntN(len(entered)):][:1]}
		if err := s.Admit(one); err != nil {
			log.Warn("somebody of the demo could not come", "error", err)
			continue
		}
		here = append(here, one)
	}
}

package app

import (
	"log/slog"
	"sync"
	"time"
)

// Counts of the sidebar are kept this long: they are a hint, the page behind
// them is the truth.
const (
	memoryFor  = 15 * time.Second
	memorySize = 10_000
)

// memory keeps a count per tenant or person for a short while.
type memory struct {
	log *slog.Logger

	mu   sync.Mutex
	kept map[int64]remembered
}

type remembered struct {
	at time.Time
	n  int
}

func newMemory(log *slog.Logger) *memory { return &memory{log: log, kept: map[int64]remembered{}} }

// of gives the count of id, asking anew when what is kept is old. A count that
// cannot be read is zero.
func (m *memory) of(id int64, ask func() (int, error)) int {
	m.mu.Lock()
	r, ok := m.kept[id]
	m.mu.Unlock()
	if ok && time.Since(r.at) < memoryFor {
		return r.n
	}
	n, err := ask()
	if err != nil {
		m.log.Warn("a count of the sidebar could not be read", "error", err.Error())
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= memorySize {
		clear(m.kept)
	}
	m.kept[id] = remembered{at: time.Now(), n: n}
	return n
}

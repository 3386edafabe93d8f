package archtest_test

import (
	"context"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/archtest"
)

var load = sync.OnceValues(func() ([]archtest.Package, error) { return archtest.Load(context.Background(), "../..") })

// TestHouse checks the module itself. A failure is a sentence to act on.
func TestHouse(t *testing.T) {
	t.Parallel()
	packages, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 8 {
		t.Fatalf("go list found only %d packages", len(packages))
	}
	for name, check := range map[string]func([]archtest.Package) []string{
		"floors": archtest.CheckFloors,
		"walls":  archtest.CheckWalls,
		"habits": archtest.CheckHabits,
		"size":   archtest.CheckSize,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, wrong := range check(packages) {
				t.Error(wrong)
			}
		})
	}
}

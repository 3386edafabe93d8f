package sync_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain keeps the random sequences few: each is run against a real database.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

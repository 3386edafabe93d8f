package demo

import (
	"path/filepath"
	"testing"
	"time"
)

// moment is when the tests look at the demo.
var moment = time.Date(2026, time.November, 25, 10, 42, 0, 0, time.UTC)

func TestZZ(t *testing.T) {
	sum, err := Load(t.Context(), LoadOptions{URL: "sqlite://" + filepath.Join(t.TempDir(), "demo.db"), Issuer: "http://localhost:8080/demo-provider", Now: moment})
	t.Logf("%+v %v", sum, err)
}

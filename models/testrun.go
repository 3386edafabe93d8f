package models

import "github.com/uptrace/bun"

// TestState says where a run of the connection test stands.
type TestState string

// The states. A run whose process ended is running without being seen.
const (
	TestRunning TestState = "running"
	TestDone    TestState = "done"
)

// TestRun is one run of the connection test of a connector.
type TestRun struct {
	bun.BaseModel `bun:"table:connector_tests,alias:ct"`

	ID          int64     `bun:",pk,autoincrement" class:"public"`
	TenantID    int64     `class:"public"`
	PublicID    string    `class:"public"`
	ConnectorID int64     `class:"public"`
	Version     int64     `class:"public"` // of the connector it tested
	OnlyCheck   string    `class:"public"` // key of the check it was started for; "" for all
	State       TestState `class:"public"`
	Checks      string    `class:"public"` // JSON: []connector.Check
	StartedAt   Instant   `class:"public"`
	StartedBy   string    `class:"personal"`
	SeenAt      Instant   `class:"public"` // while it runs, again and again
	FinishedAt  Instant   `class:"public"` // 0: not yet
}
